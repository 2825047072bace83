"""Makes text from scanned files harmless to print."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lg_lint.finding import Finding, Place, Step
    from lg_lint.lint import Report

MAX_MESSAGE = 2_000
"""Longer messages are cut: a name may be a megabyte long."""


def visible(text: str) -> str:
    """`text` with every character that does not show itself written as its escape.

    That is control characters (line ends and ANSI sequences), bidi marks and other invisible
    formatting, lone surrogates, and code points that stand for nothing.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def clipped(text: str, limit: int = MAX_MESSAGE) -> str:
    """`text` made visible, and cut where it is longer than `limit`."""
    shown = visible(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def shown_path(path: str, separator: str = os.sep) -> str:
    """`path` made visible, with forward slashes."""
    return visible(path.replace(separator, "/"))


def harmless(report: Report) -> Report:
    """The report with all its paths and messages made visible; sources keep their text."""
    return replace(
        report,
        findings=[_finding(finding) for finding in report.findings],
        unresolved=[
            replace(call, place=_place(call.place), message=clipped(call.message))
            for call in report.unresolved
        ],
        sources={shown_path(path): text for path, text in report.sources.items()},
    )


def _finding(finding: Finding) -> Finding:
    return replace(
        finding,
        message=clipped(finding.message),
        help=clipped(finding.help),
        fix=finding.fix and replace(finding.fix, reason=clipped(finding.fix.reason)),
        place=_place(finding.place),
        trace=tuple(_step(step) for step in finding.trace),
    )


def _step(step: Step) -> Step:
    return replace(step, place=_place(step.place), message=clipped(step.message))


def _place(place: Place) -> Place:
    return replace(place, path=shown_path(place.path))
