"""Places in a source text, from those that Python's syntax tree gives."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from typing import Any

from lg_lint.facts.tree import Span

Lowering = Callable[["Source", Any], Any]
Table = Mapping[type[ast.AST], Lowering]

_lines = re.compile(r"\r\n?|\n").split
_case = re.compile(r"[ \t\f]*(case)\b").match
_definition = re.compile(r"(?:async[ \t]+)?(?:def|class)[ \t]+").match


class UnclearError(Exception):
    """The tree does not say where something stands, or says it wrongly."""


class Source:
    """The text of a tree. `span` gives the place of any node that has one.

    Python counts columns in bytes of UTF-8, the records in code points.
    """

    __slots__ = ("_rows", "_table", "span")

    def __init__(self, text: str, table: Table) -> None:
        self._rows = _lines(text)
        self._table = table
        self.span = _span if text.isascii() else self._converted

    def lower(self, node: Any) -> Any:
        """The record of a statement or an expression. Raises KeyError, UnclearError."""
        return self._table[type(node)](self, node)

    def optional(self, node: Any) -> Any:
        return None if node is None else self._table[type(node)](self, node)

    def has(self, name: str, row: int, column: int) -> bool:
        return self._rows[row - 1].startswith(name, column - 1)

    def name_span(self, node: Any) -> Span:
        """Where the name of a function or class stands. Raises UnclearError."""
        row, column = self.span(node)[:2]
        found = _definition(self._rows[row - 1], column - 1)
        if found is None or not self.has(node.name, row, found.end() + 1):
            raise UnclearError
        start = found.end() + 1
        return (row, start, row, start + len(node.name))

    def starred(self, node: Any, star: str) -> Span:
        """The place of a parameter's name with the stars ahead of it. Raises UnclearError."""
        row, column = self.span(node)[:2]
        before = self._rows[row - 1][: column - 1].rstrip(" \t")
        if not before.endswith(star):
            raise UnclearError
        return (row, len(before) - len(star) + 1, row, column + len(node.arg))

    def ending(self, span: Span, name: str) -> Span:
        """The place of `name`, the last token in `span`. Raises UnclearError."""
        row, column = span[2:]
        if not self.has(name, row, column - len(name)):
            raise UnclearError
        return (row, column - len(name), row, column)

    def case(self, pattern: Span) -> tuple[int, int]:
        """The place of the word `case` ahead of a pattern. Raises UnclearError."""
        found = _case(self._rows[pattern[0] - 1])
        if found is None:
            raise UnclearError
        return (pattern[0], found.start(1) + 1)

    def _converted(self, node: Any) -> Span:
        row, column, end_row, end_column = _span(node)
        line = self._rows[row - 1]
        if not line.isascii():
            column = len(line.encode()[: column - 1].decode()) + 1
        line = self._rows[end_row - 1]
        if not line.isascii():
            end_column = len(line.encode()[: end_column - 1].decode()) + 1
        return (row, column, end_row, end_column)


def _span(node: Any) -> Span:
    return (node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)


def table(lowerings: Mapping[str, Lowering]) -> Table:
    """`lowerings` by node class; names of classes that this Python does not have are left out."""
    return {getattr(ast, name): lower for name, lower in lowerings.items() if hasattr(ast, name)}
