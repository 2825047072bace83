"""Where files of a container come from: COPY and mounts, followed back into the project."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator

from msgspec import Struct

from lg_lint.deploy.dockerfile import Copy, Dockerfile, Stage
from lg_lint.deploy.values import known

_MOST = 100
"""Stages and paths that are looked at for one file: a Dockerfile may copy in circles."""


class Mount(Struct, frozen=True):
    """A folder or file of the project that a container sees at `target`."""

    source: str
    target: str


class Layout(Struct, frozen=True):
    """A container's files. `context` is the folder of the project that its image is built from."""

    context: str
    folder: str | None
    dockerfile: Dockerfile | None = None
    stage: Stage | None = None
    mounts: tuple[Mount, ...] = ()

    def absolute(self, path: str) -> str:
        """A path of the container from its root on."""
        return posixpath.normpath(posixpath.join("/", self.folder or "", path))

    def origins(self, path: str) -> Iterator[str]:
        """The paths of the project that may be at a path of the container, the surest first."""
        inside = self.absolute(path)
        for mount in self.mounts:
            rest = _below(inside, mount.target)
            if rest is not None:
                yield os.path.normpath(os.path.join(mount.source, rest))
        if self.stage is not None:
            yield from self._copied(self.stage, inside, set())

    def _copied(self, stage: Stage, path: str, seen: set[tuple[int, str]]) -> Iterator[str]:
        key = (stage.line, path)
        if key in seen or len(seen) > _MOST:
            return
        seen.add(key)
        for copy in reversed(stage.copies):
            yield from self._from(stage, copy, path, seen)
        if stage.parent is not None and self.dockerfile is not None:
            yield from self._copied(self.dockerfile.stages[stage.parent], path, seen)

    def _from(
        self, stage: Stage, copy: Copy, path: str, seen: set[tuple[int, str]]
    ) -> Iterator[str]:
        target = known(copy.target)
        if target is None:
            return
        base = posixpath.normpath(posixpath.join("/", stage.folder or "", target))
        rest = _below(path, base)
        if rest is None:
            return
        inner = None
        if copy.stage is not None:
            name = known(copy.stage)
            inner = self.dockerfile.stage(name) if self.dockerfile and name else None
            if inner is None:
                return
        for source in copy.sources:
            text = known(source)
            if text is None or "*" in text:
                continue
            if inner is not None:
                yield from self._of_stage(inner, text, rest, seen)
            else:
                yield from _candidates(os.path.join(self.context, text.lstrip("/")), rest)

    def _of_stage(
        self, stage: Stage, source: str, rest: str, seen: set[tuple[int, str]]
    ) -> Iterator[str]:
        yield from self._copied(stage, posixpath.normpath(posixpath.join("/", source, rest)), seen)


def _candidates(source: str, rest: str) -> Iterator[str]:
    """A folder's content is copied, a file under its own name or under another."""
    source = os.path.normpath(source)
    if os.path.isdir(source):
        yield os.path.normpath(os.path.join(source, rest))
    elif rest in ("", ".") or rest == os.path.basename(source):
        yield source


def _below(path: str, folder: str) -> str | None:
    """The rest of a path behind a folder; "" for the folder itself, None where it is elsewhere."""
    folder = posixpath.normpath(folder)
    if path == folder:
        return ""
    start = folder.rstrip("/") + "/"
    return path[len(start) :] if path.startswith(start) else None
