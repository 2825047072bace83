"""A few lines of source around a place, with the place underlined."""

from __future__ import annotations

import unicodedata

from lg_lint.finding import Place
from lg_lint.reports.escape import visible
from lg_lint.reports.lines import SourceLines
from lg_lint.reports.style import Style

CONTEXT_ROWS = 2
MAX_WIDTH = 160
TAB = " " * 4


def excerpt(place: Place, lines: SourceLines, style: Style) -> tuple[int, list[str]]:
    """The width of the row numbers, and the numbered rows around `place`.

    There are no rows where the source is not known.
    """
    rows = lines.rows(place)
    if not 1 <= place.row <= len(rows):
        return 1, []
    first = max(1, place.row - CONTEXT_ROWS)
    last = min(len(rows), place.row + CONTEXT_ROWS)
    while first < place.row and not rows[first - 1].strip():
        first += 1
    while last > place.row and not rows[last - 1].strip():
        last -= 1

    # A long row is cut to a window that begins shortly before the place; its neighbours are cut
    # alike, so that the columns stay under each other.
    fits = len(rows[place.row - 1]) <= MAX_WIDTH
    start = 0 if fits else max(0, place.column - 1 - MAX_WIDTH // 2)
    gutter = len(str(last))
    bar = style.frame("|")
    shown = [f"{' ' * gutter} {bar}"]
    for number in range(first, last + 1):
        text = _window(rows[number - 1], start)
        shown.append(f"{style.frame(str(number).rjust(gutter))} {bar} {text}".rstrip())
        if number == place.row:
            marks = _underline(place, rows[number - 1], start)
            shown.append(f"{' ' * gutter} {bar} {style.mark(marks)}")
    shown.append(f"{' ' * gutter} {bar}")
    return gutter, shown


def _window(row: str, start: int) -> str:
    stop = start + MAX_WIDTH
    before = "…" if start else ""
    after = "…" if stop < len(row) else ""
    return f"{before}{_shown(row[start:stop])}{after}"


def _underline(place: Place, row: str, start: int) -> str:
    left = min(place.column - 1, len(row))
    end = place.end_column - 1 if place.end_row == place.row else len(row)
    right = min(end, len(row), start + MAX_WIDTH)
    indent = _width(_shown(row[start:left])) + (1 if start else 0)
    return " " * indent + "^" * max(1, _width(_shown(row[left:right])))


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
