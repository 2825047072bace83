"""One line a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lg_lint.reports.style import Style
from lg_lint.reports.text import fix_mark, location

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def listing(report: Report, context: Context) -> list[str]:
    """A line for each finding."""
    style = Style(context.color)
    return [
        f"{style.strong(location(finding.place))}: "
        f"{style.code(finding.code, finding.severity)} [{finding.severity.value}] "
        f"{fix_mark(finding)}{finding.message}"
        for finding in report.findings
    ]
