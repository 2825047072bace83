"""Short names of contents."""

from __future__ import annotations

try:
    from _blake2 import blake2b  # hashlib takes ten times as long to import
except ImportError:
    from hashlib import blake2b

DIGEST_SIZE = 16


def digest(data: bytes | memoryview, version: bytes = b"") -> bytes:
    """A short name for `data` that no other data, and no other version, has."""
    return blake2b(data, digest_size=DIGEST_SIZE, key=version).digest()
