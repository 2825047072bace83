"""The walk through a project's folders: which files count, and which of them are reported."""

from __future__ import annotations

import os
from bisect import bisect_left

from lg_lint import status_of
from lg_lint.base.listing import listed
from lg_lint.settings.locating import CANDIDATES
from lg_lint.sources.deploying import Deploying
from lg_lint.sources.entries import is_below, is_file, is_python_script, is_test_file
from lg_lint.sources.ignores import SUFFIXES, IgnoreRules, ignored, inherited_rules, read_rules
from lg_lint.sources.ledger import Ledger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from lg_lint.base.problem import Problem
    from lg_lint.settings import Settings

_NAMED = (*SUFFIXES, ".gyp", ".gypi", ".pyt", ".pyw", ".tac", ".wsgi")
"""What files of Python are called that are named."""

_MOST_OF_A_CONFIG = 512 * 1024
"""Bytes of a configuration of a proxy: what people write is a hundredth of that."""
TEST_FOLDERS = frozenset({"test", "tests"})


class Found:
    """A file to read; `reported` where it lies under a named path."""

    __slots__ = ("is_test", "path", "reported")

    def __init__(self, path: str, reported: bool, is_test: bool) -> None:
        self.path = path
        self.reported = reported
        self.is_test = is_test


class _Folder:
    """A folder to enter: the rules in force and what holds for the files below it.

    `wanted` where it or a folder above it was named and is itself test code.
    """

    def __init__(
        self, path: str, rules: tuple[IgnoreRules, ...], reported: bool, test: bool, wanted: bool
    ) -> None:
        self.path = path
        self.rules = rules
        self.reported = reported
        self.test = test
        self.wanted = wanted


