"""Places in a file, each packed into one number: as a tuple it takes four times the memory."""

from __future__ import annotations

from typing import Union

from msgspec import Struct

Span = tuple[int, int, int, int]
Position = int
"""A row and a column in one number; later positions are greater."""
At = Union[int, Span]
"""A packed place, or a plain one where a row, a column or the number of rows is too large.

The bits hold, from the highest: row (20), column (13), further rows (14), end column (13).
"""


class Node(Struct, eq=False, gc=False, array_like=True, tag=True, tag_field="record"):
    """Anything with a place in the file."""

    at: At

    @property
    def span(self) -> Span:
        """(row, column, end row, end column), from 1; the end column is the one behind the last."""
        return unpacked(self.at)

    @property
    def start(self) -> Position:
        """Where it begins, as a number that grows through the file."""
        at = self.at
        if isinstance(at, tuple):
            return position(*at[:2])
        return at >> 40 << 32 | at >> 27 & 0x1FFF

    @property
    def end(self) -> Position:
        """Where it is over, as `start` counts: the column behind the last."""
        at = self.at
        if isinstance(at, tuple):
            return position(*at[2:])
        return (at >> 40) + (at >> 13 & 0x3FFF) << 32 | at & 0x1FFF

    @property
    def row(self) -> int:
        """The row that it begins in, from 1."""
        return self.span[0]


def packed(row: int, column: int, end_row: int, end_column: int) -> At:
    """A span as one number; as a tuple where it is too long or too far out for the bits."""
    rows = end_row - row
    if column <= 0x1FFF >= end_column and rows <= 0x3FFF and row <= 0xFFFFF:
        return (row << 40) + (column << 27 | rows << 13 | end_column)
    return (row, column, end_row, end_column)


def unpacked(at: At) -> Span:
    """The span that `packed` was given."""
    if isinstance(at, tuple):
        return at
    row = at >> 40
    return (row, at >> 27 & 0x1FFF, row + (at >> 13 & 0x3FFF), at & 0x1FFF)


def position(row: int, column: int) -> Position:
    """A row and column as a number that grows through the file."""
    return row << 32 | column
