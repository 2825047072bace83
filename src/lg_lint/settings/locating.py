"""Which file a folder has its settings in, and what there looks like settings and is none."""

from __future__ import annotations

import os

from lg_lint.base import door
from lg_lint.settings.mistakes import SettingsError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Any

    Warn = Callable[[SettingsError], None]

PROJECT = "pyproject.toml"
OWN_FILES = ("lg-lint.toml", ".lg-lint.toml")
NEAR_FILES = ("lg_lint.toml", ".lg_lint.toml", "lglint.toml", ".lglint.toml")
"""Names that settings files are given by mistake."""

CANDIDATES = frozenset({PROJECT, *OWN_FILES, *NEAR_FILES})
"""All that a folder may have to do with settings."""

_SPELLINGS = (b"lg-lint", b"lg_lint", b"lglint", b"lg.lint", b"[tool.lg")
"""What a file says that has a table of ours, or one that was meant to be ours."""

_NEAR = 0.85


def find_file(start: str | Path, warn: Warn) -> str | None:
    """The closest file with settings, from a file's folder or a folder up. Raises SettingsError."""
    folder = os.path.realpath(start)
    while True:
        found = file_in(folder, warn)
        if found is not None or folder == os.path.dirname(folder):
            return found
        folder = os.path.dirname(folder)


def file_in(folder: str, warn: Warn) -> str | None:
    """The file that a folder has its settings in. Raises SettingsError."""
    project = os.path.join(folder, PROJECT)
    found = [project] if os.path.isfile(project) and _has_table(project, warn) else []
    for name in OWN_FILES:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            found.append(path)
    for name in (PROJECT, *OWN_FILES):
        path = os.path.join(folder, name)
        if os.path.islink(path) and not os.path.exists(path):
            raise SettingsError("cannot be read: the link leads nowhere", path)
    for path in found[1:]:
        warn(SettingsError(f"not read, as {os.path.basename(found[0])} beside it counts", path))
    for name in NEAR_FILES:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            meant = "." * name.startswith(".") + "lg-lint.toml"
            warn(SettingsError(f'not read; did you mean to call it "{meant}"?', path))
    return found[0] if found else None


def _has_table(project: str, warn: Warn) -> bool:
    """A file that says nothing like our name needs no parser; its mistakes are not ours to tell."""
    text = text_of(project)
    spoken = text.encode().lower()
    if not any(spelling in spoken for spelling in _SPELLINGS):
        return False
    document = parsed(text, project)
    for name in _near_tables(document):
        row = _row_of(text, name)
        message = f'[tool.{name}] is not read; did you mean "[tool.lg-lint]"?'
        warn(SettingsError(message, project, row))
    return own_table(document, project) is not None


def _near_tables(document: dict[str, Any]) -> Iterator[str]:
    """The tables of tools that have a name like ours."""
    from difflib import SequenceMatcher

    tools = document.get("tool")
    for name, table in tools.items() if isinstance(tools, dict) else ():
        if name == "lg-lint":
            continue
        if name == "lg" and isinstance(table, dict) and "lint" in table:
            yield "lg.lint"
            continue
        plain = "".join(sign for sign in name.lower() if sign.isalnum())
        if SequenceMatcher(None, plain, "lglint").ratio() > _NEAR:
            yield name


def _row_of(text: str, name: str) -> int | None:
    for row, line in enumerate(text.split("\n"), 1):
        if "tool" in line and name in line:
            return row
    return None


def text_of(path: str) -> str:
    """Raises SettingsError."""
    try:
        text = door.read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = error.object.count(b"\n", 0, error.start) + 1
        raise SettingsError("not valid UTF-8", path, row) from None
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", path) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parsed(text: str, path: str | None) -> dict[str, Any]:
    """A text as TOML has it. Raises SettingsError."""
    import re

    from lg_lint.base.toml import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r" \(at line (\d+), column \d+\)", str(error))
        message = str(error).replace(place[0], "") if place else str(error)
        raise SettingsError(
            f"not valid TOML: {message}", path, int(place[1]) if place else None
        ) from None


def own_table(document: dict[str, Any], path: str) -> dict[str, Any] | None:
    """Our table in a file, which a file of our own is as a whole; None where there is none."""
    if os.path.basename(path) != "pyproject.toml":
        return document
    tools = document.get("tool")
    table = tools.get("lg-lint") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise SettingsError("tool.lg-lint: expected a table", path)
    return table
