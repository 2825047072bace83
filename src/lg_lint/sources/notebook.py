"""The Python code of a Jupyter notebook: its code cells, joined, without IPython's own syntax."""

from __future__ import annotations

import json
import re
from typing import Any

from lg_lint.sources.source import Cell, Source, SourceError

PYTHON_CELL_MAGICS = frozenset(
    {"capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"}
)
"""Cell magics whose cell is Python all the same."""

_MAGIC_LINE = re.compile(r"(\s*)(?:[%!?/,;]|[\w.%*]+\?{1,2}\s*$)")
_TARGET = re.compile(r"[\w.,\[\]'\" ]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOKEN = re.compile(
    r"""
    (?P<comment>\#.*)
    | (?P<triple>\"\"\"|''')
    | (?P<string>"[^"\\]*(?:\\.[^"\\]*)*"?|'[^'\\]*(?:\\.[^'\\]*)*'?)
    | (?P<open>[(\[{])
    | (?P<close>[)\]}])
    """,
    re.VERBOSE,
)


def join_cells(document: str) -> Source:
    """Join the code cells of a notebook. Raises SourceError where it is none.

    A cell's number counts all cells, text included, as they are seen in an editor. A notebook or
    cell in another language gives no code.
    """
    notebook = _parse(document)
    if not _is_python(notebook):
        return Source("")
    lines: list[str] = []
    cells: list[Cell] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        code = _code(cell, number)
        if code is not None:
            cells.append(Cell(number, len(lines) + 1))
            lines += plain_python(re.split(r"\r\n|\n|\r", code))
    text = "\n".join(lines) + "\n" if lines else ""
    if not text.isascii() and _SURROGATE.search(text):
        raise SourceError(1, 1, "not a notebook that can be read: half a surrogate pair in a cell")
    return Source(text, tuple(cells))


def plain_python(lines: list[str]) -> list[str]:
    """A cell's lines with magics, shell commands and help requests replaced, row by row."""
    start = 0
    while True:
        first = next((at for at in range(start, len(lines)) if lines[at].strip()), len(lines))
        if first == len(lines) or not lines[first].startswith("%%"):
            break
        word = re.match(r"%%(\w*)", lines[first])
        if word is None or word[1] not in PYTHON_CELL_MAGICS:
            return [""] * len(lines)
        start = first + 1
    scanner = _Scanner()
    plain = [""] * start
    in_magic = False
    for line in lines[start:]:
        if in_magic:
            replaced: str | None = ""
        else:
            replaced = _without_magic(line) if scanner.at_statement else None
        if replaced is None:
            scanner.feed(line)
            plain.append(line)
        else:
            in_magic = line.endswith("\\")
            plain.append(replaced)
    return plain


class _Scanner:
    """Follows strings and brackets line by line, to know where statements start."""

    def __init__(self) -> None:
        self._depth = 0
        self._quote = ""
        self._continued = False

    @property
    def at_statement(self) -> bool:
        return not (self._depth or self._quote or self._continued)

    def feed(self, line: str) -> None:
        at = 0
        while True:
            if self._quote:
                end = re.compile(r"(?:\\.|[^\\])*?" + self._quote).match(line, at)
                if end is None:
                    self._continued = False
                    return
                at, self._quote = end.end(), ""
            token = _TOKEN.search(line, at)
            if token is None or token["comment"]:
                self._continued = token is None and line.endswith("\\")
                return
            at = token.end()
            if token["triple"]:
                self._quote = token["triple"]
            elif token["open"]:
                self._depth += 1
            elif token["close"]:
                self._depth = max(0, self._depth - 1)


def _without_magic(line: str) -> str | None:
    """What stands for a line in IPython's own syntax; None for plain Python."""
    magic = _MAGIC_LINE.match(line)
    if magic is not None:
        return f"{magic[1]}pass"
    target, equals, value = line.partition("=")
    command = value.lstrip()
    if (
        command[:1] not in ("%", "!")
        or command[1:2] == "="
        or not _TARGET.fullmatch(target.strip())
    ):
        return None
    return f"{target}{equals}{value[: len(value) - len(command)]}get_ipython()"


def _parse(document: str) -> dict[str, Any]:
    try:
        notebook = json.loads(document)
    except json.JSONDecodeError as error:
        raise SourceError(error.lineno, error.colno, f"not a notebook: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise SourceError(1, 1, f"not a notebook: {error}") from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        older = isinstance(notebook, dict) and "worksheets" in notebook
        reason = "its format is older than 4; convert it first" if older else "it has no cells"
        raise SourceError(1, 1, f"not a notebook that can be read: {reason}")
    return notebook


def _is_python(notebook: dict[str, Any]) -> bool:
    metadata = _table(notebook.get("metadata"))
    language = _table(metadata.get("language_info")).get("name") or _table(
        metadata.get("kernelspec")
    ).get("language")
    return language is None or str(language).lower() in {"python", "ipython", "python3"}


def _code(cell: object, number: int) -> str | None:
    table = _table(cell)
    if table.get("cell_type") != "code":
        return None
    language = _table(_table(table.get("metadata")).get("vscode")).get("languageId", "python")
    if language != "python":
        return None
    source = table.get("source", "")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        return "".join(source)
    if not isinstance(source, str):
        raise SourceError(1, 1, f"not a notebook that can be read: cell {number} has no text")
    return source


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
