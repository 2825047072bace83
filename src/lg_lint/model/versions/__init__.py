"""Which version of a library the project has, as its lock files and requirements say.

The files nearest to the code count, folder by folder up to the project's root: locks before
requirements before pyproject.toml, an exact version before a range. A package that is not named
may be given by one that brings it, such as Starlette by FastAPI. Where the files leave a version
open, the newest that they allow is taken.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice

from msgspec import Struct, field
from msgspec.structs import replace

from lg_lint.base import door
from lg_lint.knowledge import table
from lg_lint.model.versions import locks, pyproject, requirements
from lg_lint.model.versions.pin import Pin, UnreadableError
from lg_lint.model.versions.ranges import Range, either, of_text

__all__ = ["Change", "Pin", "Versions"]

_MOST_OF_A_LOCK = 32 * 1024 * 1024
_MOST_INCLUDED = 100


class Change(Struct, frozen=True):
    """Whether a project has what a library does since one of its versions.

    `certain` is False where the newest version was assumed. `pin` is what the project says, `text`
    the version that decided, such as "starlette 0.45.3 (uv.lock)".
    """

    holds: bool
    certain: bool
    pin: Pin | None
    text: str


class _File(Struct):
    """A file that was looked at; `text` is None where there is none that can be read."""

    text: str | None
    is_reported: bool = False


class Versions(Struct):
    """The versions in the folders below `root`; none where it is empty.

    `note` is called with every path that has a say, whether something is there or not, and `refuse`
    with each file that cannot be read: its path, the row and why.
    """

    root: str = ""
    note: Callable[[str], None] = lambda path: None
    refuse: Callable[[str, int, str], None] = lambda path, row, message: None
    _files: dict[str, _File] = field(default_factory=dict)
    _pins: dict[tuple[str, str], list[Pin]] = field(default_factory=dict)
    _found: dict[tuple[str, str], Pin | None] = field(default_factory=dict)
    _names: dict[str, list[str]] = field(default_factory=dict)

    def of(self, package: str, near: str) -> Pin | None:
        """What the project says about a package, for the code in a file."""
        key = (os.path.dirname(near), package)
        if key not in self._found:
            self._found[key] = self._find(*key)
        return self._found[key]

    def _find(self, folder: str, package: str) -> Pin | None:
        bounds: Pin | None = None
        for above in self._up(folder):
            for pin in self._in(above, package):
                if bounds is not None and not _agree(pin.range, bounds.range):
                    continue
                if pin.range.is_exact:
                    return pin
                bounds = _narrower(bounds, pin)
        return bounds

    def change(self, name: str, near: str) -> Change:
        """Whether the code in a file runs with a change of `[versions.changes]`."""
        from packaging.version import Version

        row = table("versions")["changes"][name]
        since = Version(row["since"])
        pin = self.of(row["package"], near)
        if pin is None:
            text = f"{row['package']} {since} or newer (none is pinned)"
            return Change(holds=True, certain=False, pin=None, text=text)
        holds = pin.range.may_be(since)
        text = f"{pin.text} ({os.path.relpath(pin.path, self.root)})"
        return Change(holds, not holds or pin.range.must_be(since), pin, text)

    def has(self, name: str, near: str) -> bool:
        """Whether code in a file may run with a change: an open version counts as the newest."""
        return self.change(name, near).holds

    # --- folders -----------------------------------------------------------------------------

    def _up(self, folder: str) -> Iterator[str]:
        """The folder and those above it, up to the root."""
        while self.root and (folder == self.root or folder.startswith(self.root + os.sep)):
            yield folder
            folder = os.path.dirname(folder)

    def _in(self, folder: str, package: str) -> Iterator[Pin]:
        """What the files of a folder say, the most telling first."""
        for pins in (self._named(folder, package), self._brought(folder, package)):
            for pin in pins:
                if not pin.range.is_open:
                    yield pin

    def _named(self, folder: str, package: str) -> Iterator[Pin]:
        for name in locks.NAMES:
            yield from self._read(os.path.join(folder, name), locks.pins, package)
        for path in self._requirements(folder):
            yield from self._read(path, requirements.pins, package)
        path = os.path.join(folder, pyproject.NAME)
        yield from self._read(path, pyproject.pins, package)

    def _brought(self, folder: str, package: str) -> Iterator[Pin]:
        for row in table("versions")["requires"]:
            if row["of"] == package:
                for pin in self._in(folder, row["package"]):
                    yield pin.brings(package, _brought_by(pin.range, row["since"]))

    def _requirements(self, folder: str) -> list[str]:
        """The requirements files of a folder, each with those that it includes."""
        if folder not in self._names:
            try:
                names = sorted(filter(requirements.is_name, os.listdir(folder)))
            except OSError:
                names = []
            found: list[str] = []
            for name in sorted(names, key=requirements.weight):
                self._include(os.path.join(folder, name), found)
            self._names[folder] = found
        return self._names[folder]

    def _include(self, path: str, found: list[str]) -> None:
        inside = path.startswith(self.root + os.sep)
        is_new = inside and path not in found and len(found) < _MOST_INCLUDED
        text = self._text(path) if is_new else None
        if text is not None:
            found.append(path)
            for name in islice(requirements.includes(text), _MOST_INCLUDED):
                self._include(os.path.realpath(os.path.join(os.path.dirname(path), name)), found)

    # --- files -------------------------------------------------------------------------------

    def _read(
        self, path: str, read: Callable[[str, str, str], Iterator[Pin]], package: str
    ) -> list[Pin]:
        key = (path, package)
        if key not in self._pins:
            text = self._text(path)
            self._pins[key] = []
            try:
                self._pins[key] += read(text, path, package) if text is not None else ()
            except UnreadableError as error:
                self._refuse(path, error.row, str(error))
        return self._pins[key]

    def _text(self, path: str) -> str | None:
        if path not in self._files:
            self.note(path)
            self._files[path] = _File(None)
            most = _MOST_OF_A_LOCK if os.path.basename(path) in locks.NAMES else door.MOST
            try:
                data = door.read(path, most)
            except door.UnfitError as error:
                self._refuse(path, 1, str(error.strerror))
                return None
            except OSError:
                return None
            try:
                self._files[path].text = data.decode("utf-8-sig").replace("\r\n", "\n")
            except UnicodeDecodeError as error:
                self._refuse(path, data.count(b"\n", 0, error.start) + 1, "not valid UTF-8")
        return self._files[path].text

    def _refuse(self, path: str, row: int, message: str) -> None:
        """One message a file."""
        if not self._files[path].is_reported:
            self._files[path].is_reported = True
            self.refuse(path, row, message)


def _narrower(bounds: Pin | None, pin: Pin) -> Pin:
    """The bounds, with the upper end of another pin where they have none."""
    if bounds is None:
        return pin
    if bounds.range.high is not None or pin.range.high is None:
        return bounds
    return replace(pin, range=pin.range.within(bounds.range))


def _agree(first: Range, second: Range) -> bool:
    """Whether two ranges have versions in common."""
    both = first.within(second)
    if both.low is None or both.high is None:
        return True
    return both.low < both.high or (both.closed and both.low == both.high)


def _brought_by(versions: Range, rows: list[list[str]]) -> Range:
    """What versions of one package make of another: `rows` of a first version and a range."""
    from packaging.version import Version

    starts = [Version(since) for since, _ in rows]
    found = []
    for index, (_, text) in enumerate(rows):
        following = starts[index + 1] if index + 1 < len(rows) else None
        if _agree(versions, Range(starts[index], following)):
            found.append(of_text(text))
    return either(found) if found else Range()
