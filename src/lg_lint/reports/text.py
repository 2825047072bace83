"""Words that the formats for reading share."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lg_lint.finding import Finding, Place, Severity
from lg_lint.remedy import Applicability

if TYPE_CHECKING:
    from lg_lint.lint import Report
    from lg_lint.remedy import Remedy
    from lg_lint.reports.context import Context

_FIX_MARKS = {
    Applicability.SAFE: "[*]",
    Applicability.UNSAFE: "[* unsafe]",
    Applicability.DISPLAY: "[* by hand]",
}


def position(place: Place) -> str:
    """`row:column`, and the cell in front of it where there are cells."""
    cell = "" if place.cell is None else f"cell {place.cell}:"
    return f"{cell}{place.row}:{place.column}"


def location(place: Place) -> str:
    return f"{place.path}:{position(place)}"


def one_line(finding: Finding) -> str:
    return f"{location(finding.place)}: {finding.code} {finding.message}"


def numbered_trace(finding: Finding) -> list[str]:
    """The trace, a line a step."""
    return [
        f"{number}. {location(step.place)} {step.message}"
        for number, step in enumerate(finding.trace, 1)
    ]


def details(finding: Finding) -> list[str]:
    """What follows the message in formats that hold plain text: the trace, then advice."""
    return [*numbered_trace(finding), *advice(finding)]


def advice(finding: Finding) -> list[str]:
    """The help, and the fix with how it is had."""
    lines = [f"help: {finding.help}"] if finding.help else []
    return [*lines, f"fix: {fix_line(finding.fix)}"] if finding.fix is not None else lines


def fix_line(fix: Remedy) -> str:
    """What a fix does, and how it is had."""
    how = {
        Applicability.SAFE: "--fix",
        Applicability.UNSAFE: f"--fix --unsafe-fixes; unsafe: {fix.reason}",
        Applicability.DISPLAY: f"by hand: {fix.reason}",
    }
    return f"{fix.message} ({how[fix.applicability]})"


def fix_mark(finding: Finding) -> str:
    """What a line of a list says of a finding's fix, ahead of the message."""
    if finding.fix is None:
        return ""
    return f"{_FIX_MARKS[finding.fix.applicability]} "


def plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def summary(report: Report) -> str:
    """How many findings there are, by severity."""
    left_out = ", ".join(_left_out(report))
    found = plural(len(report.findings), "finding")
    if not report.findings:
        checked = plural(report.files, "file")
        hidden = f"; {left_out}" if left_out else ""
        if report.problems:
            return f"No findings, but {plural(len(report.problems), 'problem')}; {checked} checked."
        return f"All clear: {checked} checked{hidden}."
    counts = Counter(finding.severity for finding in report.findings)
    parts = ", ".join(plural(counts[severity], severity.value) for severity in Severity)
    return f"Found {found} ({parts}); {left_out or '0 suppressed'}."


def _left_out(report: Report) -> list[str]:
    """How many findings are not shown, by reason."""
    counts = {
        "suppressed": report.suppressed,
        "in the baseline": report.baselined,
        "outside of the changes": report.unchanged,
    }
    return [f"{count} {reason}" for reason, count in counts.items() if count]


def unresolved_lines(report: Report, *, shown: bool) -> list[str]:
    """The calls that could not be resolved, or how many they are."""
    if not report.unresolved:
        return []
    calls = f"{plural(len(report.unresolved), 'graph-like call')} could not be resolved"
    if not shown:
        return [f"{calls}: --show-unresolved"]
    lines = [f"{location(call.place)}: unresolved: {call.message}" for call in report.unresolved]
    return [*lines, f"{calls}."]


def closing_lines(report: Report, context: Context) -> list[str]:
    """The last lines of a format for reading."""
    unresolved = unresolved_lines(report, shown=context.show_unresolved)
    if context.quiet:
        return unresolved if context.show_unresolved else []
    return [*unresolved, summary(report), *_fixable_line(report, context)]


def _fixable_line(report: Report, context: Context) -> list[str]:
    """How many findings `--fix` would mend, and how many more with unsafe fixes."""
    ready = sum(context.applies(finding) for finding in report.findings)
    unsafe = sum(
        finding.fix is not None and finding.fix.applicability is Applicability.UNSAFE
        for finding in report.findings
    )
    option = "--fix --unsafe-fixes" if context.unsafe_fixes else "--fix"
    more = f"{unsafe} more with --unsafe-fixes" if unsafe and not context.unsafe_fixes else ""
    if ready:
        return [f"{ready} fixable with {option}{', ' + more if more else ''}."]
    return [f"{unsafe} fixable with --fix --unsafe-fixes."] if more else []


def page(lines: list[str]) -> str:
    """The lines as one text; nothing for no lines."""
    return "".join(f"{line}\n" for line in lines)
