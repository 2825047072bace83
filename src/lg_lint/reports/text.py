"""Words that the formats for reading share."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from lg_lint.base.counted import plural
from lg_lint.base.finding import Finding, Place
from lg_lint.base.fix import Applicability
from lg_lint.run.common_causes import ALSO

if TYPE_CHECKING:
    from lg_lint.base.finding import Step
    from lg_lint.base.fix import Fix
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report

LONGEST_TRACE = 10
"""A longer trace is shown in part."""

MOST_PLACES = 3
"""So many of the places that share a cause are shown."""

_FIX_MARKS = {
    Applicability.SAFE: "[*]",
    Applicability.UNSAFE: "[* unsafe]",
    Applicability.DISPLAY: "[* by hand]",
}


_MEANINGS = {
    Applicability.SAFE: "mended by --fix",
    Applicability.UNSAFE: "mended by --fix --unsafe-fixes, to be looked at",
    Applicability.DISPLAY: "to be mended by hand",
}


def position(place: Place) -> str:
    """`row:column`, and the cell in front of it where there are cells."""
    cell = "" if place.cell is None else f"cell {place.cell}:"
    return f"{cell}{place.row}:{place.column}"


def location(place: Place) -> str:
    """A place as editors open it."""
    return f"{place.path}:{position(place)}"


def one_line(finding: Finding) -> str:
    """A finding with its place."""
    return f"{location(finding.place)}: {finding.code} {finding.message}"


def numbered_trace(finding: Finding) -> list[str]:
    """The trace, a line a step."""
    return [
        f"{number}. {location(step.place)} {step.message}"
        for number, step in enumerate(finding.trace, 1)
    ]


def telling_steps(finding: Finding) -> list[tuple[int, Step] | int]:
    """The numbered steps of a trace that are worth a line, and how many are left out between.

    Of a long trace these are the first, the last, the finding's own place and what follows it, and
    where the way turns to another file.
    """
    numbered = list(enumerate(finding.trace, 1))
    if len(numbered) <= LONGEST_TRACE:
        return list(numbered)
    kept = _turning_points(finding)
    shown: list[tuple[int, Step] | int] = []
    for number, step in numbered:
        if number in kept:
            shown.append((number, step))
        elif shown and isinstance(shown[-1], int):
            shown[-1] += 1
        else:
            shown.append(1)
    return shown


def _turning_points(finding: Finding) -> set[int]:
    """The numbers of the steps to show, at most as many as a short trace has."""
    trace = finding.trace
    last = len(trace)
    kept = {1, last}
    own = next((n for n, step in enumerate(trace, 1) if step.place == finding.place), 1)
    main = [n for n, step in enumerate(trace, 1) if not step.message.startswith(ALSO)]
    turns = (
        number
        for before, number in pairwise(main)
        if trace[number - 1].place.path != trace[before - 1].place.path
    )
    for number in (own, own + 1, *turns):
        if len(kept) < LONGEST_TRACE - 1:
            kept.add(min(number, last))
    return kept


def other_places(finding: Finding) -> list[str]:
    """The first places that lead to the same cause, a line each, and how many more there are."""
    shown = [f"{location(each.place)}{_who(each)}" for each in finding.related[:MOST_PLACES]]
    more = len(finding.related) - len(shown)
    return [*shown, f"and {more} more: --output-format json has all"] if more else shown


def _who(finding: Finding) -> str:
    return f" in {finding.reach.who}" if finding.reach is not None else ""


def details(finding: Finding) -> list[str]:
    """What follows the message in formats that hold plain text: the trace, then advice."""
    also = [f"also: {line}" for line in other_places(finding)]
    return [*numbered_trace(finding), *also, *advice(finding)]


def short_details(finding: Finding) -> list[str]:
    """The same with the steps that are worth a line."""
    steps = [
        f"… {plural(each, 'step')} more"
        if isinstance(each, int)
        else f"{each[0]}. {location(each[1].place)} {each[1].message}"
        for each in telling_steps(finding)
    ]
    also = [f"also: {line}" for line in other_places(finding)]
    return [*steps, *also, *advice(finding)]


def advice(finding: Finding) -> list[str]:
    """The help, and the fix with how it is had."""
    lines = [f"help: {finding.help}"] if finding.help else []
    return [*lines, f"fix: {fix_line(finding.fix)}"] if finding.fix is not None else lines


def fix_line(fix: Fix) -> str:
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


def legend(report: Report, context: Context) -> list[str]:
    """What the marks of fixes in a list stand for, of those that are in it."""
    if context.quiet:
        return []
    met = {finding.fix.applicability for finding in report.findings if finding.fix is not None}
    told = [f"{mark} {_MEANINGS[how]}" for how, mark in _FIX_MARKS.items() if how in met]
    return [f"{'; '.join(told)}."] if told else []
