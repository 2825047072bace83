"""Rows found by introspection of installed packages; `scripts/derive_knowledge.py` writes them.

There is one file a package. It is read where a project calls something of that package, so what a
project does not use costs nothing. Rows of the tables that people write stand above these.
"""

from __future__ import annotations

import functools
import json
import os
from typing import Any

from msgspec import Struct

_FOLDER = os.path.join(os.path.dirname(__file__), "derived")
INDEX = "index.json"
_MAX_BASES = 8
_THREAD = "asyncio.to_thread"
_MADE = ("__enter__", "__call__")
"""What is left out of a path: `helper("a").find()` has the path of `helper.find()`."""


class Wait(Struct, frozen=True):
    """A call that waits: for what, and what is used instead.

    `certain` is False where the search for the wait went by a method's name alone; `lazy` says
    that what the call gives waits, once it is iterated.
    """

    kind: str
    cure: str
    certain: bool = True
    lazy: bool = False


def of_function(name: str) -> Wait | None:
    """What a call of an outside function, class or class's method waits for."""
    rows = _rows(name)
    if rows is None:
        return None
    if name in rows.functions:
        how, certain, kind = rows.functions[name]
        return Wait(kind, _cure(how, name.rpartition(".")[2], ""), certain)
    if rows.canonical(name) in rows.classes:
        return rows.wait(name, ("__init__",))
    owner, _, last = name.rpartition(".")
    path: tuple[str, ...] = (last,)
    while owner:
        if rows.canonical(owner) in rows.classes or owner in rows.returns:
            return rows.wait(owner, path)
        owner, _, last = owner.rpartition(".")
        path = (last, *path)
    return None


def of_method(kind: str, path: tuple[str, ...]) -> Wait | None:
    """What `value.<path>()` waits for; `kind` is the value's class, or what made it."""
    rows = _rows(kind)
    return rows.wait(kind, path) if rows is not None else None


class Rows:
    """The rows of one package."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.functions: dict[str, list[Any]] = data["functions"]
        self.classes: dict[str, dict[str, Any]] = data["classes"]
        self.returns: dict[str, str] = data["returns"]
        self._aliases: dict[str, str] = data["aliases"]

    def canonical(self, name: str) -> str:
        """The name under which the package's rows know a public dotted name."""
        return self._aliases.get(name, name)

    def wait(self, kind: str, path: tuple[str, ...]) -> Wait | None:
        """The row at the end of a path of attributes and calls that begins at an object."""
        cls = root = self._class(kind)
        for name in path[:-1]:
            cls = self._given(cls, name)
        if not cls:
            return None
        last = path[-1]
        twin = next(
            (self.classes[each]["twin"] for each in (root, cls) if "twin" in self.classes[each]), ""
        )
        for entry in self._stand_ins(cls):
            for how, certain, wait, names in entry.get("waits", ()):
                if last in names:
                    lazy = last in entry.get("lazy", ())
                    return Wait(wait, _cure(how, last, twin), certain, lazy)
            if last in entry.get("lazy", ()):
                return Wait("http", _THREAD, True, True)
        return None

    def _class(self, kind: str) -> str:
        """The class that a name means; a factory is taken for what it gives."""
        name = self.canonical(kind)
        if name in self.classes:
            return name
        owner, _, method = name.rpartition(".")
        return self.returns.get(name) or self._given(self.canonical(owner), method)

    def _given(self, cls: str, name: str) -> str:
        for entry in self._lineage(cls):
            gives = entry.get("gives", {})
            given = gives.get(name)
            if given is not None:
                return cls if given == "self" else str(given)
            for made in _MADE:
                if gives.get(made, "self") != "self" and name != made:
                    return self._given(gives[made], name)
        return cls if name == "__enter__" else ""

    def _stand_ins(self, cls: str) -> list[dict[str, Any]]:
        """The classes that answer for an object: its own, then what entering or calling gives."""
        found = self._lineage(cls)
        made = [entry.get("gives", {}).get(name, "self") for entry in found for name in _MADE]
        return found + [entry for each in made if each != "self" for entry in self._lineage(each)]

    def _lineage(self, cls: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while cls in self.classes and len(found) < _MAX_BASES:
            found.append(self.classes[cls])
            cls = self.classes[cls].get("base", "")
        return found


def _cure(how: str, name: str, twin: str) -> str:
    """What async code uses: a method beside this one, or the class of which it is a coroutine."""
    if how.startswith("coroutine "):
        return how.removeprefix("coroutine ").replace("*", name)
    return twin if twin and how.startswith("twin") else _THREAD


def _rows(name: str) -> Rows | None:
    """The rows of the package that has a dotted name."""
    index = _index()
    parts = name.split(".")
    for end in range(min(len(parts), 4), 0, -1):
        package = index.get(".".join(parts[:end]))
        if package is not None:
            return _read(package)
    return None


@functools.cache
def _index() -> dict[str, str]:
    """To each module that is the top of some package's rows, the package."""
    with open(os.path.join(_FOLDER, INDEX), encoding="utf-8") as file:
        found: dict[str, str] = json.load(file)
    return found


@functools.cache
def _read(package: str) -> Rows:
    with open(os.path.join(_FOLDER, f"{package}.json"), encoding="utf-8") as file:
        return Rows(json.load(file))
