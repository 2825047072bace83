"""Which files take part: seeds, what they import, and who imports them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from lg_lint.program.modules import ModuleFinder

T = TypeVar("T")

_IMPORT = re.compile(
    r"[ \t]*(?:from[ \t]+(?P<module>[.\w]+)[ \t]+import[ \t]+(?P<names>\([^)]*(?:\)|\Z)|[^\n#;]+)"
    r"|import[ \t]+(?P<plain>[\w., \t]+))"
)
_NAMED = re.compile(r"""["']([A-Za-z_]\w*(?:\.\w+)*)(?:[.:]\w+)?["']""")
"""As in `"package.module:name"`."""
_WORD = re.compile(r"\w+")
_DOTS_ALONE = re.compile(r"\.[ \t]")
"""As in `from . import name`, which means the package too."""


class Imports:
    """What the import statements of files say, by path. Statements are looked into on demand."""

    def __init__(self, finder: ModuleFinder, statements: Mapping[str, str]) -> None:
        self._finder = finder
        self._statements = statements
        self._of: dict[str, set[str]] = {}
        self._naming: dict[str, list[str]] | None = None
        self._loaders: dict[str, set[str]] = {}

    def note(self, loads: Mapping[str, Iterable[str]]) -> None:
        """Take what files load otherwise than by import statements for imported by them."""
        for path, targets in loads.items():
            for target in targets:
                self._loaders.setdefault(target, set()).add(path)

    def of(self, path: str) -> set[str]:
        """The files that a file imports."""
        if path not in self._of:
            self._of[path] = imports(self._finder, path, self._statements.get(path, ""))
        return self._of[path]

    def importers(self, seeds: Iterable[str]) -> set[str]:
        """The seeds and every file that imports one of them, directly or through others."""
        return reached(seeds, self._imported_by)

    def processes(self, seeds: Iterable[str]) -> set[str]:
        """What the processes that have a seed import: all who import one, and what these import."""
        return reached(self.importers(seeds), self.of)

    def components(
        self, paths: Iterable[str], text_of: Callable[[str], str] | None = None
    ) -> dict[str, int]:
        """The weakly connected component of each file in the graph of imports, as a number.

        Code of one component is never run together with that of another. With `text_of`, what a
        file names in its text counts as imported: a server that it starts, settings, routes.
        """
        neighbours: dict[str, set[str]] = {path: set() for path in paths}
        for path in neighbours:
            targets = {*self.of(path), *self._loaders.get(path, ())}
            if text_of is not None:
                targets |= named(self._finder, path, text_of(path))
            for target in targets.intersection(neighbours):
                neighbours[path].add(target)
                neighbours[target].add(path)
        found: dict[str, int] = {}
        for path in sorted(neighbours):
            if path not in found:
                number = len(found)
                found.update(dict.fromkeys(closure([path], neighbours), number))
        return found

    def naming(self, word: str) -> list[str]:
        """The files whose import statements have a word; `.` for those that name none."""
        if self._naming is None:
            self._naming = _naming(self._statements)
        return self._naming.get(word, [])

    def _imported_by(self, target: str) -> list[str]:
        """The files that import a file: those that name it may."""
        folder, name = os.path.split(target)
        stem = name.partition(".")[0]
        names = (os.path.basename(folder), ".") if stem == "__init__" else (stem,)
        paths = {path for each in names for path in self.naming(each)}
        found = [path for path in paths if target in self.of(path)]
        return [*found, *self._loaders.get(target, ())]


def _naming(statements: Mapping[str, str]) -> dict[str, list[str]]:
    """The files whose import statements have a word; `.` for those that name none."""
    found: dict[str, list[str]] = {}
    for path, text in statements.items():
        words = set(_WORD.findall(text))
        if _DOTS_ALONE.search(text):
            words.add(".")
        for word in words:
            found.setdefault(word, []).append(path)
    return found


def closure(start: Iterable[str], following: Mapping[str, Iterable[str]]) -> set[str]:
    """All that `following` leads to from `start`, with it."""
    return reached(start, lambda each: following.get(each, ()))


def reached(start: Iterable[T], following: Callable[[T], Iterable[T]]) -> set[T]:
    """The same, where what follows is worked out on demand."""
    found = set(start)
    queue = list(found)
    while queue:
        for path in following(queue.pop()):
            if path not in found:
                found.add(path)
                queue.append(path)
    return found


def import_statements(text: str) -> str:
    """The import statements of a text, and what looks like one in its strings."""
    return "\n".join(match.group() for match in _statements(text))


def _statements(text: str) -> Iterator[re.Match[str]]:
    """Lines that start with an import statement, in strings too."""
    at = text.find("import")
    while at >= 0:
        found = _IMPORT.match(text, text.rfind("\n", 0, at) + 1)
        if found is not None:
            yield found
            at = max(at, found.end())
        line_end = text.find("\n", at)
        at = text.find("import", line_end) if line_end >= 0 else -1


def named(finder: ModuleFinder, path: str, text: str) -> set[str]:
    """The files whose modules a file's strings name, alone or with something in them."""
    found: set[str] = set()
    for dotted in set(_NAMED.findall(text)):
        target: str | None = None
        while dotted and target not in finder.files:
            target = finder.absolute(dotted, path)
            dotted = dotted.rpartition(".")[0]
        if target is not None and target in finder.files:
            found.add(target)
    return found


def imports(finder: ModuleFinder, path: str, text: str) -> set[str]:
    """The files that a file's import statements name, submodules included."""
    found: set[str | None] = set()
    for match in _statements(text):
        plain = match["plain"]
        if plain is not None:
            for part in plain.split(","):
                dotted = part.split(" as ")[0].strip()
                if dotted:
                    found.add(finder.absolute(dotted, path))
            continue
        dotted = match["module"]
        name = dotted.lstrip(".")
        level = len(dotted) - len(name)
        base = finder.relative(name, level, path) if level else finder.absolute(name, path)
        if base is None:
            continue
        found.add(base)
        folder = base.rpartition("/")[0] if base in finder.files else base
        if base not in finder.files or base.endswith("__init__.py"):
            for word in _WORD.findall(match["names"]):
                found.add(finder.submodule(folder, word))
    return {target for target in found if target is not None and target in finder.files}
