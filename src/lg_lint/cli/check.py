"""`lg-lint check` as click reads it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from lg_lint.base.escape import shown_path, visible_lines
from lg_lint.cli import output
from lg_lint.cli.decorators import CheckCommand, check_options
from lg_lint.cli.options import CheckOptions
from lg_lint.cli.running import run
from lg_lint.cli.status import CLEAN, TROUBLE
from lg_lint.reports import TEXT_FORMATS

if TYPE_CHECKING:
    from lg_lint import RunKey
    from lg_lint.settings import Settings


@click.command(
    cls=CheckCommand, short_help="Find what cuts, stalls or delays streams (the default command)."
)
@check_options
@click.pass_obj
def check(spot: RunKey | None, /, **values: Any) -> int:
    """Find what cuts, stalls or delays streams in the files and folders PATHS (default: here).

    The exit status is 0 where nothing was found, 1 where there are findings, and 2 where something
    has to be mended first: arguments, settings, or a file that cannot be read.
    """
    options = CheckOptions(**values)
    _refuse_contradictions(options)
    settings = options.settings()
    if options.show_settings:
        from lg_lint.settings import as_toml

        output.note_warnings(options.nearest)
        source = f"# From {settings.file}\n\n" if settings.file is not None else ""
        text = visible_lines(source + as_toml(settings))
        output.write(text, options.output_file, color=False)
        return CLEAN
    if options.show_files:
        return _show_files(options, settings)
    return run(options, settings, spot)


def _refuse_contradictions(options: CheckOptions) -> None:
    if options.stdin_filename is None and "-" in options.paths:
        raise click.UsageError("name the file that stdin holds: --stdin-filename")
    if options.stdin_filename is not None and options.paths not in ((), ("-",)):
        raise click.UsageError("--stdin-filename leaves no room for other paths")
    if options.stdin_filename is not None and (options.mends or options.add_ignore is not None):
        raise click.UsageError("what stdin holds is reported, never written to")
    if options.mends and options.add_ignore is not None:
        raise click.UsageError("fix and add ignore comments in two runs")
    if options.diff and (options.fix or options.fix_only):
        raise click.UsageError("--diff changes nothing: leave out --fix and --fix-only")
    if options.staged and (
        options.mends or options.add_ignore is not None or options.stdin_filename is not None
    ):
        raise click.UsageError("what is staged is reported, never written to")
    if options.staged and options.diff_base is not None:
        raise click.UsageError("--staged and --diff-base exclude each other")
    if options.no_ignores and (options.mends or options.add_ignore is not None):
        raise click.UsageError("--no-ignores shows what is hidden, and changes nothing")
    if options.statistics and options.output_format not in {*TEXT_FORMATS, "json"}:
        raise click.UsageError(
            f"--statistics has no {options.output_format} format: use a text format or json"
        )


def _show_files(options: CheckOptions, settings: Settings) -> int:
    from lg_lint.sources.discovery import discover

    found = discover(options.targets(), settings, options.texts())
    for problem in found.problems:
        output.note_problem(problem)
    output.note_warnings(options.nearest)
    for path in found.empty if options.paths else ():
        output.note(f"lg-lint: {os.path.relpath(path)}: {output.EMPTY}")
    shown = [
        os.path.relpath(file.path)
        for file in found.files
        if file.reported and (settings.tests or not file.is_test)
    ]
    output.write(
        "".join(f"{shown_path(path)}\n" for path in shown), options.output_file, color=False
    )
    return TROUBLE if found.problems or (found.empty and options.paths) else CLEAN
