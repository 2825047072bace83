"""`lg-lint completion`: what makes a shell complete the words of a command line."""

from __future__ import annotations

import click

from lg_lint.cli.output import write

SHELLS = ("bash", "zsh", "fish", "powershell")
VARIABLE = "_LG_LINT_COMPLETE"


@click.command(short_help="Print the script that makes a shell complete options and rules.")
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that makes SHELL complete commands, options, rules and settings."""
    from click.shell_completion import get_completion_class

    from lg_lint.cli.app import app

    kind = get_completion_class(shell)
    if kind is None:
        raise click.ClickException(f"{shell} needs click 8.5 or newer")
    try:
        script = kind(app, {}, "lg-lint", VARIABLE).source()
    except RuntimeError as error:  # a bash that is too old
        raise click.ClickException(str(error)) from error
    write(f"{script}\n", None, color=False)
