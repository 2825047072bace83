"""Ignore comments for findings, put where `suppression` looks for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field

from lg_lint.base.finding import Finding
from lg_lint.base.rewriting import NotWrittenError, rewrite
from lg_lint.run.suppression import UNKNOWN, UNREADABLE, UNUSED, Rows, statement_at, statements

WIDTH = 88
"""A comment that would make its line longer stands on a line of its own."""

_NEVER = frozenset({UNREADABLE, UNUSED, UNKNOWN})
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


class Added(Struct):
    """How many findings got a comment, in how many files; what was not written, and why."""

    findings: int = 0
    files: int = 0
    refused: dict[str, str] = field(default_factory=dict)


def add_ignores(
    findings: Iterable[Finding], sources: Mapping[str, str], reason: str, root: str
) -> Added:
    """Write a comment for each finding that one can hide. `sources` holds the texts by path.

    What is wrong with a file or with the comments in it is never hidden, and no file outside of
    `root` is written.
    """
    by_path: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.code not in _NEVER and _is_python(finding.place.path, sources):
            by_path.setdefault(finding.place.path, []).append(finding)
    added = Added()
    for path, found in by_path.items():
        try:
            rewrite(Path(path), sources[path], annotated(sources[path], found, reason), root)
        except NotWrittenError as error:
            added.refused[path] = str(error)
        else:
            added.findings += len(found)
            added.files += 1
    return added


def _is_python(path: str, sources: Mapping[str, str]) -> bool:
    """Whether a file is one of Python's own, not a notebook or the settings of a server."""
    suffix = Path(path).suffix
    return suffix in (".py", ".pyi") or (not suffix and sources.get(path, "").startswith("#!"))


def annotated(text: str, findings: Iterable[Finding], reason: str) -> str:
    """The text of a file with comments for findings in it.

    Raises NotWrittenError where it cannot be told that the code stays the same.
    """
    known = statements(text)
    wanted: dict[Rows, set[str]] = {}
    for finding in findings:
        wanted.setdefault(statement_at(known, finding.place.row), set()).add(finding.code)
    lines = _LINE.findall(text)
    for rows in sorted(wanted, reverse=True):
        comment = f"# lg-lint: ignore[{', '.join(sorted(wanted[rows]))}] {' '.join(reason.split())}"
        _insert(lines, rows, comment.rstrip())
    after = "".join(lines)
    if not _same_code(text, after):
        raise NotWrittenError("its syntax is not that of the Python that runs lg-lint")
    return after


def _insert(lines: list[str], rows: Rows, comment: str) -> None:
    """At the end of a statement on one line where it fits, else above the statement."""
    line = lines[rows.first - 1]
    code = line.rstrip("\r\n")
    end = line[len(code) :]
    trailing = f"{code.rstrip()}  {comment}"
    if rows.first == rows.last and "#" not in code and len(trailing) <= WIDTH:
        lines[rows.first - 1] = trailing + end
    else:
        indent = code[: len(code) - len(code.lstrip())]
        lines.insert(rows.first - 1, f"{indent}{comment}{end or _line_end(lines)}")


def _line_end(lines: list[str]) -> str:
    first = lines[0]
    return first[len(first.rstrip("\r\n")) :] or "\n"


def _same_code(before: str, after: str) -> bool:
    try:
        return ast.dump(ast.parse(before)) == ast.dump(ast.parse(after))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
