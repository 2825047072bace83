"""A few lines of source around a place, with the place underlined."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from msgspec.structs import replace

from lg_lint.base.escape import visible
from lg_lint.base.finding import Place
from lg_lint.base.source_lines import SourceLines
from lg_lint.reports.style import Style

CONTEXT_ROWS = 2
MAX_WIDTH = 160
LEAST_WIDTH = 20
NEAR = 1_000
"""Of a very long row no more is looked at, on either side of the place."""

TAB = " " * 4


def excerpt(
    place: Place, lines: SourceLines, style: Style, width: int = MAX_WIDTH
) -> tuple[int, list[str]]:
    """The width of the row numbers, and the numbered rows around `place`.

    There are no rows where the source is not known. None is wider than `width`, row numbers
    included, but for a very narrow one.
    """
    text = lines.rows(place)
    if not 1 <= place.row <= len(text):
        return 1, []
    first = max(1, place.row - CONTEXT_ROWS)
    last = min(len(text), place.row + CONTEXT_ROWS)
    while first < place.row and not text[first - 1].strip():
        first += 1
    while last > place.row and not text[last - 1].strip():
        last -= 1

    gutter = len(str(last))
    bar = style.frame("|")
    offset = max(0, place.column - 1 - NEAR)
    place = replace(place, column=place.column - offset, end_column=place.end_column - offset)
    rows = {number: text[number - 1][offset:][: 2 * NEAR] for number in range(first, last + 1)}
    room = max(LEAST_WIDTH, min(MAX_WIDTH, width - gutter - len(" | ")))
    window = _window(place, rows[place.row], room)
    shown = [f"{' ' * gutter} {bar}"]
    for number in range(first, last + 1):
        row = _cut(rows[number], window)
        shown.append(f"{style.frame(str(number).rjust(gutter))} {bar} {row}".rstrip())
        if number == place.row:
            marks = _underline(place, rows[number], window)
            shown.append(f"{' ' * gutter} {bar} {style.mark(marks)}")
    shown.append(f"{' ' * gutter} {bar}")
    return gutter, shown


class _Window(NamedTuple):
    """The columns of a row that are shown, as a terminal counts them."""

    start: int
    stop: int


def _window(place: Place, row: str, room: int) -> _Window:
    """The part of the row that holds the place, from its start where that fits.

    The rows around it are cut alike, so that the columns stay under each other. A row that is cut
    has a sign for what is left out in its first or last column.
    """
    left, right = _columns(place, row)
    if _width(_shown(row)) <= room or right < room:
        return _Window(0, room)
    before = max(room // 3, room - 2 - (right - left))
    start = max(0, left - min(before, room // 2))
    return _Window(start, start + room)


def _cut(row: str, window: _Window) -> str:
    """What a window shows of a row."""
    start, stop = window
    whole = _width(_shown(row))
    if start:
        start += 1
    if whole > stop:
        stop -= 1
    parts: list[str] = []
    column = 0
    for char in row:
        shown = _shown(char)
        end = column + _width(shown)
        if column >= start and end <= stop and (parts or end > column):
            parts.append(shown)
        elif column < stop and end > start:  # half of it lies outside
            parts.append(" " * (min(end, stop) - max(column, start)))
        column = end
        if column > stop:
            break
    return f"{'…' if start else ''}{''.join(parts)}{'…' if whole > window.stop else ''}"


def _underline(place: Place, row: str, window: _Window) -> str:
    left, right = _columns(place, row)
    start, stop = window
    if right >= stop:  # not under the sign for what is left out, nor under half a letter
        stop = start + _width(_cut(row, window).rstrip(" …"))
    left, right = max(left, start), min(right, stop)
    return " " * (left - start) + "^" * max(1, right - left)


def _columns(place: Place, row: str) -> tuple[int, int]:
    """Where a place starts and ends in its first row."""
    first = min(place.column - 1, len(row))
    last = place.end_column - 1 if place.end_row == place.row else len(row)
    left = _width(_shown(row[:first]))
    return left, left + _width(_shown(row[first : min(last, len(row))]))


def _shown(text: str) -> str:
    return visible(text.replace("\t", TAB))


def _width(text: str) -> int:
    """The columns that a terminal gives to `text`."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
