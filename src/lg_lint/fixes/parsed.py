"""A file's text with its syntax tree, and where each node lies in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

import libcst as cst
from libcst.metadata import (
    CodeRange,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    Scope,
    ScopeProvider,
)

from lg_lint.base.finding import Place
from lg_lint.base.fix import Edit

_NEWLINE = re.compile(r"\r\n|\n|\r")
NodeT = TypeVar("NodeT", bound=cst.CSTNode)
Point = tuple[int, int]


class Refusal(Exception):  # noqa: N818
    """A fix that cannot be applied here, and why."""


class Text:
    """A text addressed by row and column, both from 1."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(text))]

    @property
    def rows(self) -> int:
        """How many rows there are; a last one without a line break counts."""
        return len(self._starts)

    def offset(self, row: int, column: int) -> int:
        """The characters before a place; of one behind the last row, as if that were empty."""
        start = self._starts[row - 1] if row <= len(self._starts) else len(self.text)
        return start + column - 1

    def between(self, start: Point, end: Point) -> str:
        """The text from one place to another."""
        return self.text[self.offset(*start) : self.offset(*end)]

    def moved(self, start: Point, count: int) -> Point:
        """The place so many characters behind another one."""
        at = self.offset(*start) + count
        row = bisect_right(self._starts, at)
        return row, at - self._starts[row - 1] + 1

    def applied(self, edits: list[Edit]) -> str:
        """The text after edits that do not overlap."""
        parts, at = [], 0
        for edit in sorted(edits):
            start = self.offset(edit.row, edit.column)
            parts += [self.text[at:start], edit.content]
            at = self.offset(edit.end_row, edit.end_column)
        return "".join([*parts, self.text[at:]])


def is_docstring(line: cst.CSTNode) -> bool:
    """Whether a statement is a string alone: at the head of a block, its docstring."""
    return (
        isinstance(line, cst.SimpleStatementLine)
        and isinstance(line.body[0], cst.Expr)
        and isinstance(line.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )


class Parsed(Text):
    """A text that parses, with positions and parents of its nodes.

    `names` and `added` keep, by module and item, what `imports` has found out for one fix.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._wrapper = MetadataWrapper(cst.parse_module(text), unsafe_skip_copy=True)
        self._places = self._wrapper.resolve(PositionProvider)
        self._parents = self._wrapper.resolve(ParentNodeProvider)
        self.names: dict[tuple[str, str], str | None] = {}
        self.added: dict[tuple[str, str], Edit] = {}
        self._at: dict[tuple[Point, Point], list[cst.CSTNode]] = {}
        for node in self._places:
            self._at.setdefault((self.start(node), self.end(node)), []).append(node)

    @property
    def module(self) -> cst.Module:
        """The root of the tree."""
        return self._wrapper.module

    @property
    def newline(self) -> str:
        """The line break that the file uses."""
        return self.module.default_newline

    @cached_property
    def imports(self) -> list[cst.SimpleStatementLine]:
        """The import statements of the module itself."""
        return [
            line
            for line in self.module.body
            if isinstance(line, cst.SimpleStatementLine)
            and all(isinstance(part, (cst.Import, cst.ImportFrom)) for part in line.body)
        ]

    @cached_property
    def leading_imports(self) -> list[cst.SimpleStatementLine]:
        """Those at the top, before other code."""
        known = {id(line) for line in self.imports}
        found = []
        for line in self.module.body:
            if id(line) in known and isinstance(line, cst.SimpleStatementLine):
                found.append(line)
            elif not is_docstring(line):
                break
        return found

    def find(self, kind: type[NodeT] | tuple[type[NodeT], ...], place: Place) -> NodeT:
        """The node of a kind, or of one of several, that lies exactly there."""
        start, end = (place.row, place.column), (place.end_row, place.end_column)
        for node in self._at.get((start, end), ()):
            if isinstance(node, kind):
                return node
        raise Refusal("the code there has another shape")

    def start(self, node: cst.CSTNode) -> Point:
        """Where a node begins, without the blanks before it."""
        at = self._range(node).start
        return at.line, at.column + 1

    def end(self, node: cst.CSTNode) -> Point:
        """The place behind a node."""
        at = self._range(node).end
        return at.line, at.column + 1

    def source(self, node: cst.CSTNode) -> str:
        """The text of a node."""
        return self.between(self.start(node), self.end(node))

    def parent(self, node: cst.CSTNode) -> cst.CSTNode:
        """The node right around one. Raises KeyError for the root."""
        return self._parents[node]

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes around one, the nearest first."""
        while node in self._parents:
            node = self._parents[node]
            yield node

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """The scope in which the names of a node are looked up."""
        scopes = self._wrapper.resolve(ScopeProvider)
        for each in (node, *self.ancestors(node)):
            scope = scopes.get(each)
            if isinstance(scope, Scope):
                return scope
        return None

    def replace(self, node: cst.CSTNode, content: str) -> Edit:
        """The edit that puts `content` in a node's place."""
        return Edit(*self.start(node), *self.end(node), content)

    def insert(self, at: Point, content: str) -> Edit:
        """The edit that puts `content` before a place."""
        return Edit(*at, *at, content)

    def indent(self, row: int) -> str:
        """The white space that a row begins with."""
        line = self.between((row, 1), (row + 1, 1))
        return line[: len(line) - len(line.lstrip())]

    def begins_row(self, node: cst.CSTNode) -> bool:
        """Whether only blanks stand before a node in its row."""
        row, column = self.start(node)
        return not self.between((row, 1), (row, column)).strip()

    def _range(self, node: cst.CSTNode) -> CodeRange:
        return self._places[node]
