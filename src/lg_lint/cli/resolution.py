"""`lg-lint resolution`: what of a project is not understood, and why."""

from __future__ import annotations

from pathlib import Path

import click

from lg_lint.cli import output
from lg_lint.cli.decorators import config_options
from lg_lint.cli.project import nearest_of
from lg_lint.cli.status import CLEAN, TROUBLE

FORMATS = ("text", "json")


@click.command(short_help="Count what of a project is not understood, by cause.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to show it.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of stdout.",
)
@config_options
def resolution(
    paths: tuple[Path, ...],
    form: str,
    output_file: Path | None,
    config: tuple[str, ...],
    isolated: bool,
) -> int:
    """Count what is not understood of the files and folders PATHS (default: here).

    Where lg-lint does not know what a call is made on, which graph is run or what a node writes, a
    rule stays silent. Each such place is shown under its cause, with the place where the value
    gets lost: an annotation there, or a row in the settings, lets the rules see.
    """
    from lg_lint.reports.resolution import render
    from lg_lint.run.check import lint

    nearest = nearest_of(paths or (Path(),), config=config, isolated=isolated)
    report = lint(paths or (Path(),), nearest.base, nearest=nearest)
    output.note_empty(report, paths)
    output.note_warnings(nearest)
    for problem in report.problems:
        output.note_problem(problem)
    output.write(render(report, form), output_file, color=False)
    return TROUBLE if report.problems else CLEAN
