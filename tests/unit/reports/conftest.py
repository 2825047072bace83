"""Reports made by hand, and what reads them."""

from __future__ import annotations

import os
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import TypeVar

import pytest

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step, Unresolved
from lg_lint.reports.context import Context
from lg_lint.rules.rule import Rule
from lg_lint.run.report import Report

T = TypeVar("T")

ROUTES = """\
from app.run import run_graph


@app.post("/chat")
async def chat(body: Body):
    return run_graph(body.text)
"""
RUN = """\
from app.graph import graph


def run_graph(text):
    greeting = "日本"; result = graph.invoke({"text": text})
    return result
"""
PAGE = """\
A sync graph call on the event loop

## What it does
Reports `graph.stream()`
on the loop.

## Why it cuts the stream
Nothing else runs.
"""


def _rule(code: str, name: str, severity: Severity, hop: Hop, page: str = PAGE) -> Rule:
    return Rule(
        code=code,
        name=name,
        severity=severity,
        hop=hop,
        page=page,
        check=lambda _rule, _project: (),
    )


@pytest.fixture
def context() -> Context:
    return Context(
        rules=(
            _rule("LG000", "unreadable-source", Severity.ERROR, Hop.SOURCE),
            _rule("LG101", "sync-graph-call-on-loop", Severity.ERROR, Hop.GENERATOR),
            _rule("LG301", "missing-anti-buffering-headers", Severity.WARNING, Hop.RESPONSE),
            _rule("LG306", "silent-stream", Severity.INFO, Hop.GENERATOR, "One line only\n"),
        )
    )


def altered(original: T, **changes: object) -> T:
    """A copy with other values."""
    changed = copy(original)
    vars(changed).update(changes)
    return changed


def traced() -> Finding:
    """An error with a trace, after wide letters in its row."""
    call = Place("app/run.py", 5, 31, 5, 59)
    return Finding(
        code="LG101",
        name="sync-graph-call-on-loop",
        message="graph.invoke() blocks the event loop: called from async route chat()",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        hop=Hop.GENERATOR,
        place=call,
        trace=(
            Step(Place("app/routes.py", 5, 1, 6, 32), "async route chat() runs on the event loop"),
            Step(Place("app/routes.py", 6, 12, 6, 32), "calls run_graph()"),
            Step(call, "graph.invoke() runs to its end"),
        ),
        help="use `await graph.ainvoke(...)` and make run_graph() async",
    )


def in_notebook() -> Finding:
    return Finding(
        code="LG301",
        name="missing-anti-buffering-headers",
        message="this stream sends no X-Accel-Buffering: no",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        hop=Hop.RESPONSE,
        place=Place("demo.ipynb", 2, 8, 4, 2, cell=3),
    )


def over_several_rows() -> Finding:
    return Finding(
        code="LG306",
        name="silent-stream",
        message="nothing is sent for as long as the node runs",
        severity=Severity.INFO,
        confidence=Confidence.LOW,
        hop=Hop.GENERATOR,
        place=Place("app/routes.py", 4, 1, 6, 32),
    )


@pytest.fixture
def findings() -> Report:
    return Report(
        findings=[over_several_rows(), traced(), in_notebook()],
        suppressed=2,
        unresolved=[Unresolved(Place("app/run.py", 5, 31, 5, 43), "self.graphs[key].invoke()")],
        files=7,
        sources={
            "app/routes.py": ROUTES,
            "app/run.py": RUN,
            "demo.ipynb:cell 3": "import x\nreturn StreamingResponse(\n    gen()\n)\n",
        },
    )


@pytest.fixture
def clean() -> Report:
    return Report(files=7)


@pytest.fixture
def syntax_error() -> Report:
    return Report(
        findings=[
            Finding(
                code="LG000",
                name="unreadable-source",
                message="not Python: expected ')'",
                severity=Severity.ERROR,
                confidence=Confidence.HIGH,
                hop=Hop.SOURCE,
                place=Place("app/broken.py", 1, 9, 1, 9),
            )
        ],
        files=1,
        sources={"app/broken.py": "def chat(:\n\tpass\n"},
    )


HOSTILE = "%0A::error::x\n::error::y ##[error]z ]]> </script> \x1b[31m \u202e \udcff [a](1) | " + (
    "A" * 1_000_000
)
HOSTILE_PATH = "a%0A::error file=x::b,c:d\n]]><\x1b[2J\u202e\udcff.py"


@pytest.fixture
def hostile() -> Report:
    """Names and messages that try to break out of each format."""
    place = Place(HOSTILE_PATH, 1, 500_001, 1, 500_005)
    step = Step(place, HOSTILE)
    finding = Finding(
        code="LG101",
        name="sync-graph-call-on-loop",
        message=HOSTILE,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        hop=Hop.GENERATOR,
        place=place,
        trace=(step, step),
        help=HOSTILE,
    )
    row = "\x1b[31m" + HOSTILE[15:]
    return Report(
        findings=[finding],
        unresolved=[Unresolved(place, HOSTILE)],
        sources={HOSTILE_PATH: row},
        files=1,
    )


@pytest.fixture
def case(
    request: pytest.FixtureRequest, findings: Report, clean: Report, syntax_error: Report
) -> Report:
    """The report that an indirect parameter names."""
    return {"findings": findings, "none": clean, "syntax-error": syntax_error}[request.param]


@pytest.fixture
def snapshot() -> Callable[[str, str], None]:
    """Compare a text with the stored one of that name; UPDATE_SNAPSHOTS=1 stores it."""

    def check(name: str, text: str) -> None:
        path = Path(__file__).parent / "snapshots" / name
        if os.environ.get("UPDATE_SNAPSHOTS"):
            path.write_text(text, encoding="utf-8", newline="")
        assert path.exists(), f"no {name} yet: UPDATE_SNAPSHOTS=1 pytest stores it, then read it"
        assert text == path.read_bytes().decode("utf-8")

    return check
