"""What a run has looked at."""

from __future__ import annotations

import os
import time

from lg_lint import Status
from lg_lint.base.listing import LISTED


class Ledger:
    """What a run has looked at.

    `folders` has the status and the entries of each folder that was walked, `files` the status and
    the digest of each file that was read. `places` are other paths that had a say, whether
    something is there or not. `fingerprints` says what matters in a file, where not all does.
    `root` is that of the project. `has_changed` where something did meanwhile.
    """

    def __init__(self, root: str = "") -> None:
        self.root = root
        self.made = time.time_ns()
        self.skipped: frozenset[str] = frozenset()
        self.folders: dict[str, tuple[Status, str]] = {}
        self.files: dict[str, tuple[Status, bytes]] = {}
        self.places: set[str] = set()
        self.fingerprints: dict[str, bytes] = {}
        self.has_changed = False

    def add_above(self, path: str) -> None:
        """The places in a folder, and in those above it, where settings may be."""
        while True:
            self.places.update(os.path.join(path, name) for name in LISTED)
            self.places.add(os.path.join(path, ".git", "info", "exclude"))
            if path == os.path.dirname(path):
                return
            path = os.path.dirname(path)
