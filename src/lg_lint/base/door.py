"""The door by which files of a project come in: none that has no end, and none above a size.

A name may stand for a device or a pipe, also through a symbolic link: opened as usual they are read
until memory ends, or keep a run waiting for ever.
"""

from __future__ import annotations

import errno
import os
import stat

MOST = 1 << 20
"""Bytes of a file that a person writes, such as settings, requirements or a .gitignore."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
)


class UnfitError(OSError):
    """What is not read although it could be: no regular file, or one that is too large."""


def read(path: str | os.PathLike[str], most: int = MOST) -> bytes:
    """All that a regular file holds. Raises OSError; UnfitError above `most` bytes."""
    data, _ = head(path, most + 1)
    if len(data) > most:
        raise UnfitError(errno.EFBIG, f"larger than {most:,} bytes", os.fspath(path))
    return data


def head(path: str | os.PathLike[str], most: int) -> tuple[bytes, os.stat_result]:
    """The first bytes of a regular file. Raises OSError."""
    file = os.open(path, _FLAGS)
    try:
        status = os.fstat(file)
        if stat.S_ISDIR(status.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), os.fspath(path))
        if not stat.S_ISREG(status.st_mode):
            raise UnfitError(errno.EINVAL, "not a regular file", os.fspath(path))
        known = min(status.st_size, most)
        data = os.read(file, min(known + 1, most))
        while known < len(data) < most or 0 < len(data) < known:  # one that grows, or a short read
            more = os.read(file, most - len(data))
            if not more:
                break
            known = max(known, len(data))
            data += more
    finally:
        os.close(file)
    return data, status
