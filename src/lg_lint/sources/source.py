"""The text of a file, and why there is none."""

from __future__ import annotations

from bisect import bisect_right


class Cell:
    """A code cell: its number among all cells, from 1, and its first row in the joined text."""

    __slots__ = ("number", "start")

    def __init__(self, number: int, start: int) -> None:
        self.number = number
        self.start = start


class Source:
    """The text of a file; for a notebook its code cells joined by line ends.

    Everything between reading and reporting speaks of rows of the joined text; `cells.localize`
    turns them into rows of cells at the end of a run.
    """

    __slots__ = ("cells", "text")

    def __init__(self, text: str, cells: tuple[Cell, ...] = ()) -> None:
        self.text = text
        self.cells = cells

    def locate(self, row: int) -> tuple[int | None, int]:
        """The cell that holds a row of the text, and the row in it."""
        index = bisect_right([cell.start for cell in self.cells], row) - 1
        if index < 0:
            return None, row
        cell = self.cells[index]
        return cell.number, row - cell.start + 1


class SourceError(Exception):
    """A file that holds no Python text: where (1-based row and column) and why."""

    def __init__(self, row: int, column: int, message: str) -> None:
        super().__init__(message)
        self.row = row
        self.column = column
        self.message = message
