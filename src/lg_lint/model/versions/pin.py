"""What a file of the project says about the version of a package."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from lg_lint.model.versions.ranges import Range


class Pin(Struct, frozen=True):
    """The versions of `package` that a row of a file allows.

    `via` names what was pinned there, where it is another package that brings this one.
    """

    package: str
    range: Range
    path: str
    row: int
    via: str = ""

    def brings(self, package: str, versions: Range) -> Pin:
        """What the same row says about a package that this one depends on."""
        return replace(self, package=package, range=versions, via=self.text)

    @property
    def text(self) -> str:
        """Such as "starlette 0.45.3" or "starlette <0.42 with fastapi 0.115.6"."""
        own = f"{self.package} {self.range}".rstrip()
        return f"{own} with {self.via}" if self.via else own


class UnreadableError(Exception):
    """A file that should say a version, and cannot be read: the row and why."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(message)
        self.row = row


def spelled(package: str) -> str:
    """A pattern for all ways to write a package's name."""
    return r"[-_.]+".join(map(re.escape, re.split(r"[-_.]+", package)))
