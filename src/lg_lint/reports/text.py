"""Words that the formats for reading share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lg_lint.finding import Finding, Place
from lg_lint.remedy import Applicability

if TYPE_CHECKING:
    from lg_lint.remedy import Remedy

_FIX_MARKS = {
    Applicability.SAFE: "[*]",
    Applicability.UNSAFE: "[* unsafe]",
    Applicability.DISPLAY: "[* by hand]",
}


def position(place: Place) -> str:
    """`row:column`, and the cell in front of it where there are cells."""
    cell = "" if place.cell is None else f"cell {place.cell}:"
    return f"{cell}{place.row}:{place.column}"


def location(place: Place) -> str:
    return f"{place.path}:{position(place)}"


def one_line(finding: Finding) -> str:
    return f"{location(finding.place)}: {finding.code} {finding.message}"


def numbered_trace(finding: Finding) -> list[str]:
    """The trace, a line a step."""
    return [
        f"{number}. {location(step.place)} {step.message}"
        for number, step in enumerate(finding.trace, 1)
    ]


def details(finding: Finding) -> list[str]:
    """What follows the message in formats that hold plain text: the trace, then advice."""
    return [*numbered_trace(finding), *advice(finding)]


def advice(finding: Finding) -> list[str]:
    """The help, and the fix with how it is had."""
    lines = [f"help: {finding.help}"] if finding.help else []
    return [*lines, f"fix: {fix_line(finding.fix)}"] if finding.fix is not None else lines


def fix_line(fix: Remedy) -> str:
    """What a fix does, and how it is had."""
    how = {
        Applicability.SAFE: "--fix",
        Applicability.UNSAFE: f"--fix --unsafe-fixes; unsafe: {fix.reason}",
        Applicability.DISPLAY: f"by hand: {fix.reason}",
    }
    return f"{fix.message} ({how[fix.applicability]})"


def fix_mark(finding: Finding) -> str:
    """What a line of a list says of a finding's fix, ahead of the message."""
    if finding.fix is None:
        return ""
    return f"{_FIX_MARKS[finding.fix.applicability]} "
