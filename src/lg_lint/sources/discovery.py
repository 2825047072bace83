"""The files of a project: which there are, which are reported, which are test code.

The whole project around the named paths is found, so that a cause in a file that nobody named is
seen. What is excluded or ignored is left out, unless it is named itself.
"""

from __future__ import annotations

import os

from lg_lint.sources.walking import Walk, unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lg_lint.base.problem import Problem
    from lg_lint.settings import Settings
    from lg_lint.sources.ledger import Ledger
    from lg_lint.sources.walking import Found

MARKERS = ("pyproject.toml", "setup.py", "setup.cfg", "lg-lint.toml", ".lg-lint.toml", ".git")


class Discovery:
    """The project's root and its files, sorted by path, with what could not be found.

    `configs` are the files that may configure a proxy, `settings` those that may hold settings, by
    their names; `deploying` are the files that may say what a machine starts; `empty` are named
    folders without a file to check.
    """

    def __init__(
        self,
        root: str,
        files: list[Found],
        problems: list[Problem],
        configs: list[str],
        seen: Ledger,
        settings: list[str],
        empty: list[str],
        deploying: list[str],
    ) -> None:
        self.root = root
        self.files = files
        self.problems = problems
        self.configs = configs
        self.seen = seen
        self.settings = settings
        self.empty = empty
        self.deploying = deploying


def discover(
    paths: Sequence[str | Path], settings: Settings, held: Iterable[str | Path] = ()
) -> Discovery:
    """Find the files of the project that holds `paths`.

    The project is the nearest folder above with a marker such as pyproject.toml or .git; without
    one, only the named paths are walked. A named test file or folder is not test code. With
    `settings.force_exclude`, as for a hook that passes file names, naming a file neither brings
    back what is excluded nor says that test code is meant. The `held` paths are files even where
    the file system has none.
    """
    problems: list[Problem] = []
    imagined = frozenset(os.path.realpath(path) for path in held)
    named = _existing(paths, imagined, problems)
    root, marked = project_root(named)
    walk = Walk(root, settings, named, imagined, problems)
    if marked:
        walk.enter(root, walk.names)
    for path in walk.named:
        if not os.path.isdir(path):
            walk.add_named_file(path)
        elif walk.is_new(path):
            walk.enter(path, walk.names - {"site-packages"})
    walk.add_removed(imagined)
    walk.report_aliases()
    files = [walk.files[path] for path in sorted(walk.files)]
    walk.seen.skipped = walk.names
    walk.seen.places.update(walk.configs, walk.settings_files)
    for path in (root, *named):
        walk.seen.add_above(path if os.path.isdir(path) else os.path.dirname(path))
    return Discovery(
        root,
        files,
        problems,
        sorted(walk.configs),
        walk.seen,
        sorted(walk.settings_files),
        list(walk.empty_folders()),
        sorted(walk.deploying),
    )


def project_root(named: Sequence[str]) -> tuple[str, bool]:
    """The root of the project that holds absolute paths, and whether a marker says so."""
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in named]
    try:
        common = os.path.commonpath(folders)
    except ValueError:  # none, or on several drives
        return (folders or [os.getcwd()])[0], False
    home = os.path.realpath(os.path.expanduser("~"))
    folder = common
    while folder != home and folder != os.path.dirname(folder):
        if any(os.path.exists(os.path.join(folder, marker)) for marker in MARKERS):
            return folder, True
        folder = os.path.dirname(folder)
    return common, False


def _existing(
    paths: Sequence[str | Path], imagined: frozenset[str], problems: list[Problem]
) -> list[str]:
    named = set()
    for path in paths:
        is_there = os.path.isdir(path) or os.path.isfile(path)
        if is_there or (imagined and os.path.realpath(path) in imagined):
            named.add(os.path.realpath(path))
        else:
            problems.append(unusable(path))
    return sorted(named)
