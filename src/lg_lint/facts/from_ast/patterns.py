"""The patterns of `case`: the expressions they compare with and the names they bind."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lg_lint.facts import tree
from lg_lint.facts.from_ast.source import Source, UnclearError


class Pattern:
    """Gathers what one pattern says."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.values: list[tree.Expr] = []
        self.bound: list[tree.Name] = []

    def add(self, node: Any) -> None:
        """Gathers what a part of the pattern says."""
        _PARTS[type(node)](self, node)

    def _value(self, node: ast.MatchValue) -> None:
        self.values.append(self._source.lower(node.value))

    def _singleton(self, node: ast.MatchSingleton) -> None:
        self.values.append(tree.Constant(self._source.at(node), node.value))

    def _bind(self, node: ast.MatchAs | ast.MatchStar) -> None:
        if node.name is not None:
            self.bound.append(tree.Name(self._source.ending(node, node.name), node.name))

    def _several(self, node: ast.MatchSequence | ast.MatchOr) -> None:
        for part in node.patterns:
            self.add(part)

    def _mapping(self, node: ast.MatchMapping) -> None:
        for key, pattern in zip(node.keys, node.patterns, strict=True):
            self.values.append(self._source.lower(key))
            self.add(pattern)
        if node.rest is not None:  # its place is not known
            raise UnclearError

    def _class(self, node: ast.MatchClass) -> None:
        self.values.append(self._source.lower(node.cls))
        for part in (*node.patterns, *node.kwd_patterns):
            self.add(part)

    def _as(self, node: ast.MatchAs) -> None:
        if node.pattern is not None:
            self.add(node.pattern)
        self._bind(node)


_PARTS: dict[type[ast.pattern], Callable[[Pattern, Any], None]] = {
    ast.MatchValue: Pattern._value,
    ast.MatchSingleton: Pattern._singleton,
    ast.MatchSequence: Pattern._several,
    ast.MatchMapping: Pattern._mapping,
    ast.MatchClass: Pattern._class,
    ast.MatchStar: Pattern._bind,
    ast.MatchAs: Pattern._as,
    ast.MatchOr: Pattern._several,
}
