"""One run of `lg-lint check`: from its options to the exit status."""

from __future__ import annotations

import sys
from functools import partial

from lg_lint.cli import output
from lg_lint.cli.status import CLEAN, FINDINGS, TROUBLE
from lg_lint.reports import LISTINGS, TEXT_FORMATS, WITH_EDITS, WITH_RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lg_lint import RunKey
    from lg_lint.cli.options import CheckOptions
    from lg_lint.reports.context import Context
    from lg_lint.rules.rule import Rule
    from lg_lint.run.report import Report
    from lg_lint.settings import Settings


def run(options: CheckOptions, settings: Settings, spot: RunKey | None) -> int:
    """Check, and show what was found; returns the exit status. `spot` is where it may be kept."""
    from lg_lint.cli.narrowing import Narrowing

    narrowing = Narrowing.wanted(options, settings)
    again = _run(options, settings, narrowing.texts())
    report = again()
    output.note_empty(report, options.paths)
    has_warnings = output.note_warnings(options.nearest)
    if options.mends:
        from lg_lint.cli.fixing import fix

        report, changed = fix(report, again, narrowing.apply, options)
        if options.diff or options.fix_only:
            _tell_problems(report)
            found = FINDINGS if options.diff and changed else CLEAN
            return TROUBLE if report.problems or report.is_partial else found
    narrowing.apply(report)
    if options.add_ignore is not None:
        from lg_lint.cli.adding import add

        report = add(report, options.add_ignore, again, narrowing.apply, quiet=options.quiet)
    _tell_problems(report)
    narrowing.tell()
    status = _status(report, options, settings)
    text = _show(report, options, settings, status)
    if options.verbose:
        _tell_timings(report)
    is_complete = not (report.problems or report.is_partial or has_warnings)
    if options.is_plain and is_complete and spot is not None and report.seen is not None:
        from lg_lint.cache.recording import remember

        remember(spot, report.seen, status, output.encoded(text))
    return status


def _run(
    options: CheckOptions, settings: Settings, staged: dict[Path, bytes]
) -> Callable[..., Report]:
    """The run that the options ask for, as often as it is needed."""
    from lg_lint.run.check import lint

    run = partial(
        lint,
        options.targets(),
        settings,
        texts={**options.texts(), **staged},
        cache=_cache(options),
        jobs=options.jobs,
        nearest=options.nearest,
        revealing=options.no_ignores,
    )
    if options.quiet or not sys.stderr.isatty():
        return run
    from lg_lint.cli.progress import watched

    return watched(run)


def _cache(options: CheckOptions) -> str | None:
    from lg_lint import cache_folder

    return None if options.no_cache else cache_folder(options.cache_dir)


def _tell_problems(report: Report) -> None:
    for problem in report.problems:
        output.note_problem(problem)


def _show(report: Report, options: CheckOptions, settings: Settings, status: int) -> str:
    from lg_lint import reports

    fixable = any(finding.fix is not None for finding in report.findings)
    if fixable and options.output_format in WITH_EDITS:
        from lg_lint.fixes.kinds import resolved

        report.findings = resolved(report.findings, report.sources)
    context = _context(report, options, settings)
    context.exit_code = status
    if options.statistics:
        text = reports.render_statistics(options.output_format, report, context)
    else:
        text = reports.render(options.output_format, report, context)
    output.write(text, options.output_file, color=context.color)
    if options.show_unresolved and options.output_format not in TEXT_FORMATS:
        from lg_lint.reports.closing import unresolved_lines

        for line in unresolved_lines(report, shown=True):
            output.note(line)
    if options.output_format == "github":
        output.append_step_summary(lambda: reports.render_step_summary(report, context))
    return text


def _weakest(report: Report, options: CheckOptions, settings: Settings) -> list[str]:
    """Lines that name the weakest hop of each stream whose server is known."""
    is_shown = options.output_format in LISTINGS or options.output_format == "github"
    project = report.project
    if project is None or not (is_shown and report.findings):
        return []
    from lg_lint.base.budget import Budget, GaveUp, within
    from lg_lint.drawing.paths import stream_paths, weakest_hops

    try:
        with within(Budget(settings.max_time, settings.max_memory)):
            return weakest_hops(stream_paths(project, report.findings))
    except (GaveUp, MemoryError, RecursionError):
        return []


def _context(report: Report, options: CheckOptions, settings: Settings) -> Context:
    from lg_lint.reports.context import Context

    codes = {finding.code for finding in report.findings}
    if options.output_format in WITH_RULES:
        codes |= report.codes or settings.selected_codes
    return Context(
        rules=_rules(codes),
        color=output.use_color(options.color, options.output_file),
        quiet=options.quiet,
        unsafe_fixes=options.unsafe_fixes,
        show_unresolved=options.show_unresolved,
        repository_prefix=output.repository_prefix(),
        width=output.width(options.output_file),
        weakest=_weakest(report, options, settings),
    )


def _rules(codes: set[str]) -> tuple[Rule, ...]:
    if not codes:
        return ()
    from lg_lint.rules.registry import rules_of

    return rules_of(codes)


def _tell_timings(report: Report) -> None:
    for line in report.notes:
        output.note(line)
    unknown, total = report.blind
    output.note(f"calls on the event loop: {total}, {unknown} of them on what is not known")
    for stage, seconds in report.timings.items():
        output.note(f"{stage}: {seconds * 1000:.0f} ms")


def _status(report: Report, options: CheckOptions, settings: Settings) -> int:
    """Files that are not Python are findings, and yet the user's to mend before the rest counts."""
    from lg_lint.settings import fails

    if report.problems or report.is_partial:
        return TROUBLE
    if options.exit_zero or not fails(report.findings, settings):
        return CLEAN
    unread = any(finding.code == "LG000" for finding in report.findings)
    return TROUBLE if unread else FINDINGS
