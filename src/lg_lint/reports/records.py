"""A finding as JSON shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lg_lint.base.finding import Finding, Step
from lg_lint.base.fix import Edit, Fix

if TYPE_CHECKING:
    from lg_lint.reports.context import Context


def record(finding: Finding, context: Context) -> dict[str, Any]:
    """A finding as JSON; `docs/` publishes its schema."""
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
        "related": [_related(other) for other in finding.related],
        "help": finding.help or None,
        "fix": None if finding.fix is None else _fix(finding.fix),
        "url": context.url(finding.code),
    }


def _related(finding: Finding) -> dict[str, Any]:
    """A place that leads to the same cause, with the way to it."""
    place = finding.place
    return {
        "filename": place.path,
        "location": {"row": place.row, "column": place.column},
        "end_location": {"row": place.end_row, "column": place.end_column},
        "cell": place.cell,
        "message": finding.message,
        "trace": [_step(step) for step in finding.trace],
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "filename": step.place.path,
        "location": {"row": step.place.row, "column": step.place.column},
        "cell": step.place.cell,
        "message": step.message,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "message": fix.message,
        "reason": fix.reason or None,
        "edits": [_edit(edit) for edit in fix.edits],
    }


def _edit(edit: Edit) -> dict[str, Any]:
    return {
        "content": edit.content,
        "location": {"row": edit.row, "column": edit.column},
        "end_location": {"row": edit.end_row, "column": edit.end_column},
    }
