"""The facts of a project's files, by the digest of their text.

An index says where in a second file the facts of each text lie. That file grows until more than
half of it is of no use. Each record has its own digest, so that an index and a file that do not
belong together are found out record by record.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import time
from collections.abc import Collection
from importlib.util import find_spec
from typing import BinaryIO

from lg_lint.cache import folder, sealed

Entries = dict[bytes, tuple[int, int]]


class Store:
    """The facts of one project. Nothing is written before `save`.

    `damage` says what was wrong with what earlier runs have left; it counts as absent.
    """

    def __init__(self, base: str, root: str) -> None:
        self.damage: str | None = None
        self._base = base
        self._path = os.path.join(base, "facts", sealed.digest(os.fsencode(root)).hex())
        self._version = folder.version(os.path.join(folder.PACKAGE, "facts"), _parser())
        self._entries: Entries = {}
        self._records = ""
        self._file: BinaryIO | None = None
        self._used: set[bytes] = set()
        self._added: dict[bytes, bytes] = {}
        self._open()

    def _open(self) -> None:
        index = f"{self._path}.index"
        content = sealed.read(index, self._version)
        if content is not None:
            self._records, self._entries = marshal.loads(content)
            with contextlib.suppress(OSError):
                self._file = open(self._records, "rb", buffering=0)  # noqa: SIM115
        elif os.path.exists(index):
            self.damage = "of another version, or torn"

    @property
    def keys(self) -> Collection[bytes]:
        """What earlier runs have left, as far as the index says."""
        return self._entries.keys()

    def get(self, key: bytes) -> bytes | None:
        """What an earlier run has put under a key."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        record = b""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.seek(entry[0])
                record = self._file.read(entry[1])
        content = record[sealed.DIGEST_SIZE :]
        if record[: sealed.DIGEST_SIZE] != sealed.digest(content, self._version):
            self.damage = "torn"
            del self._entries[key]
            return None
        self._used.add(key)
        return content

    def put(self, key: bytes, content: bytes) -> None:
        self._added[key] = sealed.digest(content, self._version) + content

    def save(self) -> None:
        """Write what was put. Raises OSError."""
        if not self._added:
            return
        folder.create(self._base)
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        size = sum(size for _, size in self._entries.values())
        used = sum(self._entries[key][1] for key in self._used)
        old = self._records
        if not old or used < size / 2 or not os.path.exists(old):
            self._records = f"{self._path}.{time.time_ns():x}"
            kept = {key: self._read_again(key) for key in self._used}
            self._entries = {}
            self._append({**kept, **self._added})
        else:
            self._append(self._added)
        content = marshal.dumps((self._records, self._entries))
        sealed.write(f"{self._path}.index", self._version, content)
        if old and old != self._records:
            with contextlib.suppress(OSError):
                os.unlink(old)
        self._added = {}

    def _read_again(self, key: bytes) -> bytes:
        assert self._file is not None
        offset, size = self._entries[key]
        self._file.seek(offset)
        return self._file.read(size)

    def _append(self, records: dict[bytes, bytes]) -> None:
        descriptor = os.open(
            self._records,
            os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0),
            0o600,
        )
        with open(descriptor, "ab") as file:
            file.write(b"".join(records.values()))
            file.flush()
            offset = file.tell()  # behind what was written, wherever other runs have written
        for key in reversed(records):
            offset -= len(records[key])
            self._entries[key] = (offset, len(records[key]))


def _parser() -> str:
    """Names the installed libcst without importing it."""
    spec = find_spec("libcst")
    if spec is None or spec.origin is None:
        return ""
    status = os.stat(spec.origin)
    return f"{spec.origin}:{status.st_mtime_ns}:{status.st_size}"
