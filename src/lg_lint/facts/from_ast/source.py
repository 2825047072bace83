"""Places in a source text, from those that Python's syntax tree gives."""

from __future__ import annotations

import ast
import re
from array import array
from bisect import bisect_right
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


class _Wide:
    """A line with characters of several bytes: where each of them ends, and the bytes too many."""

    __slots__ = ("_ends", "_extra")

    def __init__(self, line: str) -> None:
        self._ends = array("L")
        self._extra = array("L", [0])
        extra = 0
        for index, char in enumerate(line):
            if char > "\x7f":
                extra += len(char.encode("utf-8", "surrogatepass")) - 1
                self._ends.append(index + 1 + extra)
                self._extra.append(extra)

    def column(self, column: int) -> int:
        """A column of characters for one of bytes, both from 1."""
        return column - self._extra[bisect_right(self._ends, column - 1)]


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
            lines = enumerate(self._rows, 1)
            self._wide = {row: _Wide(line) for row, line in lines if not line.isascii()}
            self.span, self.at = self._converted, self._packed

    def lower(self, node: Any) -> Any:
        """The record of a statement or an expression. Raises KeyError, UnclearError."""
        return self._table[type(node)](self, node)

    def optional(self, node: Any) -> Any:
        """A node lowered; None for None."""
        return None if node is None else self._table[type(node)](self, node)

    def has(self, name: str, row: int, column: int) -> bool:
        """Whether the text goes on with a word at a row and column, both from 1."""
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
        line, end = self._rows[row - 1], column - 1
        while end and line[end - 1] in " \t":
            end -= 1
        if not line.endswith(star, 0, end):
            raise UnclearError
        return packed(row, end - len(star) + 1, row, column + len(node.arg))

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
            column = self._wide[row].column(column)
        if end_row in self._wide:
            end_column = self._wide[end_row].column(end_column)
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
