"""The lines that differ from an earlier state of a git repository, and the findings on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from lg_lint.base.finding import Finding, Place
from lg_lint.base.git import DIFF, ChangesError, changed_rows, one_line, run_git
from lg_lint.run.common_causes import recentred
from lg_lint.sources.ignores import SUFFIXES

_NAMES = ("diff", "--name-only", "-z", "--no-renames", "--no-relative", "--ignore-submodules=all")


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


class Commit(Struct):
    """What the next commit changes with respect to each of its parents.

    `untracked` are the real paths of files that the commit does not have. `texts` holds what it
    has of files that have been changed since they were staged, by path. `is_empty` where nothing
    is staged.
    """

    sides: list[Changes]
    untracked: frozenset[str]
    texts: dict[Path, bytes]
    is_empty: bool

    def touched(self, finding: Finding) -> Finding | None:
        """The finding, told at a place that was changed; None where a parent has it as it is now.

        What a merge brings from one side only is that side's; what comes of both is the merge's.
        """
        if self._is_uncommitted(finding):
            inside = [each for each in finding.related if not self._is_uncommitted(each)]
            if not inside:
                return None
            finding = recentred(finding, inside[0])
        touched = [side.touched(finding) for side in self.sides]
        return touched[0] if all(each is not None for each in touched) else None

    def _is_uncommitted(self, finding: Finding) -> bool:
        """Whether a file that the commit does not have takes part."""
        places = (finding.place, *(step.place for step in finding.trace))
        return any(os.path.realpath(place.path) in self.untracked for place in places)


def changes_since(revision: str, folder: Path) -> Changes:
    """What differs, in the repository that holds `folder`, from where it branched off `revision`.

    Changes that are not committed count, and so do files that git does not know yet. Raises
    ChangesError.
    """
    root = one_line(run_git(folder, "rev-parse", "--show-toplevel"))
    changes = _rows(root, run_git(Path(root), *DIFF, _base(revision, folder), "--"))
    changes.rows.update(dict.fromkeys(_untracked(root, None)))
    return changes


def staged(folder: Path) -> Commit:
    """What the next commit of the repository that holds `folder` changes. Raises ChangesError."""
    root = one_line(run_git(folder, "rev-parse", "--show-toplevel"))
    index = _index(root)
    there = Path(root)
    parents = _parents(there)
    diffs = [run_git(there, *DIFF, "--cached", parent, "--", index=index) for parent in parents]
    names = run_git(there, *_NAMES, "--cached", parents[0], "--", index=index)
    return Commit(
        sides=[_rows(root, diff) for diff in diffs],
        untracked=frozenset(_untracked(root, index)),
        texts=dict(_staged_texts(there, index)),
        is_empty=not names,
    )


def _rows(root: str, diff: bytes) -> Changes:
    changes = Changes()
    for name, rows in changed_rows(diff):
        changes.rows[os.path.realpath(os.path.join(root, name))] = rows
    return changes


def _untracked(root: str, index: str | None) -> list[str]:
    """The real paths of files that git neither knows nor ignores."""
    names = run_git(Path(root), "ls-files", "--others", "--exclude-standard", "-z", index=index)
    return [os.path.realpath(os.path.join(root, os.fsdecode(raw))) for raw in _split(names)]


def _index(root: str) -> str | None:
    """The index that git makes a commit of, where it tells its hooks of another than the usual."""
    index_file = os.environ.get("GIT_INDEX_FILE")
    if not index_file:
        return None
    home = os.path.realpath(one_line(run_git(Path(root), "rev-parse", "--absolute-git-dir")))
    for start in (os.getcwd(), root):
        path = os.path.realpath(os.path.join(start, index_file))
        if path.startswith(home + os.sep) and os.path.isfile(path):
            return path
    return None


def _parents(root: Path) -> list[str]:
    """The commits that the next one follows: of the first one, a tree without files."""
    try:
        parents = [one_line(run_git(root, "rev-parse", "--verify", "--quiet", "HEAD"))]
    except ChangesError:
        return [one_line(run_git(root, "hash-object", "-t", "tree", "--stdin"))]
    path = one_line(run_git(root, "rev-parse", "--git-path", "MERGE_HEAD"))
    try:
        return [*parents, *(root / path).read_text(encoding="ascii").split()]
    except OSError:
        return parents


def _staged_texts(root: Path, index: str | None) -> Iterator[tuple[Path, bytes]]:
    """The staged Python files that have been changed since, or removed."""
    for raw in _split(run_git(root, *_NAMES, "--", index=index)):
        name = os.fsdecode(raw)
        if name.endswith(SUFFIXES):
            try:
                yield root / name, run_git(root, "cat-file", "blob", f":{name}", index=index)
            except ChangesError:  # in a conflict, or no file
                continue


def _split(names: bytes) -> list[bytes]:
    return names.split(b"\0")[:-1]


def _base(revision: str, folder: Path) -> str:
    wanted = f"{revision}^{{commit}}"
    try:
        commit = one_line(
            run_git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
        )
    except ChangesError:
        raise ChangesError(
            f'there is no revision "{revision}" here; a shallow clone may have to fetch it'
        ) from None
    try:
        return one_line(run_git(folder, "merge-base", commit, "HEAD"))
    except ChangesError:
        raise ChangesError(
            f'"{revision}" and HEAD have no common ancestor here; '
            "a shallow clone has to fetch more of the history"
        ) from None
