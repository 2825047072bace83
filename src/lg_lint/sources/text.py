"""The Python text of a file, decoded as the interpreter would, with the cells of a notebook."""

from __future__ import annotations

import os
import re
import warnings
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lg_lint.finding import Finding, Place, Step

NOTEBOOK_SUFFIX = ".ipynb"
_OUTPUT_SHARE = 20
"""A notebook may be this much larger than its code: outputs hold images."""

_MARKS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
_LINE_END = re.compile(r"\r\n|\n|\r")


class SourceError(Exception):
    """A file that holds no Python text: where (1-based row and column) and why."""

    def __init__(self, row: int, column: int, message: str) -> None:
        super().__init__(message)
        self.row = row
        self.column = column
        self.message = message


@dataclass(frozen=True, slots=True)
class Cell:
    """A code cell: its number among all cells, from 1, and its first row in the joined text."""

    number: int
    start: int


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file; for a notebook its code cells joined by line ends.

    Everything between reading and reporting speaks of rows of the joined text; `localize` turns
    them into rows of cells at the end of a run.
    """

    text: str
    cells: tuple[Cell, ...] = ()

    def locate(self, row: int) -> tuple[int | None, int]:
        """The cell that holds a row of the text, and the row in it."""
        index = bisect_right([cell.start for cell in self.cells], row) - 1
        if index < 0:
            return None, row
        cell = self.cells[index]
        return cell.number, row - cell.start + 1


def read(path: Path, max_size: int) -> Source:
    """Read a file whose code has at most `max_size` bytes.

    Raises SourceError where it holds no Python text, OSError where it cannot be read.
    """
    data = load(str(path), max_size)[0]
    return decode(data, notebook=path.suffix == NOTEBOOK_SUFFIX, max_size=max_size)


def load(path: str, max_size: int) -> tuple[bytes, os.stat_result]:
    """The bytes of a file, as many as `decode` takes and one more. Raises OSError."""
    most = max_size * _OUTPUT_SHARE
    with open(path, "rb", buffering=0) as file:
        status = os.fstat(file.fileno())
        data = file.read(most + 1) if status.st_size > most else file.readall()
    return data or b"", status


def decode(data: bytes, *, notebook: bool, max_size: int) -> Source:
    """The text of a file's bytes. Raises SourceError."""
    if not notebook:
        _check_size(len(data), max_size)
        return Source(_decode_python(data))
    from lg_lint.sources.notebook import join_cells

    _check_size(len(data), max_size * _OUTPUT_SHARE)
    source = join_cells(_decode_as(data, "utf-8"))
    _check_size(len(source.text), max_size)
    _check_nul(source.text)
    return source


def localize(finding: Finding, sources: Mapping[str, Source]) -> Finding:
    """A finding with rows of the joined text as rows of cells, on every step of its trace."""
    place = localize_place(finding.place, sources)
    trace = tuple(Step(localize_place(step.place, sources), step.message) for step in finding.trace)
    if place == finding.place and trace == finding.trace:
        return finding
    fix = finding.fix
    if fix is not None and place.cell is not None:
        fix = fix.displayed("notebooks are not rewritten")
    return replace(finding, place=place, trace=trace, fix=fix)


def localize_place(place: Place, sources: Mapping[str, Source]) -> Place:
    """A place with its row in the cell; `sources` holds the notebooks by path as reported."""
    source = sources.get(place.path)
    if source is None or not source.cells or place.cell is not None:
        return place
    cell, row = source.locate(place.row)
    return replace(place, row=row, end_row=place.end_row - place.row + row, cell=cell)


def _decode_python(data: bytes) -> str:
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise SourceError(1, 1, f"the file is encoded as {name}; Python reads UTF-8")
    text = _decode_as(data, _declared_encoding(data))
    _check_nul(text)
    return text


def _declared_encoding(data: bytes) -> str:
    head = re.split(rb"\r\n|\n|\r", data[:1000], maxsplit=2)[:2]
    if not any(b"coding" in line for line in head):
        return "utf-8"
    import io
    import tokenize

    try:
        return tokenize.detect_encoding(io.BytesIO(b"\n".join(head)).readline)[0]
    except SyntaxError as error:
        message = str(error)
        if message.startswith("invalid or missing"):
            return "utf-8"  # the first undecodable byte says it better
        row = 1 if b"coding" in head[0] else 2
        raise SourceError(row, 1, message) from None


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        row, column = _position(data[: error.start].decode(encoding, errors="replace"))
        byte = data[error.start]
        raise SourceError(row, column, f"byte 0x{byte:02x} is not valid {encoding}") from None
    except (LookupError, UnicodeError):
        raise SourceError(1, 1, f'"{encoding}" is not an encoding of text') from None


def _check_nul(text: str) -> None:
    at = text.find("\0")
    if at >= 0:
        raise SourceError(*_position(text[:at]), "source code cannot hold NUL bytes")


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise SourceError(1, 1, f"the file is larger than max-file-size allows ({limit:,} bytes)")


def _position(before: str) -> tuple[int, int]:
    """Row and column of the character that follows `before`."""
    lines = _LINE_END.split(before.removeprefix("\ufeff"))
    return len(lines), len(lines[-1]) + 1


def compiles(text: str) -> bool:
    """Whether this Python can compile a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<source>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
