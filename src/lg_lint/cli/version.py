"""`lg-lint version`."""

from __future__ import annotations

import click

from lg_lint import __version__


@click.command(short_help="Print the version.")
def version() -> None:
    """Print the version."""
    click.echo(f"lg-lint {__version__}")
