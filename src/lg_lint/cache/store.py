"""The facts of a project's files, by the digest of their text.

An index says where in a second file the facts of each text lie. That file grows until more than
half of it is of no use. Each record has its own digest, so that an index and a file that do not
belong together are found out record by record.
"""

from __future__ import annotations

import contextlib
import io
import marshal
import os
import time
from collections.abc import Collection, Iterable, Iterator
from importlib.util import find_spec
from typing import IO, BinaryIO

from lg_lint import PACKAGE, read_sealed
from lg_lint.base.digest import DIGEST_SIZE, digest
from lg_lint.cache import folder, sealed

Entries = dict[bytes, tuple[int, int]]

_AT_ONCE = 1 << 20
"""Bytes that are held in memory, and written at once."""


class Store:
    """The facts of one project. What is put waits in a file without a name until `save`.

    `damage` says what was wrong with what earlier runs have left; it counts as absent.
    """

    def __init__(self, base: str, root: str) -> None:
        self.damage: str | None = None
        self._base = base
        self._path = os.path.join(base, "facts", digest(os.fsencode(root)).hex())
        self._version = folder.version(os.path.join(PACKAGE, "facts"), _parser())
        self._entries: Entries = {}
        self._records = ""
        self._file: BinaryIO | None = None
        self._used: set[bytes] = set()
        self._added: Entries = {}
        self._waiting: IO[bytes] | None = None
        self._refused: OSError | None = None
        self._open()

    def _open(self) -> None:
        index = f"{self._path}.index"
        content = read_sealed(index, self._version)
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
        content = record[DIGEST_SIZE:]
        if record[:DIGEST_SIZE] != digest(content, self._version):
            self.damage = "torn"
            del self._entries[key]
            return None
        self._used.add(key)
        return content

    def put(self, key: bytes, content: bytes) -> None:
        """Keeps a record until `save`. What keeps it from being kept is raised there."""
        if self._refused is not None:
            return
        if self._waiting is None:
            self._waiting = io.BytesIO()
        self._added[key] = (self._waiting.tell(), DIGEST_SIZE + len(content))
        try:
            self._waiting.write(digest(content, self._version) + content)
            if isinstance(self._waiting, io.BytesIO) and self._waiting.tell() > _AT_ONCE:
                self._waiting = _in_a_file(self._waiting)
        except OSError as error:
            self._refused = error

    def save(self, *, all_asked: bool = True) -> None:
        """Write what was put. Raises OSError.

        `all_asked` where the run has asked for all that it needs: the rest may go.
        """
        if self._waiting is None:
            return
        if self._refused is not None:
            raise self._refused
        folder.create(self._base)
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
        added = _read(self._waiting, self._added)
        size = sum(size for _, size in self._entries.values())
        used = {key: self._entries[key] for key in self._used}
        old = self._records
        is_sparse = all_asked and sum(size for _, size in used.values()) < size / 2
        if not old or is_sparse or not os.path.exists(old):
            self._records = f"{self._path}.{time.time_ns():x}"
            self._entries = {}
            self._append(_read(self._file, used))
        self._append(added)
        content = marshal.dumps((self._records, self._entries))
        sealed.write(f"{self._path}.index", self._version, content)
        if old and old != self._records:
            with contextlib.suppress(OSError):
                os.unlink(old)
        self._waiting.close()
        self._waiting = None

    def _append(self, records: Iterable[tuple[bytes, bytes]]) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        with open(os.open(self._records, flags, 0o600), "ab") as file:
            for part in _parts(records):
                file.write(b"".join(record for _, record in part))
                file.flush()
                offset = file.tell()  # behind what was written, wherever other runs have written
                for key, record in reversed(part):
                    offset -= len(record)
                    self._entries[key] = (offset, len(record))


def _in_a_file(held: io.BytesIO) -> IO[bytes]:
    """What is held in memory, in a file without a name. Raises OSError."""
    from tempfile import TemporaryFile  # takes longer to import than most runs have to put

    file = TemporaryFile()  # noqa: SIM115
    file.write(held.getbuffer())
    return file


def _read(file: IO[bytes] | None, entries: Entries) -> Iterator[tuple[bytes, bytes]]:
    for key, (offset, size) in entries.items():
        assert file is not None
        file.seek(offset)
        yield key, file.read(size)


def _parts(records: Iterable[tuple[bytes, bytes]]) -> Iterator[list[tuple[bytes, bytes]]]:
    """Records in lists, each of about as much as is written at once."""
    part: list[tuple[bytes, bytes]] = []
    size = 0
    for key, record in records:
        part.append((key, record))
        size += len(record)
        if size > _AT_ONCE:
            yield part
            part, size = [], 0
    if part:
        yield part


def _parser() -> str:
    """Names the installed libcst without importing it."""
    spec = find_spec("libcst")
    if spec is None or spec.origin is None:
        return ""
    status = os.stat(spec.origin)
    return f"{spec.origin}:{status.st_mtime_ns}:{status.st_size}"
