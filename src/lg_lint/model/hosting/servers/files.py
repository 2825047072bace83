"""The deployment files of a project: which there are, and what is in them, read when asked for."""

from __future__ import annotations

import contextlib
import os
import posixpath
from collections.abc import Iterable, Iterator

from lg_lint.base import door
from lg_lint.deploy.kinds import YAML, Kind, kind
from lg_lint.deploy.place import Unread
from lg_lint.deploy.text import MOST
from lg_lint.program.store import Program

_TOLD = (*YAML, ".json", ".toml")
_BEGINNING = 64 * 1024


class DeploymentFiles:
    """Reads each file once. What is read, or missed, has a say in the result of the run.

    `followed` are the files that a command of another file leads to.
    """

    def __init__(
        self, program: Program, paths: list[str], unread: dict[str, tuple[int, str]] | None = None
    ) -> None:
        self.program = program
        self._unread = unread if unread is not None else {}
        self.root = program.finder.root
        self.paths = paths
        self.followed: set[str] = set()
        self._read: dict[str, bytes | None] = {}
        self._kinds: dict[str, Kind | None] = {}

    def named(self, *beginnings: str) -> Iterator[str]:
        """The files whose names, in small letters, begin so or end so behind a dot."""
        ends = tuple(f".{name}" for name in beginnings)
        for path in self.paths:
            name = os.path.basename(path).lower()
            if name.endswith(YAML):
                continue
            if name.startswith(beginnings) or name.endswith(ends):
                yield path

    def of_kind(self, wanted: Kind) -> Iterator[str]:
        """The files for an adapter that are told by what is in them, or by their names."""
        for path in self.paths:
            if path.endswith(_TOLD) and self._kind(path) == wanted:
                yield path

    def _kind(self, path: str) -> Kind | None:
        if path not in self._kinds:
            self.program.consulted(path)
            try:
                data = door.head(path, _BEGINNING)[0]
            except OSError:
                data = b""
            inside = os.path.relpath(path, self.root).replace(os.sep, posixpath.sep)
            self._kinds[path] = kind(inside, data)
        return self._kinds[path]

    def tell(self, path: str, unread: Iterable[Unread]) -> None:
        """Note what could not be read of a file, once for each."""
        for each in unread:
            self._unread.setdefault(path, (each.line, each.reason))

    def data(self, path: str) -> bytes | None:
        """What a file of the project holds; None where there is none, or where it is too large."""
        if path not in self._read:
            self._read[path] = None
            if self._is_inside(path):
                self.program.consulted(path)
                with contextlib.suppress(OSError):
                    found = door.head(path, MOST + 1)[0]
                    if len(found) > MOST:
                        self.tell(path, [Unread(1, "the file has more than 512 KiB")])
                    else:
                        self._read[path] = found
        return self._read[path]

    def _is_inside(self, path: str) -> bool:
        """Whether a path leads to a file of the project, also behind links."""
        root = os.path.realpath(self.root)
        real = os.path.realpath(path)
        return real == root or real.startswith(root.rstrip(os.sep) + os.sep)