class Walk:
    """A walk through the folders of a project, which gathers what is found.

    `names` are those of files and folders that are left out wherever they occur.
    """

    def __init__(
        self,
        root: str,
        settings: Settings,
        named: list[str],
        imagined: frozenset[str],
        problems: list[Problem],
    ) -> None:
        self.root = root
        self.settings = settings
        self.named = named
        self.imagined = imagined
        self.problems = problems
        self.files: dict[str, Found] = {}
        self.configs: list[str] = []
        self.deploying: list[str] = []
        self.settings_files: set[str] = set()
        self.seen = Ledger(root)
        self._aliases: list[str] = []
        self._wanted: frozenset[str] = frozenset()
        self._excludes: tuple[IgnoreRules, ...] = ()
        self._seen: set[tuple[int, int]] = set()
        self._refused: set[str] = set()
        patterns = (*settings.exclude, *settings.extend_exclude)
        self.names = frozenset(pattern for pattern in patterns if "/" not in pattern)
        anchored = [pattern for pattern in patterns if "/" in pattern]
        if anchored:
            self._excludes = (IgnoreRules("", anchored),)
        self._deploy = Deploying(settings.deploy)
        if settings.force_exclude:
            self.named = [path for path in self.named if not self._is_excluded(path)]
        else:
            self._wanted = frozenset(path for path in self.named if self._is_test(path))
        self._targets = frozenset(self.named)

    def enter(self, path: str, skipped: frozenset[str]) -> None:
        """Walk a folder, whatever says that it is ignored, without entries called `skipped`."""
        excludes = tuple(each for each in self._excludes if not each.covers(path))
        links: list[_Folder] = []
        stack = [self._top(path)]
        while stack or links:
            folder = stack.pop() if stack else links.pop()
            if not self.is_new(folder.path, mark=True):
                continue
            for below in self._scan(folder, skipped, excludes):
                (links if os.path.islink(below.path) else stack).append(below)
            links.sort(key=lambda each: each.path, reverse=True)

    def is_new(self, path: str, *, mark: bool = False) -> bool:
        """Whether the real folder has not been walked; symlinks may lead there many times."""
        try:
            status = os.stat(path)
        except OSError:
            return True
        key = (status.st_dev, status.st_ino)
        if key in self._seen:
            return False
        if mark:
            self._seen.add(key)
            self.seen.folders[path] = (status_of(status), "")
        return True

    def add_named_file(self, path: str) -> None:
        """Take a file that was named, whatever says that it is ignored."""
        if path in self.files:
            return
        if not (path.endswith(_NAMED) or path in self.imagined or is_python_script(path)):
            if not self.settings.force_exclude:  # a hook names what others take for Python
                self.problems.append(unusable(path))
        else:
            is_test = path not in self._wanted and self._is_test(path)
            self.files[path] = Found(path, True, is_test)
            self._look_for_settings(os.path.dirname(path))

    def add_removed(self, held: Iterable[str]) -> None:
        """Files that the file system has no more, and somebody has kept."""
        for path in sorted(held):
            is_new = path not in self.files and not os.path.exists(path)
            if is_new and is_below(path, self.root) and not self._is_excluded(path):
                reported = any(is_below(path, target) for target in self._targets)
                self.files[path] = Found(path, reported, self._is_test(path))

    def _look_for_settings(self, folder: str) -> None:
        """Where a named file is, and above, nobody may have walked."""
        while folder not in self.seen.folders and is_below(folder, self.root):
            paths = [os.path.join(folder, name) for name in CANDIDATES]
            self.settings_files.update(path for path in paths if os.path.isfile(path))
            self.seen.places.update(paths)
            folder = os.path.dirname(folder)

    def report_aliases(self) -> None:
        """Have symlinks reported that lead to files that are not, one for each file."""
        reported = {path for path, found in self.files.items() if found.reported}
        for path in sorted(self._aliases):
            real = os.path.realpath(path)
            if real not in reported:
                reported.add(real)
                self.files[path].reported = True

    def empty_folders(self) -> Iterator[str]:
        """The named folders without a file to check."""
        reported = sorted(path for path, found in self.files.items() if found.reported)
        for path in self.named:
            inside = path.rstrip(os.sep) + os.sep
            first = reported[bisect_left(reported, inside) :][:1]
            has_one = path in self.files or (first and first[0].startswith(inside))
            if not has_one and os.path.isdir(path):
                yield path

    def _top(self, path: str) -> _Folder:
        rules: list[IgnoreRules] = []
        if self.settings.respect_gitignore:
            rules = [each for each in inherited_rules(path, self._refuse) if not each.covers(path)]
        return _Folder(
            path,
            tuple(rules),
            reported=any(is_below(path, each) for each in self._targets),
            test=not TEST_FOLDERS.isdisjoint(self._parts(path)),
            wanted=any(is_below(path, each) for each in self._wanted),
        )

    def _scan(
        self, folder: _Folder, skipped: frozenset[str], excludes: tuple[IgnoreRules, ...]
    ) -> Iterator[_Folder]:
        """Record the files of one folder; the folders in it that are to be walked."""
        try:
            with os.scandir(folder.path) as found:
                entries = {entry.name: entry for entry in found}
        except OSError as error:
            self._unreadable(folder, error)
            return
        if folder.path in self.seen.folders:
            status = self.seen.folders[folder.path][0]
            self.seen.folders[folder.path] = (status, listed(entries.values(), self.names))
        rules = folder.rules
        if ".gitignore" in entries and self.settings.respect_gitignore:
            self.seen.places.add(os.path.join(folder.path, ".gitignore"))
            own = read_rules(folder.path, refuse=self._refuse)
            rules = (*rules, own) if own else rules
        for name in CANDIDATES & entries.keys():
            self.settings_files.add(os.path.join(folder.path, name))
        is_judged = bool(excludes or rules)

        def is_ignored(path: str, *, is_folder: bool = False) -> bool:
            return is_judged and (
                ignored(path, excludes, folder=is_folder) or ignored(path, rules, folder=is_folder)
            )

        for name, entry in entries.items():
            if name in skipped:
                continue
            path = entry.path
            if name.endswith(SUFFIXES) and is_file(entry):
                if path in self._targets or not is_ignored(path):
                    self._add(entry, folder)
            elif self._deploy.takes(name, path) and is_file(entry):
                is_config = self._deploy.is_config(name)
                if self._is_of_use(folder, entry) and (is_config or not is_ignored(path)):
                    self.deploying.append(path)
                    if is_config:
                        self._add_config(entry)
            elif (
                (entry.is_dir(follow_symlinks=False) or self._is_followed(entry))
                and not is_ignored(path, is_folder=True)
                and not self._is_environment(path)
            ):
                yield _Folder(
                    path,
                    rules,
                    folder.reported or path in self._targets,
                    folder.test or name in TEST_FOLDERS,
                    folder.wanted or path in self._wanted,
                )

    def _is_of_use(self, folder: _Folder, entry: os.DirEntry[str]) -> bool:
        """Whether a file beside the code counts: those of tests say nothing.

        Nor does what a link brings in from outside.
        """
        if entry.is_symlink() and not is_below(os.path.realpath(entry.path), self.root):
            return False
        return self.settings.tests or folder.wanted or not folder.test

    def _is_environment(self, path: str) -> bool:
        mark = os.path.join(path, "pyvenv.cfg")
        if not os.path.exists(mark):
            return False
        self.seen.places.add(mark)
        return True

    def _is_followed(self, entry: os.DirEntry[str]) -> bool:
        """Whether a symlink leads to a folder, and not to one that holds the project."""
        if not entry.is_symlink() or not os.path.isdir(entry.path):
            return False
        return not is_below(self.root, os.path.realpath(entry.path))

    def _add(self, entry: os.DirEntry[str], folder: _Folder) -> None:
        path = entry.path
        wanted = folder.wanted or path in self._wanted
        is_test = not wanted and (folder.test or is_test_file(entry.name))
        reported = folder.reported or path in self._targets
        if reported and entry.is_symlink():  # imports need the alias, readers the file itself
            self._aliases.append(path)
            reported = False
        self.files[path] = Found(path, reported, is_test)

    def _add_config(self, entry: os.DirEntry[str]) -> None:
        try:
            size = entry.stat().st_size
        except OSError:
            return
        if size <= _MOST_OF_A_CONFIG:
            self.configs.append(entry.path)
        elif "nginx" in entry.name:
            self._refuse(
                entry.path, f"larger than {_MOST_OF_A_CONFIG:,} bytes; it counts as absent"
            )

    def _unreadable(self, folder: _Folder, error: OSError) -> None:
        from lg_lint.base.problem import Problem

        if folder.reported:
            self.problems.append(
                Problem(f"the folder cannot be read: {error.strerror}", folder.path)
            )

    def _refuse(self, path: str, message: str) -> None:
        """Notes a problem with a file, one for each file."""
        from lg_lint.base.problem import Problem

        if path not in self._refused:
            self._refused.add(path)
            self.seen.has_changed = True
            self.problems.append(Problem(message, path))

    def _parts(self, path: str) -> list[str]:
        """The names of the folders and the file that lead from the root to `path`."""
        if not is_below(path, self.root) or path == self.root:
            return []
        return os.path.relpath(path, self.root).split(os.sep)

    def _is_test(self, path: str) -> bool:
        name = os.path.basename(path)
        return not TEST_FOLDERS.isdisjoint((name, *self._parts(path))) or is_test_file(name)

    def _is_excluded(self, path: str) -> bool:
        parts = self._parts(path)
        rules = inherited_rules(self.root)
        folder = self.root
        for part in parts:
            own = read_rules(folder)
            rules += [own] if own else []
            folder = os.path.join(folder, part)
            is_folder = folder != path or os.path.isdir(path)
            in_force = rules if self.settings.respect_gitignore else []
            if part in self.names or any(
                ignored(folder, each, folder=is_folder) for each in (self._excludes, in_force)
            ):
                return True
        return False


def unusable(path: str | Path) -> Problem:
    """What is wrong with a path that is named and cannot be checked."""
    from pathlib import Path

    from lg_lint.base.problem import Problem

    if os.path.isfile(path):
        return Problem("not a Python file", os.path.relpath(path))
    there = os.path.exists(path)
    message = "neither a file nor a folder" if there else "no such file or folder"
    return Problem(message, str(Path(path)))
