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


def pins(text: str, path: str, package: str) -> Iterator[Pin]:
    """The locked version; a range where a lock has several, for different platforms.

    Raises UnreadableError.
    """
    found = [_version(text, start) for start in _tables(text, package)]
    known = [(version, row) for version, row in found if version is not None]
    if not known:
        return
    try:
        versions = either(exactly(version) for version, _ in known)
    except ValueError as error:
        raise UnreadableError(known[0][1], str(error)) from None
    yield Pin(package, versions, path, known[0][1])


def _tables(text: str, package: str) -> Iterator[int]:
    """Where the tables of a package begin."""
    line = f'\nname = "{package}"\n'
    at = text.find(line)
    while at >= 0:
        start = text.rfind(_TABLE, 0, at)
        if start >= 0:
            yield start
        at = text.find(line, at + 1)


def _version(text: str, start: int) -> tuple[str | None, int]:
    """The version in a table and its row; None where it has none, as the project itself may."""
    end = text.find(f"\n{_TABLE}", start + len(_TABLE))
    table = text[start:end] if end >= 0 else text[start:]
    above = text.count("\n", 0, start)
    from lg_lint.toml import tomllib

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
