"""What a scan has said about each file, for a run that meets the file unchanged."""

from __future__ import annotations

import marshal
import os
import time

from lg_lint import COARSE, Status, read_sealed
from lg_lint.base.digest import digest
from lg_lint.cache import folder, sealed
from lg_lint.sources.scan import Plain, Scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

Entry = tuple[Status, Scan, str]
"""The status of a file, its scan, and its import statements."""


class Scans:
    """The scans of one project. Files changed shortly before they were noted are not known."""

    def __init__(self, base: str, root: str) -> None:
        self._base = base
        self._path = os.path.join(base, "facts", digest(os.fsencode(root)).hex() + ".scans")
        self._version = folder.version()
        self._entries: dict[str, tuple[Status, Plain, str]] = {}
        self._trusted_until = 0
        self._started = time.time_ns()
        content = read_sealed(self._path, self._version)
        if content is not None:
            made, self._entries = marshal.loads(content)
            self._trusted_until = made - COARSE

    @property
    def is_empty(self) -> bool:
        """Whether no earlier run has left a scan."""
        return not self._entries

    def get(self, path: str, status: Status) -> tuple[Scan, str] | None:
        """The scan and the import statements of a file that has not changed since."""
        entry = self._entries.get(path)
        if entry is None or entry[0] != status or status[0] > self._trusted_until:
            return None
        return Scan(*entry[1]), entry[2]

    def save(self, entries: Mapping[str, Entry]) -> None:
        """Keep these in the place of what was kept. Raises OSError."""
        folder.create(self._base)
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        plain = {
            path: (status, scan.plain, statements)
            for path, (status, scan, statements) in entries.items()
        }
        sealed.write(self._path, self._version, marshal.dumps((self._started, plain)))
