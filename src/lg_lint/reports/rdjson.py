"""The Reviewdog Diagnostic Format."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lg_lint.base.address import HOME
from lg_lint.base.finding import Finding, Place, Severity, Step
from lg_lint.base.fix import Edit
from lg_lint.base.source_lines import SourceLines
from lg_lint.reports.text import advice, position

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report


def render(report: Report, context: Context) -> str:
    """One DiagnosticResult; its severity is the worst of the findings'."""
    lines = SourceLines(report.sources)
    present = {finding.severity for finding in report.findings}
    worst = next((severity for severity in Severity if severity in present), None)
    result = {
        "source": {"name": "lg-lint", "url": HOME},
        "severity": "UNKNOWN_SEVERITY" if worst is None else worst.value.upper(),
        "diagnostics": [_diagnostic(finding, lines, context) for finding in report.findings],
    }
    return json.dumps(result, indent=2) + "\n"


def _diagnostic(finding: Finding, lines: SourceLines, context: Context) -> dict[str, Any]:
    code = {"value": finding.code}
    url = context.url(finding.code)
    diagnostic: dict[str, Any] = {
        "message": _message(finding),
        "location": _location(finding.place, lines),
        "severity": finding.severity.value.upper(),
        "code": code if url is None else {**code, "url": url},
    }
    if finding.trace or finding.related:
        others = (Step(other.place, other.message) for other in finding.related)
        diagnostic["related_locations"] = [
            {"message": step.message, "location": _location(step.place, lines)}
            for step in (*finding.trace, *others)
        ]
    if finding.fix is not None and finding.fix.edits:
        diagnostic["suggestions"] = [
            {"range": _range(_edited(edit, finding), lines), "text": edit.content}
            for edit in finding.fix.edits
        ]
    return diagnostic


def _edited(edit: Edit, finding: Finding) -> Place:
    return Place(finding.place.path, edit.row, edit.column, edit.end_row, edit.end_column)


def _message(finding: Finding) -> str:
    cell = "" if finding.place.cell is None else f"{position(finding.place)} "
    return "\n".join([f"{cell}{finding.message}", *advice(finding)])


def _location(place: Place, lines: SourceLines) -> dict[str, Any]:
    """Columns count UTF-8 bytes. Places in notebook cells point to the start of the file."""
    if place.cell is not None:
        return {"path": place.path, "range": {"start": {"line": 1, "column": 1}}}
    return {"path": place.path, "range": _range(place, lines)}


def _range(place: Place, lines: SourceLines) -> dict[str, Any]:
    start = _utf8_column(lines.row(place), place.column)
    end = _utf8_column(lines.row(place, place.end_row), place.end_column)
    return {
        "start": {"line": place.row, "column": start},
        "end": {"line": place.end_row, "column": end},
    }


def _utf8_column(row: str, column: int) -> int:
    """A column in code points as one in bytes; beyond the row's end each column is a byte."""
    before = row[: column - 1]
    return column + len(before.encode("utf-8", "surrogatepass")) - len(before)
