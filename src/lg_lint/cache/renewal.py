"""A second look at what seems to have changed since a run, and the record of a run renewed.

Files with new times but their old content are taken for unchanged, such as those of a fresh
checkout; so are changes that the result does not depend on.
"""

from __future__ import annotations

import marshal
import os
import time

from lg_lint import COARSE, FOLDER, status_of, statuses
from lg_lint.base import door
from lg_lint.base.digest import digest
from lg_lint.base.listing import listing
from lg_lint.cache import sealed
from lg_lint.cache.sealed import IDLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lg_lint import RunKey, RunRecord


_MOST = 64 << 20
_MOST_LOOKS = 10
"""Changed files that took part and are looked into one by one: with more, a run is as quick."""


def write(record: RunRecord, spot: RunKey) -> None:
    """The output goes last, where it need not be taken apart. Raises OSError."""
    parts = (
        record.key, record.root, record.made, record.skipped, record.folders, record.files,
        record.places, record.status,
    )  # fmt: skip
    content = marshal.dumps((len(record.output), parts)) + record.output
    sealed.write(spot.path, spot.version, content)


def content_digest(path: str) -> bytes:
    """What is at a path: the digest of a file, or what else it is."""
    try:
        return digest(door.read(path, _MOST))
    except IsADirectoryError:
        return FOLDER
    except OSError:
        return b""


def revalidate(
    record: RunRecord, spot: RunKey, folders: list[list[Any]], files: list[list[Any]]
) -> bool:
    """Whether all is as a record says but for times, or for what does not matter.

    `folders` and `files` are those of the record that may have changed. What is new in them is
    kept, so that the next run need not look again.
    """
    started = time.time_ns()
    try:
        holds = _Renewal(record, spot.cache).holds(folders, files)
    except OSError:
        return False
    if holds and (folders or files):
        record.made = started
        try:  # noqa: SIM105  (contextlib is slow to import)
            write(record, spot)
        except OSError:
            pass
    return holds


class _Renewal:
    """What a record says against what there is."""

    def __init__(self, record: RunRecord, cache: str) -> None:
        self._record = record
        self._cache = cache
        self._looks = _MOST_LOOKS
        self._trusted_until = record.made - COARSE

    def holds(self, folders: list[list[Any]], files: list[list[Any]]) -> bool:
        """Raises OSError where something is gone."""
        skipped = frozenset(self._record.skipped)
        return (
            all(_same_entries(folder, skipped) for folder in folders)
            and all(self._same_batch(*batch) for batch in files)
            and all(content_digest(path) == known for path, known in self._record.places)
        )

    def _same_batch(
        self,
        folder: str,
        names: list[str],
        known: list[tuple[int, int, int]],
        digests: list[bytes],
        fingerprints: list[bytes],
    ) -> bool:
        for index, status in enumerate(statuses(folder, names)):
            is_same = status == known[index]
            if is_same and status[0] <= self._trusted_until:
                continue
            accepted = fingerprints[index]
            if status[1] != known[index][1] and not accepted:
                return False
            path = f"{folder}/{names[index]}"
            now = content_digest(path)
            if now != digests[index] and not self._leaves_result(path, accepted, digests[index]):
                return False
            known[index], digests[index] = status, now
        return True

    def _leaves_result(self, path: str, fingerprint: bytes, known: bytes) -> bool:
        """Whether a changed file leaves the result as it was."""
        self._looks -= fingerprint[:1] != IDLE
        if not fingerprint or self._looks < 0:
            return False
        from lg_lint.cache.fingerprints import keeps_result

        return keeps_result(path, fingerprint, known, self._cache, self._record.root)


def _same_entries(folder: list[Any], skipped: frozenset[str]) -> bool:
    folder[1] = status_of(os.stat(folder[0]))
    entries: str = folder[2]
    return listing(folder[0], skipped) == entries
