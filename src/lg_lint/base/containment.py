"""What is written stays in the project, wherever the symbolic links in it lead."""

from __future__ import annotations

import errno
import os


def outside(path: str | os.PathLike[str], root: str) -> str:
    """Where a path really leads that leads out of a folder; empty where it stays inside."""
    target = os.path.realpath(path)
    return "" if _is_below(target, os.path.realpath(root)) else target


def check(path: str | os.PathLike[str]) -> None:
    """Raises OSError where a path below the working directory leads out of it.

    What a user names elsewhere, such as `/dev/stdout`, is meant.
    """
    here = os.path.realpath(os.getcwd())
    if not _is_below(os.path.abspath(path), here):
        return
    target = outside(path, here)
    if target:
        raise OSError(errno.EXDEV, f"a link there leads out of this folder, to {target}")


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
