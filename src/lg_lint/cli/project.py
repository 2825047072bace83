"""The project that the paths of a command line belong to."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

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
