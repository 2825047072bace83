"""One plain line a finding with what to do about it, and always a last line that sums up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lg_lint.finding import Finding
from lg_lint.reports.closing import page, summary, unresolved_lines
from lg_lint.reports.text import fix_line, location

if TYPE_CHECKING:
    from lg_lint.lint import Report
    from lg_lint.reports.context import Context


def render(report: Report, context: Context) -> str:
    lines = [_line(finding) for finding in report.findings]
    unresolved = unresolved_lines(report, shown=context.show_unresolved)
    return page([*lines, *unresolved, summary(report)])


def _line(finding: Finding) -> str:
    parts = [f"{location(finding.place)} {finding.code} {finding.message}"]
    if finding.trace:
        steps = " -> ".join(f"{location(step.place)} {step.message}" for step in finding.trace)
        parts.append(f"trace: {steps}")
    if finding.help:
        parts.append(f"fix: {finding.help}")
    if finding.fix is not None:
        parts.append(f"automatic fix: {fix_line(finding.fix)}")
    return " | ".join(parts)
