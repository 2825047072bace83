"""`lg-lint graph`: each graph of a project, drawn from its source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lg_lint.cli import output
from lg_lint.cli.decorators import config_options
from lg_lint.cli.project import linted
from lg_lint.cli.status import CLEAN, TROUBLE

if TYPE_CHECKING:
    from lg_lint.drawing import Picture
    from lg_lint.run.report import Report

FORMATS = ("text", "mermaid", "dot", "json")


@click.command(short_help="Draw the graphs of a project.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to draw them.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of stdout.",
)
@config_options
def graph(
    paths: tuple[Path, ...],
    form: str,
    output_file: Path | None,
    config: tuple[str, ...],
    isolated: bool,
) -> int:
    """Draw the graphs that the files and folders PATHS (default: here) build.

    Nodes are shown with their place, whether they run async or sync, what they emit to a stream
    and which channels they write; what has findings is marked. A part that could not be read is
    drawn as such.
    """
    from lg_lint.drawing import draw

    targets = paths or (Path(),)
    report, _ = linted(paths, config=config, isolated=isolated)
    output.write(draw(_pictures(report, targets), form), output_file, color=False)
    return TROUBLE if report.problems else CLEAN


def _pictures(report: Report, targets: tuple[Path, ...]) -> list[Picture]:
    """The graphs that the targets hold; those of the rest of the project are left out."""
    from lg_lint.drawing import pictures

    if report.project is None:
        return []
    named = [target.absolute() for target in targets]
    held = {
        report.project.at(each.site).path
        for each in report.project.graphs
        if any(Path(each.site.path).is_relative_to(target) for target in named)
    }
    return pictures(report.project, report.findings, held)
