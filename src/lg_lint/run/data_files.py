"""What files of data hold that the code of a project reads."""

from __future__ import annotations

import json
from collections.abc import Callable

from lg_lint.base import containment, door

_MOST = 256 * 1024


class DataFiles:
    """Each file is read once; `seen` is told of each that is asked for, be it there or not."""

    def __init__(self, root: str, seen: Callable[[str], object]) -> None:
        self._root = root
        self._seen = seen
        self._known: dict[tuple[str, str], object] = {}

    def read(self, path: str, language: str) -> object:
        """What a file holds; None where it is not there, or cannot be read as what it should be."""
        key = (path, language)
        if key not in self._known:
            self._seen(path)
            self._known[key] = self._read(path, language)
        return self._known[key]

    def _read(self, path: str, language: str) -> object:
        try:
            if containment.outside(path, self._root):
                return None
            return _READERS[language](door.read(path, _MOST).decode())
        except (OSError, ValueError, RecursionError):
            return None


def _toml(text: str) -> object:
    from lg_lint.base.toml import tomllib

    return tomllib.loads(text)


def _yaml(text: str) -> object:
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        data: object = yaml.load(text, Loader=loader)
    except (yaml.YAMLError, TypeError) as error:
        raise ValueError(str(error)) from error
    return data


_READERS: dict[str, Callable[[str], object]] = {
    "json": json.loads,
    "toml": _toml,
    "yaml": _yaml,
}
