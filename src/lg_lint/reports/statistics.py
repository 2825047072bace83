"""How many findings each rule has."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

from lg_lint.reports.closing import closing_lines, page
from lg_lint.reports.style import Style

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def render_text(report: Report, context: Context) -> str:
    """A line for each rule that hit, and the closing lines."""
    style = Style(context.color)
    counts = _counts(report)
    width = len(str(counts[0][2])) if counts else 0
    lines = [f"{count:>{width}}  {style.strong(code)}  {name}" for code, name, count in counts]
    return page([*lines, *closing_lines(report, context)])


def render_json(report: Report, context: Context) -> str:  # noqa: ARG001
    """A JSON array with an object for each rule that hit."""
    counts = _counts(report)
    rows = [{"code": code, "name": name, "count": count} for code, name, count in counts]
    return json.dumps(rows, indent=2) + "\n"


def _counts(report: Report) -> list[tuple[str, str, int]]:
    """Code, name and count, most frequent first."""
    counts = Counter((finding.code, finding.name) for finding in report.findings)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(code, name, count) for (code, name), count in ordered]
