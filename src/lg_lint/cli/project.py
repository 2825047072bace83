"""The project that the paths of a command line belong to."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lg_lint.run.report import Report
    from lg_lint.settings import Nearest


def start_of(paths: Sequence[str | Path]) -> str:
    """The deepest folder that holds all paths, or the path where there is but one."""
    absolute = [os.path.abspath(path) for path in paths]
    try:
        return os.path.commonpath(absolute)
    except ValueError:  # several drives
        return "."


def nearest_of(
    paths: Sequence[str | Path],
    *,
    config: Sequence[str],
    isolated: bool,
    overrides: Mapping[str, object] | None = None,
    revealing: bool = False,
) -> Nearest:
    """The settings of the project and of its files, with options of the command line over them."""
    from lg_lint.settings import Loader, Nearest, SettingsError

    start = start_of(paths)
    try:
        loader = Loader(config=config, isolated=isolated, overrides=overrides, revealing=revealing)
        return Nearest(loader.base(start), loader, start)
    except SettingsError as error:
        import click

        raise click.ClickException(str(error)) from error


def linted(
    paths: Sequence[Path], *, config: Sequence[str], isolated: bool
) -> tuple[Report, Nearest]:
    """A run over files and folders (none: the folder itself), with its problems noted."""
    from pathlib import Path

    from lg_lint.cli import output
    from lg_lint.run.check import lint

    targets = paths or (Path(),)
    nearest = nearest_of(targets, config=config, isolated=isolated)
    report = lint(targets, nearest.base, nearest=nearest)
    output.note_empty(report, paths)
    output.note_warnings(nearest)
    for problem in report.problems:
        output.note_problem(problem)
    return report, nearest
