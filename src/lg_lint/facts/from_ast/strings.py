"""Strings with expressions in them, lowered."""

from __future__ import annotations

import ast
import sys
from typing import Any

from lg_lint.facts import tree
from lg_lint.facts.from_ast.source import Lowering, Source, UnclearError

_PLACES_ARE_RELIABLE = sys.version_info >= (3, 12)


def _joined(source: Source, node: ast.JoinedStr) -> tree.JoinedString:
    at = source.at(node)
    parts: list[tree.Expr] = []
    for part in node.values:
        if not isinstance(part, ast.Constant):
            _replacement(source, part, parts)
        elif part.value:
            parts.append(tree.Constant(at, part.value))
    return tree.JoinedString(at, tuple(parts))


def _replacement(source: Source, node: Any, parts: list[tree.Expr]) -> None:
    """Adds the expression between braces, and those in its format specification."""
    value = source.lower(node.value)
    if not _PLACES_ARE_RELIABLE:
        _check(source, value)
    parts.append(value)
    if node.format_spec is not None:
        for part in node.format_spec.values:
            if not isinstance(part, ast.Constant):
                _replacement(source, part, parts)


def _check(source: Source, value: tree.Expr) -> None:
    """Raises UnclearError where a name in a string is not where the tree says."""
    for node in tree.walk(value, into_functions=True):
        if isinstance(node, tree.Name) and not source.has(node.id, *node.span[:2]):
            raise UnclearError


STRINGS: dict[str, Lowering] = {
    "JoinedStr": _joined,
    "TemplateStr": _joined,
}
