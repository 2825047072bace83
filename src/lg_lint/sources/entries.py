"""What the entries of a folder are, by their names and by a look at them."""

from __future__ import annotations

import os


def is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a symlink that leads to itself
        return False


def is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def is_test_file(name: str) -> bool:
    stem = name.rpartition(".")[0]
    return stem.startswith("test_") or stem.endswith("_test") or stem == "conftest"


def is_python_script(path: str) -> bool:
    """Whether a file without a suffix starts with a Python shebang."""
    if os.path.splitext(path)[1]:
        return False
    try:
        with open(path, "rb") as file:
            first = file.readline(200)
    except OSError:
        return False
    return first.startswith(b"#!") and b"python" in first
