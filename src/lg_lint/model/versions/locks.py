"""Lock files: uv.lock, poetry.lock and pdm.lock.

They are long, and written by machines in one spelling: of each, the tables of the package in
question are parsed alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lg_lint.model.versions.pin import Pin, UnreadableError
from lg_lint.model.versions.ranges import either, exactly

NAMES = ("uv.lock", "poetry.lock", "pdm.lock")
_TABLE = "[[package]]"
_MOST = 500
_LARGEST = 1 << 20
"""Packages with very many files take a tenth of that."""


def pins(text: str, path: str, package: str) -> Iterator[Pin]:
    """The locked version; a range where a lock has several, for different platforms.

    Raises UnreadableError.
    """
    found: list[tuple[str | None, int]] = []
    row = at = 0
    for start, end in _tables(text, package):
        row += text.count("\n", at, start)
        at = start
        if len(found) == _MOST:
            raise UnreadableError(row + 1, f"the package is locked more than {_MOST} times")
        found.append(_version(text[start:end], row))
    known = [(version, row) for version, row in found if version is not None]
    if not known:
        return
    try:
        versions = either(exactly(version) for version, _ in known)
    except ValueError as error:
        raise UnreadableError(known[0][1], str(error)) from None
    yield Pin(package, versions, path, known[0][1])


def _tables(text: str, package: str) -> Iterator[tuple[int, int]]:
    """Where the tables of a package begin and end."""
    line = f'\nname = "{package}"\n'
    at = text.find(line)
    while at >= 0:
        start = text.rfind(_TABLE, 0, at)
        end = text.find(f"\n{_TABLE}", at)
        end = len(text) if end < 0 else end
        if start < 0:
            at = text.find(line, text.find(_TABLE)) if _TABLE in text else -1
            continue
        yield start, end
        at = text.find(line, end)


def _version(table: str, above: int) -> tuple[str | None, int]:
    """The version in a table and its row; None where it has none, as the project itself may."""
    if len(table) > _LARGEST:
        raise UnreadableError(above + 1, f"a package of more than {_LARGEST:,} characters")
    from lg_lint.base.toml import tomllib

    try:
        version = tomllib.loads(table)["package"][0].get("version")
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r" \(at line (\d+), column \d+\)", str(error))
        row = above + (int(place[1]) if place else 1)
        message = str(error).replace(place[0], "") if place else str(error)
        raise UnreadableError(row, f"not valid TOML: {message}") from None
    line = re.search(r"^version\b", table, re.M)
    row = above + table.count("\n", 0, line.start() if line else 0) + 1
    return (version if isinstance(version, str) else None), row
