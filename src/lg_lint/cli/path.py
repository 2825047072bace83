"""`lg-lint path`: the way of each stream, hop by hop, and the weakest hop of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lg_lint.cli import output
from lg_lint.cli.decorators import config_options
from lg_lint.cli.project import linted
from lg_lint.cli.status import CLEAN, TROUBLE

if TYPE_CHECKING:
    from lg_lint.drawing.paths import StreamPath
    from lg_lint.run.report import Report

FORMATS = ("text", "mermaid", "json", "html")
_MOST_NAMED = 5


@click.command(short_help="Show each stream's way, hop by hop, and its weakest hop.")
@click.argument("route", nargs=-1)
@click.option(
    "-p",
    "--project",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Files and folders of the project (default: here).",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to show them.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file instead of stdout.",
)
@config_options
def path(
    route: tuple[str, ...],
    folders: tuple[Path, ...],
    form: str,
    output_file: Path | None,
    config: tuple[str, ...],
    isolated: bool,
) -> int:
    """Show the hops that a stream passes, from the node that makes a token to the client.

    ROUTE is a part of a route's address or function, or "POST /chat" (default: all streaming
    routes). Each hop is shown with its place, what is known of it and what was found there; the
    weakest hop comes first, with one sentence why. What no file says is shown as a question.
    """
    from lg_lint.drawing.paths import draw, selected

    targets = folders or (Path(),)
    report, _ = linted(folders, config=config, isolated=isolated)
    paths = _paths(report, targets)
    asked = " ".join(route)
    found = selected(paths, asked) if asked else paths
    if asked and not found:
        output.note(f"lg-lint: no streaming route matches {asked}{_offered(paths)}")
        return TROUBLE
    output.write(draw(found, form), output_file, color=False)
    return TROUBLE if report.problems else CLEAN


def _paths(report: Report, targets: tuple[Path, ...]) -> list[StreamPath]:
    """The paths of routes that the targets hold; the rest of the project is left out."""
    from lg_lint.drawing.paths import stream_paths

    if report.project is None:
        return []
    named = [target.absolute() for target in targets]
    return [
        each
        for each in stream_paths(report.project, report.findings)
        if any(Path(each.place.path).absolute().is_relative_to(target) for target in named)
    ]


def _offered(paths: list[StreamPath]) -> str:
    names = list(dict.fromkeys(each.route for each in paths))
    if not names:
        return ": no streaming route was found"
    more = ", ..." if len(names) > _MOST_NAMED else ""
    return f"; there are {', '.join(names[:_MOST_NAMED])}{more}"
