"""Notes what a run has looked at, so that the next one can be spared."""

from __future__ import annotations

import contextlib
import os
import sys
import time

from lg_lint.cache import folder
from lg_lint.cache.replay import LISTED, Record, Spot, Status, fingerprint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_BATCH = 200
_MOST_RECORDS = 200
_EXTENDS = rb"(?m)^\s*(?:tool\s*\.\s*lg-lint\s*\.\s*)?extend\s*="
_PACKAGES = ("click", "libcst", "msgspec", "ngxparse", "packaging", "pathspec")


class Seen:
    """What a run has looked at.

    `folders` has the status and the entries of each folder that was walked, `files` the status and
    the digest of each file that was read. `places` are other paths that had a say, whether
    something is there or not. `gists` says what matters in a file, where not all does. `root` is
    that of the project. `unsure` where something has changed meanwhile.
    """

    def __init__(self, root: str = "") -> None:
        self.root = root
        self.made = time.time_ns()
        self.skipped: frozenset[str] = frozenset()
        self.folders: dict[str, tuple[Status, str]] = {}
        self.files: dict[str, tuple[Status, bytes]] = {}
        self.places: set[str] = set()
        self.gists: dict[str, bytes] = {}
        self.unsure = False

    def add_above(self, path: str) -> None:
        """The places in a folder, and in those above it, where settings may be."""
        while True:
            self.places.update(os.path.join(path, name) for name in LISTED)
            self.places.add(os.path.join(path, ".git", "info", "exclude"))
            if path == os.path.dirname(path):
                return
            path = os.path.dirname(path)


def remember(spot: Spot, seen: Seen, status: int, output: bytes) -> None:
    """Keep the result of a run, where everything that it depends on is known."""
    if seen.unsure:
        return
    places = {*seen.places, *_packages()}
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for path, (stamp, digest) in seen.files.items():
        above, name = os.path.split(path)
        if above in seen.folders:
            row = (name, stamp, digest, seen.gists.get(path, b""))
            rows.setdefault(above, []).append(row)
        else:
            places.add(path)
    if any(_extends(path) for path in places):
        return
    record = Record(
        spot.key,
        seen.root,
        seen.made,
        sorted(seen.skipped),
        [[path, status, entries] for path, (status, entries) in seen.folders.items()],
        _in_batches(rows),
        [(path, fingerprint(path)) for path in sorted(places)],
        status,
        output,
    )
    runs = os.path.dirname(spot.path)
    with contextlib.suppress(OSError):
        folder.create(os.path.dirname(runs))
        os.makedirs(runs, mode=0o700, exist_ok=True)
        record.write(spot)
        _forget_oldest(runs)


def _in_batches(rows: Mapping[str, list[tuple[Any, ...]]]) -> list[list[Any]]:
    """A folder and the columns of some of its rows each, the largest batches first."""
    batches = [
        [folder, *map(list, zip(*found[start : start + _BATCH]))]  # noqa: B905
        for folder, found in rows.items()
        for start in range(0, len(found), _BATCH)
    ]
    return sorted(batches, key=lambda batch: -len(batch[1]))


def _packages() -> Iterable[str]:
    """Files that change with the version of the packages that a result depends on."""
    for name in _PACKAGES:
        for base in sys.path:
            package = os.path.join(base, name)
            if os.path.isdir(package):
                yield os.path.join(package, "__init__.py")
                yield os.path.join(package, "_version.py")
                break


def _extends(path: str) -> bool:
    """Whether settings come from a file that is not known here."""
    if not path.endswith(".toml"):
        return False
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError:
        return False
    if b"extend" not in content:
        return False
    import re

    return re.search(_EXTENDS, content) is not None


def _forget_oldest(runs: str) -> None:
    with os.scandir(runs) as entries:
        kept = sorted((entry.stat().st_mtime_ns, entry.path) for entry in entries)
    for _, path in kept[:-_MOST_RECORDS]:
        os.unlink(path)
