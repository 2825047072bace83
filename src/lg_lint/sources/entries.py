"""What the entries of a folder are, by their names and by a look at them."""

from __future__ import annotations

import os

from lg_lint.base import door


def is_file(entry: os.DirEntry[str]) -> bool:
    """Whether an entry leads to a file; no for a link that leads nowhere."""
    try:
        return entry.is_file()
    except OSError:  # a symlink that leads to itself
        return False


def is_below(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def is_test_file(name: str) -> bool:
    """Whether pytest would take a file as a test or as what tests share."""
    stem = name.rpartition(".")[0]
    return stem.startswith("test_") or stem.endswith("_test") or stem == "conftest"


def is_python_script(path: str) -> bool:
    """Whether a file starts with a Python shebang."""
    try:
        first = door.head(path, 200)[0].partition(b"\n")[0]
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first
