"""One JSON array of all findings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from lg_lint.reports.records import record

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def render(report: Report, context: Context) -> str:
    """The records of all findings."""
    records = [record(finding, context) for finding in report.findings]
    return json.dumps(records, indent=2) + "\n"
