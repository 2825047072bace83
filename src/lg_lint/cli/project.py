"""The project that the paths of a command line belong to."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from lg_lint.settings import Settings


def start_of(paths: Sequence[str | Path]) -> str:
    """The deepest folder that holds all paths, or the path where there is but one."""
    absolute = [os.path.abspath(path) for path in paths]
    try:
        return os.path.commonpath(absolute)
    except ValueError:  # several drives
        return "."


def settings_of(
    paths: Sequence[str | Path],
    *,
    config: Sequence[str],
    isolated: bool,
    overrides: Mapping[str, object] | None = None,
) -> Settings:
    """The settings of the project, with options of the command line over them."""
    from lg_lint.settings import SettingsError, load

    try:
        return load(start_of(paths), config=config, isolated=isolated, overrides=overrides)
    except SettingsError as error:
        import click

        raise click.ClickException(str(error)) from error
