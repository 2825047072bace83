"""One line a finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lg_lint.reports.style import Style
from lg_lint.reports.text import closing_lines, fix_mark, location, page

if TYPE_CHECKING:
    from lg_lint.lint import Report
    from lg_lint.reports.context import Context


def render(report: Report, context: Context) -> str:
    style = Style(context.color)
    lines = [
        f"{style.strong(location(finding.place))}: "
        f"{style.code(finding.code, finding.severity)} "
        f"{fix_mark(finding)}{finding.message}"
        for finding in report.findings
    ]
    return page([*lines, *closing_lines(report, context)])
