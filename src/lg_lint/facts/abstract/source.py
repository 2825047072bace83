"""Places in a source text, from those that Python's syntax tree gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from lg_lint.facts.tree import At, Span, packed

Lowering = Callable[["Source", Any], Any]
Table = Mapping[type[ast.AST], Lowering]

_lines = re.compile(r"\r\n?|\n").split
_case = re.compile(r"[ \t\f]*(case)\b").match
_definition = re.compile(r"(?:async[ \t]+)?(?:def|class)[ \t]+").match


class UnclearError(Exception):
    """The tree does not say where something stands, or says it wrongly."""


class Source:
    """The text of a tree. `span` gives the place of any node that has one, `at` packs it.

    Python counts columns in bytes of UTF-8, the records in code points.
    """

    __slots__ = ("_rows", "_table", "_wide", "at", "span")

    def __init__(self, text: str, table: Table) -> None:
        self._rows = _lines(text)
        self._table = table
        if text.isascii():
            self.span, self.at = _span, _at
        else:
            self._wide = {row for row, line in enumerate(self._rows, 1) if not line.isascii()}
            self.span, self.at = self._converted, self._packed

    def lower(self, node: Any) -> Any:
        """The record of a statement or an expression. Raises KeyError, UnclearError."""
        return self._table[type(node)](self, node)

    def optional(self, node: Any) -> Any:
        return None if node is None else self._table[type(node)](self, node)

    def has(self, name: str, row: int, column: int) -> bool:
        return self._rows[row - 1].startswith(name, column - 1)

    def name_at(self, node: Any) -> At:
        """Where the name of a function or class stands. Raises UnclearError."""
        row, column = self.span(node)[:2]
        found = _definition(self._rows[row - 1], column - 1)
        if found is None or not self.has(node.name, row, found.end() + 1):
            raise UnclearError
        start = found.end() + 1
        return packed(row, start, row, start + len(node.name))

    def starred(self, node: Any, star: str) -> At:
        """The place of a parameter's name with the stars ahead of it. Raises UnclearError."""
        row, column = self.span(node)[:2]
        before = self._rows[row - 1][: column - 1].rstrip(" \t")
        if not before.endswith(star):
            raise UnclearError
        return packed(row, len(before) - len(star) + 1, row, column + len(node.arg))

    def ending(self, node: Any, name: str) -> At:
        """The place of `name`, the last token of a node. Raises UnclearError."""
        row, column = self.span(node)[2:]
        if not self.has(name, row, column - len(name)):
            raise UnclearError
        return packed(row, column - len(name), row, column)

    def case(self, pattern: ast.pattern) -> tuple[int, int]:
        """Where the word `case` ahead of a pattern starts. Raises UnclearError."""
        found = _case(self._rows[pattern.lineno - 1])
        if found is None:
            raise UnclearError
        return (pattern.lineno, found.start(1) + 1)

    def _converted(self, node: Any) -> Span:
        row, column, end_row, end_column = _span(node)
        if row in self._wide:
            column = len(self._rows[row - 1].encode()[: column - 1].decode()) + 1
        if end_row in self._wide:
            end_column = len(self._rows[end_row - 1].encode()[: end_column - 1].decode()) + 1
        return (row, column, end_row, end_column)

    def _packed(self, node: Any) -> At:
        if node.lineno in self._wide or node.end_lineno in self._wide:
            return packed(*self._converted(node))
        return _at(node)


def _span(node: Any) -> Span:
    return (node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)


def _at(node: Any) -> At:
    return packed(node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)


def table(lowerings: Mapping[str, Lowering]) -> Table:
    """`lowerings` by node class; names of classes that this Python does not have are left out."""
    return {getattr(ast, name): lower for name, lower in lowerings.items() if hasattr(ast, name)}
