"""Notes what a run has looked at, so that the next one can be spared."""

from __future__ import annotations

import contextlib
import os
import sys
import time

from lg_lint import FOLDER, RunKey, RunRecord, Status, status_of
from lg_lint.base import door
from lg_lint.cache import folder, renewal
from lg_lint.sources.ledger import Ledger

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_BATCH = 200
_MOST_RECORDS = 200
_EXTENDS = rb"(?m)^[ \t]*(?:tool[ \t]*\.[ \t]*lg-lint[ \t]*\.[ \t]*)?[\"']?extend[\"']?[ \t]*="
_PACKAGES = (
    "click", "libcst", "msgspec", "ngxparse", "packaging", "pathspec", "tree_sitter",
    "tree_sitter_hcl", "yaml",
)  # fmt: skip


def remember(spot: RunKey, seen: Ledger, result: int, output: bytes) -> None:
    """Keep what a run wrote, and its exit status, where all that they depend on is known."""
    if seen.has_changed:
        return
    files = dict(seen.files)
    places = []
    for path in sorted({*seen.places, *_packages()} - files.keys()):
        there = renewal.content_digest(path)
        if there in (b"", FOLDER):
            places.append((path, there))
            continue
        status = _status(path)
        if status is None or seen.made <= status[0] <= time.time_ns() or _extends(path):
            return
        files[path] = (status, there)
    record = RunRecord(
        spot.key,
        seen.root,
        seen.made,
        sorted(seen.skipped),
        [[path, status, entries] for path, (status, entries) in seen.folders.items()],
        _in_batches(files, seen.fingerprints),
        places,
        result,
        output,
    )
    runs = os.path.dirname(spot.path)
    with contextlib.suppress(OSError):
        folder.create(os.path.dirname(runs))
        os.makedirs(runs, mode=0o700, exist_ok=True)
        renewal.write(record, spot)
        _forget_oldest(runs)


def _status(path: str) -> Status | None:
    try:
        return status_of(os.stat(path))
    except OSError:
        return None


def _in_batches(
    files: Mapping[str, tuple[Status, bytes]], fingerprints: Mapping[str, bytes]
) -> list[list[Any]]:
    """A folder and the columns of some of its files each, the largest batches first."""
    rows: dict[str, list[tuple[Any, ...]]] = {}
    for path, seen in files.items():
        folder, name = os.path.split(path)
        rows.setdefault(folder, []).append((name, *seen, fingerprints.get(path, b"")))
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
        content = door.read(path)
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
