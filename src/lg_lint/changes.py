"""The lines that differ from an earlier state of a git repository, and the findings on them."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from lg_lint.finding import Finding, Place
from lg_lint.gathering import recentred

_HUNK = re.compile(rb"@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")
_BINARY = re.compile(rb'Binary files .* and ("?b/.*) differ')
_LOCAL = frozenset({"GIT_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_WORK_TREE"})
"""What git tells its hooks about the folder that they start in."""
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_LETTERS = {b"a": 7, b"b": 8, b"t": 9, b"n": 10, b"v": 11, b"f": 12, b"r": 13}
_DIFF = (
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


class Changes(Struct):
    """The rows changed in each file, by real path; None where any of them may be."""

    rows: dict[str, list[range] | None] = field(default_factory=dict)

    def touched(self, finding: Finding) -> Finding | None:
        """The finding, told at the place that was changed; None where no place of it was."""
        if self._hold(finding.place):
            return finding
        for other in finding.related:
            if self._hold(other.place):
                return recentred(finding, other)
        led = [each for each in finding.related if any(map(self._hold, each.places))]
        if led and len(led) < len(finding.related):
            return recentred(finding, led[0])
        return finding if led or any(map(self._hold, finding.places)) else None

    def _hold(self, place: Place) -> bool:
        path = os.path.realpath(place.path)
        if path not in self.rows:
            return False
        changed = self.rows[path]
        if changed is None or place.cell is not None:  # rows of a notebook's file say nothing
            return True
        return any(_meets(place, rows) for rows in changed)


def _meets(place: Place, rows: range) -> bool:
    """Whether a place has one of the rows; where some were removed, whether it had them inside."""
    if rows:
        return place.row < rows.stop and rows.start <= place.end_row
    return place.row < rows.start <= place.end_row


def changes_since(revision: str, folder: Path) -> Changes:
    """What differs, in the repository that holds `folder`, from where it branched off `revision`.

    Changes that are not committed count, and so do files that git does not know yet. Raises
    ChangesError.
    """
    root = _line(_git(folder, "rev-parse", "--show-toplevel"))
    base = _base(revision, folder)
    changes = Changes()
    for name, rows in _changed_rows(_git(Path(root), *_DIFF, base, "--")):
        changes.rows[os.path.realpath(os.path.join(root, name))] = rows
    untracked = _git(Path(root), "ls-files", "--others", "--exclude-standard", "-z")
    for raw in untracked.split(b"\0")[:-1]:
        changes.rows[os.path.realpath(os.path.join(root, os.fsdecode(raw)))] = None
    return changes


def _base(revision: str, folder: Path) -> str:
    wanted = f"{revision}^{{commit}}"
    try:
        commit = _line(_git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted))
    except ChangesError:
        raise ChangesError(
            f'there is no revision "{revision}" here; a shallow clone may have to fetch it'
        ) from None
    try:
        return _line(_git(folder, "merge-base", commit, "HEAD"))
    except ChangesError:
        raise ChangesError(
            f'"{revision}" and HEAD have no common ancestor here; '
            "a shallow clone has to fetch more of the history"
        ) from None


def _git(folder: Path, *arguments: str) -> bytes:
    """What git prints, without the hooks, helpers and locks that its settings may ask for."""
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    inherited = {name: value for name, value in os.environ.items() if name not in _LOCAL}
    environment = {**inherited, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
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


def _line(output: bytes) -> str:
    return os.fsdecode(output.removesuffix(b"\n"))


def _changed_rows(diff: bytes) -> Iterator[tuple[str, list[range] | None]]:
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
