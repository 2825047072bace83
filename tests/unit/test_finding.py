"""Findings that say the same are one."""

from __future__ import annotations

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step, distinct


def place(row: int) -> Place:
    return Place("app.py", row, 1, row, 5)


def finding(
    message: str, sink: int, *, row: int = 1, confidence: Confidence = Confidence.HIGH
) -> Finding:
    trace = (Step(place(sink), "sink"),)
    return Finding(
        "LG000", "name", message, Severity.ERROR, confidence, Hop.NODE, place(row), trace
    )


def test_one_sink_is_told_of_once() -> None:
    assert distinct([finding("a", 9), finding("b", 9)]) == [finding("a", 9)]


def test_one_message_is_told_once() -> None:
    assert distinct([finding("a", 8), finding("a", 9)]) == [finding("a", 8)]


def test_the_surest_is_kept() -> None:
    less = finding("a", 8, confidence=Confidence.MEDIUM)
    assert distinct([less, finding("a", 9)]) == [finding("a", 9)]


def test_other_places_and_messages_are_others() -> None:
    given = [finding("a", 8), finding("b", 9), finding("a", 8, row=2)]
    assert distinct(given) == given
