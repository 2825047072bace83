"""Which file an import means: absolute and relative, src layouts, several packages in one tree."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

_STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)
_ROOT_MARKS = ("pyproject.toml", "setup.py", "setup.cfg")


class ModuleFinder:
    """Resolves dotted names to the project's files.

    An absolute name is tried, nearest first, in the importing file's own folder, in each folder
    above it and the `src` folder of each, then in every other source root of the project: a
    folder that holds a `pyproject.toml` or `setup.py`, and its `src`. There only a module of a
    package counts, and where it is the only one of its name: a plain module there is another
    application's own. Top-level names in `external`, and those of the standard library, never mean
    a file of the project. Folders that a module adds to the search path come after those above it,
    for the modules of its folder and below. `programs` are files that no import can mean, by their
    suffix.
    """

    def __init__(
        self, root: str, files: Iterable[str], external: frozenset[str] = frozenset()
    ) -> None:
        self.root = root
        self.external = external | _STANDARD_LIBRARY
        known = set(files)
        self.files = {path for path in known if path.endswith((".py", ".pyi"))}
        self.programs = known - self.files
        self.folders: set[str] = set()
        for path in self.files:
            folder = os.path.dirname(path)
            while folder not in self.folders and folder.startswith(root):
                self.folders.add(folder)
                folder = os.path.dirname(folder)
        self._memo: dict[tuple[str, str], str | None] = {}
        self._searched: list[tuple[str, str]] = []
        self._roots = [folder for folder in sorted(self.folders) if self._is_root(folder)]

    def _is_root(self, folder: str) -> bool:
        if os.path.basename(folder) == "src":
            return True
        return any(os.path.exists(os.path.join(folder, mark)) for mark in _ROOT_MARKS)

    def search(self, folder: str, added: str) -> None:
        """Have the modules in and below a folder be searched in another one, too."""
        if (folder, added) not in self._searched:
            self._searched.append((folder, added))
            self._memo.clear()

    def absolute(self, name: str, importer: str) -> str | None:
        """The file, or a namespace package's folder, that `import name` means in `importer`."""
        folder = os.path.dirname(importer)
        key = (name, folder)
        if key not in self._memo:
            self._memo[key] = self._absolute(name, folder)
        found = self._memo[key]
        return self._absolute(name, folder, importer) if found == importer else found

    def _absolute(self, name: str, folder: str, importer: str = "") -> str | None:
        parts = name.split(".")
        tried = set()
        namespace: str | None = None
        if parts[0] in self.external:
            return None
        for base in self._bases(folder):
            if base in tried:
                continue
            tried.add(base)
            found = self._below(base, parts)
            if found is None or (found == importer and not self._is_own(importer, base, parts)):
                continue
            if found in self.files:
                return found
            namespace = namespace or found
        elsewhere = self._elsewhere(parts, importer, tried)
        return elsewhere if elsewhere in self.files else namespace or elsewhere

    def _elsewhere(self, parts: list[str], importer: str, tried: set[str]) -> str | None:
        """What a name means below the source roots that are not the importer's own."""
        top = parts[0]
        if any(os.path.join(base, top, "__init__.py") in self.files for base in tried):
            return None
        others = [root for root in self._roots if root not in tried]
        packages = [root for root in others if os.path.join(root, top) in self.folders]
        found = {self._below(root, parts) for root in packages} - {None, importer}
        return found.pop() if len(found) == 1 else None

    def _is_own(self, importer: str, base: str, parts: list[str]) -> bool:
        """Whether a package's `__init__.py` means itself, as in `from package import module`.

        A plain name means it below a source root alone: `import celery` in a folder of that name
        means another.
        """
        is_root = base == self.root or base in self._roots
        return importer.endswith("__init__.py") and (is_root or len(parts) > 1)

    def _bases(self, folder: str) -> Iterable[str]:
        current = folder
        while True:
            yield current
            yield os.path.join(current, "src")
            if current == self.root or not current.startswith(self.root):
                break
            current = os.path.dirname(current)
        for owner, added in self._searched:
            if folder == owner or folder.startswith(owner + os.sep):
                yield added

    def _below(self, base: str, parts: list[str]) -> str | None:
        path = os.path.join(base, *parts)
        for candidate in (
            os.path.join(path, "__init__.py"),
            path + ".py",
            os.path.join(path, "__init__.pyi"),
            path + ".pyi",
        ):
            if candidate in self.files:
                return candidate
        return path if path in self.folders else None

    def relative(self, name: str, level: int, importer: str) -> str | None:
        """The file or folder that `from ..name import x` means; `level` counts the dots."""
        folder = os.path.dirname(importer)
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        if not name:
            init = os.path.join(folder, "__init__.py")
            return init if init in self.files else folder
        return self.submodule(folder, name)

    def submodule(self, folder: str, name: str) -> str | None:
        """The module `name` (dotted) below a package's folder."""
        path = os.path.join(folder, *name.split("."))
        for candidate in (os.path.join(path, "__init__.py"), path + ".py", path + ".pyi"):
            if candidate in self.files:
                return candidate
        return path if path in self.folders else None
