"""Patterns in .gitignore style, applied to the entries of a walk."""

from __future__ import annotations

import os

from lg_lint.base import door
from lg_lint.sources.names import Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pathspec import GitIgnoreSpec

    Refuse = Callable[[str, str], None]
    """Told of a file, and why it is not read."""

_LONGEST = 4096
_MOST_PATTERNS = 10_000
_MOST_STARS = 3
SUFFIXES = (".py", ".pyi", ".ipynb")


class IgnoreRules:
    """The patterns of one folder; of the whole file system where `folder` is empty.

    A walk does not enter ignored folders, so each entry is judged by itself; most are settled by
    their name, which keeps large projects fast, and small ones from importing `pathspec`.
    """

    __slots__ = ("_has_exceptions", "_names", "_patterns", "_prefix", "_spec")

    def __init__(self, folder: str, patterns: Iterable[str]) -> None:
        self._patterns = _meant(patterns)
        self._prefix = len(folder.rstrip("/\\")) + 1 if folder else 0
        self._names = Names(self._patterns)
        self._has_exceptions = any(pattern.startswith("!") for pattern in self._patterns)
        self._spec: GitIgnoreSpec | None = None

    def judge(self, path: str, *, folder: bool) -> bool | None:
        """True: ignored; False: re-included by a negated pattern; None: not named."""
        by_name = not (folder and self._has_exceptions)
        if by_name and not self._names.may_mean(path[self._prefix :].replace(os.sep, "/")):
            return None
        return self._verdict(path, folder=folder)

    def covers(self, folder: str) -> bool:
        """Whether a folder, which may not have been walked to, or one above it is ignored."""
        return bool(self._verdict(folder, folder=True))

    def _verdict(self, path: str, *, folder: bool) -> bool | None:
        if self._spec is None:
            self._spec = _spec(self._patterns)
        relative = path[self._prefix :] + ("/" if folder else "")
        return self._spec.check_file(relative).include


def read_rules(
    folder: str, name: str = ".gitignore", refuse: Refuse | None = None
) -> IgnoreRules | None:
    """The rules of a folder's ignore file, where it can be read and holds any.

    `refuse` is told of one that is no regular file, or too large: what it would ignore is checked.
    """
    path = os.path.join(folder, name)
    try:
        data = door.read(path)
    except door.UnfitError as error:
        if refuse is not None:
            refuse(path, f"cannot be read: {error.strerror}")
        return None
    except OSError:
        return None
    patterns = _meant(data.decode("utf-8-sig", errors="replace").splitlines())
    if len(patterns) > _MOST_PATTERNS:
        if refuse is not None:
            refuse(path, f"cannot be read: more than {_MOST_PATTERNS:,} patterns")
        return None
    return IgnoreRules(folder, patterns) if patterns else None


def _meant(lines: Iterable[str]) -> list[str]:
    """The lines that are neither empty nor comments, nor take for ever to be compared with a name.

    With each star in a part of a pattern the time multiplies by the length of the name.
    """
    meant = (line for line in lines if line.strip() and not line.startswith("#"))
    return [line for line in meant if len(line) <= _LONGEST and not _is_explosive(line)]


def _is_explosive(pattern: str) -> bool:
    parts = pattern.split("/")
    if sum(part == "**" for part in parts) > _MOST_STARS:
        return True
    return "*" in pattern and any(_stars(part) > _MOST_STARS for part in parts)


def _stars(part: str) -> int:
    return part.count("*") - part.count("**")


def inherited_rules(folder: str, refuse: Refuse | None = None) -> list[IgnoreRules]:
    """The rules that hold in `folder` from the folders above it, up to its git repository."""
    above: list[str] = []
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return []
        above.append(parent)
        folder = parent
    found = [read_rules(folder, os.path.join(".git", "info", "exclude"), refuse)]
    found += [read_rules(each, refuse=refuse) for each in reversed(above)]
    return [rules for rules in found if rules is not None]


def ignored(path: str, rules: Sequence[IgnoreRules], *, folder: bool) -> bool:
    """Whether the innermost rules that name `path` ignore it."""
    for each in reversed(rules):
        verdict = each.judge(path, folder=folder)
        if verdict is not None:
            return verdict
    return False


def _spec(patterns: list[str]) -> GitIgnoreSpec:
    import re
    import warnings

    from pathspec import GitIgnoreSpec

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of patterns such as [[:alpha:]]
        try:
            return GitIgnoreSpec.from_lines(patterns)
        except (ValueError, re.error):
            return GitIgnoreSpec.from_lines(line for line in patterns if _is_valid(line))


def _is_valid(pattern: str) -> bool:
    import re

    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([pattern])
    except (ValueError, re.error):
        return False
    return True
