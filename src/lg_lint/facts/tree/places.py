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
        return unpacked(self.at)

    @property
    def start(self) -> Position:
        at = self.at
        if isinstance(at, tuple):
            return position(*at[:2])
        return at >> 40 << 32 | at >> 27 & 0x1FFF

    @property
    def end(self) -> Position:
        at = self.at
        if isinstance(at, tuple):
            return position(*at[2:])
        return (at >> 40) + (at >> 13 & 0x3FFF) << 32 | at & 0x1FFF

    @property
    def row(self) -> int:
        return self.span[0]


def packed(row: int, column: int, end_row: int, end_column: int) -> At:
    rows = end_row - row
    if column <= 0x1FFF >= end_column and rows <= 0x3FFF and row <= 0xFFFFF:
        return (row << 40) + (column << 27 | rows << 13 | end_column)
    return (row, column, end_row, end_column)


def unpacked(at: At) -> Span:
    if isinstance(at, tuple):
        return at
    row = at >> 40
    return (row, at >> 27 & 0x1FFF, row + (at >> 13 & 0x3FFF), at & 0x1FFF)


def position(row: int, column: int) -> Position:
    return row << 32 | column
