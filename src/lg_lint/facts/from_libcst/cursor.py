"""The place reached in a source text by a walk that meets its tokens in order.

libcst nodes carry no positions, but they come in source order: between one token of interest and
the next there are only blanks, comments, separators and keywords, which a regular expression
skips. Each token is checked against the text, so a walk that lost its way says so.
"""

# ruff: noqa: ARG002  (each cursor needs one half of what the walk tells it)

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lg_lint.facts.tree import At, Span, packed

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst
    from libcst.metadata import CodeRange

Start = tuple[int, int]

_NEWLINE = r"\r\n?|\n"
_COMMENT = rf"#[^\r\n]*|\\(?:{_NEWLINE})"
_BLANKS = rf"[ \t\f\r\n,;]+|{_COMMENT}"
_KEYWORDS = (
    "if else elif for in is and or as async break class continue def del except finally from"
    " global import nonlocal pass raise return assert try while with"
).replace(" ", "|")
_skip_to_comma = re.compile(rf"(?:[ \t\f\r\n]+|{_COMMENT})*").match
_skip_blanks = re.compile(rf"(?:{_BLANKS})*").match
_skip_separators = re.compile(rf"(?:[:=<>!|]+|{_BLANKS}|(?:{_KEYWORDS})\b)*").match
_newlines = re.compile(_NEWLINE).finditer


class MisplacedError(Exception):
    """The text does not continue as the tree says."""


class Cursor:
    """Finds the tokens of a text one after the other and says where they lie."""

    __slots__ = ("_at", "_line_ends", "_line_start", "_next_line", "_row", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._row = 1
        self._line_start = -1  # one before the line's first character: columns count from 1
        self._line_ends = [match.end() for match in _newlines(text)]
        self._line_ends.append(len(text) + 1)
        self._next_line = self._line_ends[0]

    def leaf(self, token: str, node: cst.CSTNode) -> At:
        """The place of `token`, the text of `node`, found behind separators and keywords."""
        start = _skip_separators(self._text, self._at).end()  # type: ignore[union-attr]
        return self._take(token, start)

    def literal(self, token: str) -> At:
        """The place of `token`, which must come at once."""
        return self._take(token, self._at)

    def seek(self, token: str) -> Start:
        """The place of `token`, found behind separators and keywords."""
        start = _skip_separators(self._text, self._at).end()  # type: ignore[union-attr]
        return self._pass(token, start)

    def expect(self, token: str) -> Start:
        """The place of `token`, which may have only blanks, commas and semicolons before it."""
        start = self._at
        if not self._text.startswith(token, start):
            start = _skip_blanks(self._text, start).end()  # type: ignore[union-attr]
        return self._pass(token, start)

    def here(self) -> Start:
        """The place of whatever follows the blanks."""
        start = _skip_blanks(self._text, self._at).end()  # type: ignore[union-attr]
        return self._pass("", start)

    def comma(self) -> None:
        """Passes the next comma. Raises MisplacedError where something else comes first."""
        start = _skip_to_comma(self._text, self._at).end()  # type: ignore[union-attr]
        self._pass(",", start)

    def span(self, start: Start | Span, node: cst.CSTNode, last: cst.CSTNode | None = None) -> At:
        """From `start` to the end of the token found last: `node`, or all from it to `last`."""
        return packed(start[0], start[1], self._row, self._at - self._line_start)

    def _pass(self, token: str, start: int) -> Start:
        if not self._text.startswith(token, start):
            raise MisplacedError(token)
        if start >= self._next_line:
            self._turn_line(start)
        self._at = start + len(token)
        return (self._row, start - self._line_start)

    def _take(self, token: str, start: int) -> At:
        if not self._text.startswith(token, start):
            raise MisplacedError(token)
        if start >= self._next_line:
            self._turn_line(start)
        row = self._row
        column = start - self._line_start
        self._at = end = start + len(token)
        if end >= self._next_line:
            self._turn_line(end)
        return packed(row, column, self._row, end - self._line_start)

    def _turn_line(self, offset: int) -> None:
        ends = self._line_ends
        row = self._row
        while ends[row] <= offset:
            row += 1
        self._line_start = ends[row - 1] - 1
        self._next_line = ends[row]
        self._row = row + 1


class PlacedCursor(Cursor):
    """Says the same from libcst's own position metadata: slow, and free of any assumption."""

    __slots__ = ("_places",)

    def __init__(self, places: Mapping[cst.CSTNode, CodeRange | Any]) -> None:
        super().__init__("")
        self._places = places

    def leaf(self, token: str, node: cst.CSTNode) -> At:
        """The place of a node that is one token."""
        return self.span((0, 0), node)

    def literal(self, token: str) -> At:
        """No place: `span` says it of the node."""
        return packed(0, 0, 0, 0)

    def seek(self, token: str) -> Start:
        """No place: `span` says it of the node."""
        return (0, 0)

    expect = seek

    def here(self) -> Start:
        """No place: `span` says it of the node."""
        return (0, 0)

    def comma(self) -> None:
        """Nothing to pass."""

    def span(self, start: Start | Span, node: cst.CSTNode, last: cst.CSTNode | None = None) -> At:
        """From the start of `node` to the end of it, or of `last`."""
        last = last or node
        first, end = self._places[node].start, self._places[last].end
        return packed(first.line, first.column + 1, end.line, end.column + 1)
