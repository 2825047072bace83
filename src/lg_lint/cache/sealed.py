"""Files that are read whole or not at all, and the names of contents."""

from __future__ import annotations

import os

from lg_lint import seal

try:
    from _blake2 import blake2b  # hashlib takes ten times as long to import
except ImportError:
    from hashlib import blake2b

DIGEST_SIZE = 16


def digest(data: bytes | memoryview, version: bytes = b"") -> bytes:
    """A short name for `data` that no other data, and no other version, has."""
    return blake2b(data, digest_size=DIGEST_SIZE, key=version).digest()


def write(path: str, version: bytes, content: bytes) -> None:
    """Put `content` into a file, at once for every reader. Raises OSError."""
    part = f"{path}.{os.getpid()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, 0o600), "wb") as file:
            file.write(seal(content, version) + content)
        os.replace(part, path)
    except OSError:
        if os.path.exists(part):
            os.unlink(part)
        raise
