"""One JSON object a line and finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lg_lint.reports.closing import page
from lg_lint.reports.records import record

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def render(report: Report, context: Context) -> str:
    """The records of all findings, one a line."""
    return page([json.dumps(record(finding, context)) for finding in report.findings])
