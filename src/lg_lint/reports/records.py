"""A finding as JSON shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lg_lint.finding import Finding, Step

if TYPE_CHECKING:
    from lg_lint.reports.context import Context


def record(finding: Finding, context: Context) -> dict[str, Any]:
    place = finding.place
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "filename": place.path,
        "location": {"row": place.row, "column": place.column},
        "end_location": {"row": place.end_row, "column": place.end_column},
        "cell": place.cell,
        "hop": finding.hop.value,
        "trace": [_step(step) for step in finding.trace],
        "help": finding.help or None,
        "fix": finding.fix,
        "url": context.url(finding.code),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "filename": step.place.path,
        "location": {"row": step.place.row, "column": step.place.column},
        "cell": step.place.cell,
        "message": step.message,
    }
