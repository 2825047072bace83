"""Long traces and many places: all of them in the data, the telling ones in print."""

from __future__ import annotations

import json
import re

import pytest

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.reports import render
from lg_lint.reports.context import Context
from lg_lint.run.report import Report


def place(path: str, row: int) -> Place:
    return Place(path, row, 1, row, 5)


def finding(steps: int, *related: Finding) -> Finding:
    """One that goes through a file of its own after every fourth step."""
    trace = tuple(Step(place(f"f{row // 4}.py", row), f"step {row}") for row in range(1, steps + 1))
    return Finding(
        "LG103", "name", "message", Severity.WARNING, Confidence.HIGH, Hop.NODE, trace[1].place,
        trace, related=related,
    )  # fmt: skip


def shown(format_name: str, *findings: Finding) -> str:
    return render(format_name, Report(list(findings)), Context())


@pytest.mark.parametrize("format_name", ["full", "agent", "github"])
def test_a_long_trace_is_shortened_in_print(format_name: str) -> None:
    told = shown(format_name, finding(30))
    steps = [int(number) for number in re.findall(r"step (\d+)", told)]
    assert len(steps) <= 10
    assert {1, 2, 3, 4, 8, 30} <= set(steps)
    left_out = sum(int(count) for count in re.findall(r"(\d+) steps? more", told))
    assert len(steps) + left_out == 30


@pytest.mark.parametrize(
    "format_name", ["json", "json-lines", "sarif", "rdjson", "gitlab", "junit"]
)
def test_data_has_every_step(format_name: str) -> None:
    told = shown(format_name, finding(30))
    assert len(set(re.findall(r"step (\d+)", told))) == 30


def test_a_short_trace_is_whole() -> None:
    assert len(re.findall(r"step \d+", shown("full", finding(10)))) == 10


def test_three_of_many_places_are_printed() -> None:
    others = [finding(2) for _ in range(7)]
    told = shown("full", finding(2, *others))
    assert told.count("\n    f0.py:2:1") == 3
    assert "and 4 more" in told
    (record,) = json.loads(shown("json", finding(2, *others)))
    assert len(record["related"]) == 7
