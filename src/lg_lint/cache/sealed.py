"""Files that are read whole or not at all, and the names of contents."""

from __future__ import annotations

import errno
import os

from lg_lint import is_in_checkout, key_of_user, own_folder, seal

IDLE = b"i"
"""How the fingerprint of a file begins that took no part."""


def own_key() -> int:
    """The user's key, made where there is none yet; 0 where none can be kept."""
    path = os.path.join(own_folder(), "secret")
    if not (key_of_user() or os.path.lexists(path) or is_in_checkout(path)):
        try:
            os.makedirs(own_folder(), mode=0o700, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            with open(os.open(path, flags, 0o600), "wb") as file:
                file.write(os.urandom(32))
        except OSError:
            return key_of_user()
    return key_of_user()


def write(path: str, version: bytes, content: bytes) -> None:
    """Put `content` into a file, at once for every reader. Raises OSError."""
    key = own_key()
    if not key:
        raise OSError(errno.EPERM, "there is no secret to seal it with", path)
    part = f"{path}.{os.getpid()}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
    try:
        with open(os.open(part, flags, 0o600), "wb") as file:
            file.write(seal(content, version, key) + content)
        os.replace(part, path)
    except OSError:
        if os.path.exists(part):
            os.unlink(part)
        raise
