"""One plain line a finding with what to do about it, and always a last line that sums up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lg_lint.base.counted import plural
from lg_lint.base.finding import Finding, Step
from lg_lint.reports.closing import page, summary_lines, unresolved_lines
from lg_lint.reports.text import fix_line, location, other_places, telling_steps

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def render(report: Report, context: Context) -> str:
    """The findings, what could not be resolved where it is asked for, and the summary."""
    lines = [_line(finding) for finding in report.findings]
    unresolved = unresolved_lines(report, shown=context.show_unresolved)
    return page([*lines, *unresolved, *summary_lines(report)])


def _line(finding: Finding) -> str:
    parts = [f"{location(finding.place)} {finding.code} {finding.message}"]
    if finding.trace:
        steps = [
            f"({plural(each, 'step')} more)" if isinstance(each, int) else _step(each[1])
            for each in telling_steps(finding)
        ]
        parts.append(f"trace: {' -> '.join(steps)}")
    if finding.related:
        parts.append(f"also from: {', '.join(other_places(finding))}")
    if finding.help:
        parts.append(f"fix: {finding.help}")
    if finding.fix is not None:
        parts.append(f"automatic fix: {fix_line(finding.fix)}")
    return " | ".join(parts)


def _step(step: Step) -> str:
    return f"{location(step.place)} {step.message}"
