"""GitLab's code quality report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from lg_lint.base.finding import Finding, Place, Severity
from lg_lint.base.identity import fingerprints
from lg_lint.base.source_lines import SourceLines
from lg_lint.reports.text import details, position

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report, context: Context) -> str:
    """A JSON array of issues."""
    marks = fingerprints(report.findings, SourceLines(report.sources))
    issues = [
        {
            "description": f"{finding.code}: {_cell(finding.place)}{finding.message}",
            "check_name": finding.code,
            "fingerprint": mark,
            "severity": _SEVERITIES[finding.severity],
            "location": {
                "path": context.repository_path(finding.place.path),
                "positions": _positions(finding.place),
            },
            **_content(finding),
        }
        for finding, mark in zip(report.findings, marks, strict=True)
    ]
    return json.dumps(issues, indent=2) + "\n"


def _content(finding: Finding) -> dict[str, Any]:
    """What is to be read besides the description."""
    body = "\n".join(details(finding))
    return {"content": {"body": body}} if body else {}


def _cell(place: Place) -> str:
    return "" if place.cell is None else f"{position(place)} "


def _positions(place: Place) -> dict[str, Any]:
    """GitLab knows no notebook cells: findings in them point to the start of the file."""
    if place.cell is not None:
        return {"begin": {"line": 1, "column": 1}, "end": {"line": 1, "column": 1}}
    return {
        "begin": {"line": place.row, "column": place.column},
        "end": {"line": place.end_row, "column": place.end_column},
    }
