"""`lg-lint clean`: forget what earlier runs have kept."""

from __future__ import annotations

import os
import shutil

import click

from lg_lint.cli.output import write_lines


@click.command(short_help="Remove the cache.")
@click.option(
    "--cache-dir",
    type=click.Path(file_okay=False),
    help="The cache folder, where it is not the user's own.",
)
def clean(cache_dir: str | None) -> None:
    """Remove the cache. The next run of every project starts from nothing."""
    from lg_lint import cache_folder
    from lg_lint.cache.folder import is_cache

    folder = cache_folder(cache_dir)
    if not os.path.isdir(folder):
        return
    if not is_cache(folder):
        raise click.ClickException(f"{folder} is no cache of lg-lint")
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise click.FileError(str(error.filename), error.strerror) from error
    write_lines([f"removed {folder}"])
