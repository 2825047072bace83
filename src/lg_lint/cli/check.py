"""`lg-lint check`: one run, from the command line to the exit status."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lg_lint.cli import output
from lg_lint.cli.options import CheckCommand, CheckOptions, check_options
from lg_lint.cli.progress import watched
from lg_lint.cli.status import CLEAN, FINDINGS, TROUBLE
from lg_lint.reports import TEXT_FORMATS, WITH_EDITS, WITH_RULES

if TYPE_CHECKING:
    from lg_lint.lint import Report
    from lg_lint.reports.context import Context
    from lg_lint.settings import Settings


@click.command(
    cls=CheckCommand, short_help="Find what cuts, stalls or delays streams (the default command)."
)
@check_options
def check(**values: Any) -> int:
    """Find what cuts, stalls or delays streams in the files and folders PATHS (default: here).

    The exit status is 0 where nothing was found, 1 where there are findings, and 2 where something
    has to be mended first: arguments, settings, or a file that cannot be read.
    """
    options = CheckOptions(**values)
    _refuse_contradictions(options)
    settings = options.settings()
    if options.show_settings:
        from lg_lint.settings import as_toml

        output.write(as_toml(settings), options.output_file, color=False)
        return CLEAN
    if options.show_files:
        return _show_files(options, settings)
    return _check(options, settings)


def _check(options: CheckOptions, settings: Settings) -> int:
    from lg_lint.cli.narrowing import Narrowing

    narrowing = Narrowing.wanted(options, settings.selected_codes)
    run = _run(options, settings)
    report = run()
    if options.mends:
        from lg_lint.cli.fixing import fix

        report, changed = fix(report, run, narrowing.apply, options)
        if options.diff or options.fix_only:
            _tell_problems(report)
            found = FINDINGS if options.diff and changed else CLEAN
            return TROUBLE if report.problems else found
    narrowing.apply(report)
    if options.add_ignore is not None:
        from lg_lint.cli.adding import add

        report = add(report, options.add_ignore, run, narrowing.apply, quiet=options.quiet)
    _tell_problems(report)
    narrowing.tell()
    text = _show(report, options, settings)
    if options.verbose:
        _tell_timings(report)
    status = _status(report, options, settings)
    if options.is_plain and not report.problems:
        _remember(report, text, status)
    return status


def _remember(report: Report, text: str, status: int) -> None:
    """Keep the result for a run in which nothing will have changed."""
    spot = click.get_current_context().obj
    if spot is not None and report.seen is not None:
        from lg_lint.cache.recording import remember

        remember(spot, report.seen, status, output.encoded(text))


def _run(options: CheckOptions, settings: Settings) -> Callable[..., Report]:
    """The run that the options ask for, as often as it is needed."""
    from lg_lint.lint import lint

    run = partial(
        lint,
        options.targets(),
        settings,
        texts=options.texts(),
        cache=_cache(options),
        jobs=options.jobs,
    )
    return run if options.quiet else watched(run)


def _cache(options: CheckOptions) -> str | None:
    from lg_lint.cache.folder import cache_folder

    return None if options.no_cache else cache_folder(options.cache_dir)


def _refuse_contradictions(options: CheckOptions) -> None:
    if options.stdin_filename is None and Path("-") in options.paths:
        raise click.UsageError("name the file that stdin holds: --stdin-filename")
    if options.stdin_filename is not None and options.paths not in ((), (Path("-"),)):
        raise click.UsageError("--stdin-filename leaves no room for other paths")
    if options.stdin_filename is not None and (options.mends or options.add_ignore is not None):
        raise click.UsageError("what stdin holds is reported, never written to")
    if options.mends and options.add_ignore is not None:
        raise click.UsageError("fix and add ignore comments in two runs")
    if options.diff and (options.fix or options.fix_only):
        raise click.UsageError("--diff changes nothing: leave out --fix and --fix-only")
    if options.statistics and options.output_format not in {*TEXT_FORMATS, "json"}:
        raise click.UsageError(
            f"--statistics has no {options.output_format} format: use a text format or json"
        )


def _show_files(options: CheckOptions, settings: Settings) -> int:
    from lg_lint.sources.discovery import discover

    found = discover(options.targets(), settings, options.texts())
    for problem in found.problems:
        output.note_problem(problem)
    shown = [
        os.path.relpath(file.path)
        for file in found.files
        if file.reported and (settings.tests or not file.is_test)
    ]
    output.write("".join(f"{path}\n" for path in shown), options.output_file, color=False)
    return TROUBLE if found.problems else CLEAN


def _tell_problems(report: Report) -> None:
    for problem in report.problems:
        output.note_problem(problem)


def _show(report: Report, options: CheckOptions, settings: Settings) -> str:
    from lg_lint import reports

    fixable = any(finding.fix is not None for finding in report.findings)
    if fixable and options.output_format in WITH_EDITS:
        from lg_lint.fixes.cures import resolved

        report.findings = resolved(report.findings, report.sources)
    context = _context(report, options, settings)
    if options.statistics:
        text = reports.render_statistics(options.output_format, report, context)
    else:
        text = reports.render(options.output_format, report, context)
    output.write(text, options.output_file, color=context.color)
    if options.show_unresolved and options.output_format not in TEXT_FORMATS:
        from lg_lint.reports.text import unresolved_lines

        for line in unresolved_lines(report, shown=True):
            output.note(line)
    if options.output_format == "github":
        output.append_step_summary(lambda: reports.render_step_summary(report, context))
    return text


def _context(report: Report, options: CheckOptions, settings: Settings) -> Context:
    from lg_lint.reports.context import Context
    from lg_lint.rules.registry import rules_of

    codes = {finding.code for finding in report.findings}
    if options.output_format in WITH_RULES:
        codes |= settings.selected_codes
    return Context(
        rules=rules_of(codes),
        color=output.use_color(options.color, options.output_file),
        quiet=options.quiet,
        unsafe_fixes=options.unsafe_fixes,
        show_unresolved=options.show_unresolved,
        repository_prefix=output.repository_prefix(),
    )


def _tell_timings(report: Report) -> None:
    for line in report.notes:
        output.note(line)
    for stage, seconds in report.timings.items():
        output.note(f"{stage}: {seconds * 1000:.0f} ms")


def _status(report: Report, options: CheckOptions, settings: Settings) -> int:
    """Files that are not Python are findings, and yet the user's to mend before the rest counts."""
    from lg_lint.settings import fails

    if report.problems:
        return TROUBLE
    if options.exit_zero or not fails(report.findings, settings):
        return CLEAN
    unread = any(finding.code == "LG000" for finding in report.findings)
    return TROUBLE if unread else FINDINGS
