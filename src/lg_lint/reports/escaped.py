"""A report that can be printed: its findings name scanned files and quote what is in them."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lg_lint.base.escape import clipped, shown_path

if TYPE_CHECKING:
    from lg_lint.base.finding import Finding, Place, Step
    from lg_lint.run.report import Report


def escaped(report: Report) -> Report:
    """The report with all its paths and messages made visible; sources keep their text."""
    shown = copy(report)
    shown.findings = [_finding(finding) for finding in report.findings]
    shown.unresolved = [
        replace(call, place=_place(call.place), message=clipped(call.message))
        for call in report.unresolved
    ]
    shown.unread = [
        replace(each, place=_place(each.place), message=clipped(each.message))
        for each in report.unread
    ]
    shown.sources = {shown_path(path): text for path, text in report.sources.items()}
    return shown


def _finding(finding: Finding) -> Finding:
    return replace(
        finding,
        message=clipped(finding.message),
        help=clipped(finding.help),
        fix=finding.fix and replace(finding.fix, reason=clipped(finding.fix.reason)),
        place=_place(finding.place),
        trace=tuple(_step(step) for step in finding.trace),
        related=tuple(_finding(other) for other in finding.related),
        anchor=finding.anchor and _place(finding.anchor),
    )


def _step(step: Step) -> Step:
    return replace(step, place=_place(step.place), message=clipped(step.message))


def _place(place: Place) -> Place:
    return replace(place, path=shown_path(place.path))
