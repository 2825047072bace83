"""What git says: run without what its settings may ask for, and its diffs taken apart."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_BINARY = re.compile(rb'Binary files .* and ("?b/.*) differ')
_LOCAL = frozenset({"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"})
"""What git tells its hooks about the folder that they start in."""
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13}
DIFF = (
    "diff",
    "--unified=0",
    "--inter-hunk-context=0",
    "--find-renames",
    "--diff-filter=d",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-relative",
    "--ignore-submodules=all",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)


class ChangesError(Exception):
    """Why it cannot be told what has changed."""


def run_git(folder: Path, *arguments: str, index: str | None = None) -> bytes:
    """What git prints, without the hooks, helpers and locks that its settings may ask for.

    `index` is a file to take for the repository's index. Raises ChangesError.
    """
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    inherited = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    environment = {**inherited, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    if index is not None:
        environment["GIT_INDEX_FILE"] = index
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise ChangesError(f"git cannot be run: {error.strerror}") from None
    if done.returncode:
        message = os.fsdecode(done.stderr).strip().partition("\n")[0]
        raise ChangesError(message or f"git {arguments[0]} failed")
    return done.stdout


def one_line(output: bytes) -> str:
    """The only line of an output, as a path: git ends it with a line break."""
    return os.fsdecode(output.removesuffix(b"\n"))


def changed_rows(diff: bytes) -> Iterator[tuple[str, list[range] | None]]:
    """The files of a diff without context, with the rows that are new in each.

    An empty range stands for rows that were removed before its start, and None for all rows, where
    git takes the file for binary.
    """
    lines = iter(diff.split(b"\n"))
    rows: list[range] = []
    for line in lines:
        if line.startswith(b"+++ "):
            rows = []
            yield _name(line[4:]), rows
        elif binary := _BINARY.fullmatch(line):
            yield _name(binary[1]), None
        elif hunk := _HUNK.match(line):
            removed, start, added = (int(group or 1) for group in hunk.groups())
            rows.append(range(start, start + added) if added else range(start + 1, start + 1))
            left = removed + added
            while left and (text := next(lines, None)) is not None:
                left -= not text.startswith(b"\\")  # "\\ No newline at end of file"


def _name(shown: bytes) -> str:
    """The path that a diff's header shows: after `b/`, perhaps in quotes, perhaps before a tab."""
    if shown.startswith(b'"'):
        shown = _ESCAPE.sub(_unescaped, shown[1 : shown.rindex(b'"')])
    else:
        shown = shown.partition(b"\t")[0]
    return os.fsdecode(shown.removeprefix(b"b/"))


def _unescaped(escape: re.Match[bytes]) -> bytes:
    sign = escape[1]
    if len(sign) == 3:
        return bytes([int(sign, 8)])
    return bytes([_LETTERS[sign]]) if sign in _LETTERS else sign
