"""One line a finding, under the name of its file."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from lg_lint.base.finding import Finding
from lg_lint.reports.style import Style
from lg_lint.reports.text import fix_mark, position

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def listing(report: Report, context: Context) -> list[str]:
    """The lines of each file, an empty one behind each file."""
    style = Style(context.color)
    lines: list[str] = []
    for path, findings in groupby(report.findings, key=lambda finding: finding.place.path):
        lines += [f"{style.strong(path)}:", *_group(list(findings), context), ""]
    return lines


def _group(findings: list[Finding], context: Context) -> list[str]:
    style = Style(context.color)
    width = max(len(position(finding.place)) for finding in findings)
    return [
        f"  {style.location(position(finding.place).ljust(width))} "
        f"{style.code(finding.code, finding.severity)} [{finding.severity.value}] "
        f"{fix_mark(finding)}{finding.message}"
        for finding in findings
    ]
