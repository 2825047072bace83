"""TOML with lines: the parser keeps none, so a key's line is looked for in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lg_lint.deploy.place import Unread
from lg_lint.deploy.settings import Setting
from lg_lint.deploy.yaml_nodes import MOST_BYTES, decoded

_table = re.compile(r"\s*(\[\[?)\s*([^\[\]]{1,300}?)\s*\]\]?\s*(?:#.*)?$")
_key = re.compile(r"\s*([A-Za-z0-9_\-.\"' ]{1,300}?)\s*=")
Path = tuple[Any, ...]


class Table:
    """A table: its values, and on which lines their keys stand."""

    def __init__(self, value: Any, lines: dict[Path, int], path: str, at: Path = ()) -> None:
        self.value = value
        self.lines = lines
        self.path = path
        self.place = at

    @property
    def line(self) -> int:
        """The line of the table's key, or of the nearest one around it."""
        place = self.place
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def get(self, *keys: str) -> Table | None:
        """What stands behind the keys."""
        value, place = self.value, self.place
        for key in keys:
            if not isinstance(value, dict) or key not in value:
                return None
            value, place = value[key], (*place, key)
        return Table(value, self.lines, self.path, place)

    def setting(self, *keys: str) -> Setting | None:
        """The text or number behind the keys."""
        found = self.get(*keys)
        if found is None or not isinstance(found.value, (str, int, float)):
            return None
        text = str(found.value).lower() if isinstance(found.value, bool) else str(found.value)
        return Setting(text, found.line, self.path)

    def settings(self, *keys: str) -> dict[str, Setting]:
        """The texts and numbers of a table behind the keys."""
        inner = self.get(*keys)
        found: dict[str, Setting] = {}
        for key in inner.value if inner is not None and isinstance(inner.value, dict) else ():
            assert inner is not None
            setting = inner.setting(key)
            if setting is not None:
                found[key] = setting
        return found

    def elements(self) -> Iterator[Table]:
        """The elements of a list."""
        if isinstance(self.value, list):
            for index, each in enumerate(self.value):
                yield Table(each, self.lines, self.path, (*self.place, index))

    def scalar(self) -> Setting | None:
        """This value itself, where it is a text or a number."""
        if isinstance(self.value, (str, int, float)):
            return Setting(str(self.value), self.line, self.path)
        return None


def read(data: bytes, path: str = "") -> tuple[Table | None, tuple[Unread, ...]]:
    """The table of a file, or why there is none."""
    from lg_lint.base.toml import tomllib

    if len(data) > MOST_BYTES:
        return None, (Unread(1, f"larger than {MOST_BYTES // 1024} KiB"),)
    text = decoded(data)
    try:
        value = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        return None, (Unread(line if isinstance(line, int) else 1, str(error)[:200]),)
    return Table(value, _lines(text), path), ()


def _lines(text: str) -> dict[Path, int]:
    found: dict[Path, int] = {}
    counts: dict[tuple[str, ...], int] = {}
    place: Path = ()
    for row, line in enumerate(text.split("\n"), 1):
        if len(line) > 2000:
            continue
        table = _table.match(line)
        if table is not None:
            keys = _keys(table[2])
            place = keys
            if table[1] == "[[":
                counts[keys] = counts.get(keys, -1) + 1
                place = (*keys, counts[keys])
                found.setdefault(keys, row)
            found.setdefault(place, row)
            continue
        key = _key.match(line)
        if key is not None:
            found.setdefault((*place, *_keys(key[1])), row)
    return found


def _keys(text: str) -> tuple[str, ...]:
    return tuple(part.strip().strip("\"'") for part in text.split("."))
