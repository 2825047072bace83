"""What a part of a run may take: it is ended where it wants more, wherever it is."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from lg_lint.base.budget import Budget, GaveUp, whole, within
from lg_lint.model.project import Project
from lg_lint.rules import registry
from lg_lint.rules.rule import Rule
from lg_lint.run.check import lint
from lg_lint.run.report import Report
from lg_lint.settings import Settings

MUCH = 1 << 40


def compute(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def for_ever() -> None:
    while True:
        pass


def test_a_part_that_takes_too_long_is_ended():
    with pytest.raises(GaveUp, match=r"0\.2 s of processor time"), within(Budget(0.2, MUCH)):
        for_ever()


def test_a_part_that_takes_too_much_memory_is_ended():
    def hoard() -> None:
        held = []
        while True:
            held.append(bytes(range(256)) * 4_000)

    with pytest.raises(GaveUp, match="20 MB of memory"), within(Budget(60, 20_000_000)):
        hoard()


def test_no_handler_of_exceptions_hides_it():
    def stubborn() -> None:
        while True:
            with contextlib.suppress(Exception):
                for_ever()

    with pytest.raises(GaveUp), within(Budget(0.2, MUCH)):
        stubborn()


def test_waiting_costs_nothing():
    with within(Budget(0.2, MUCH)):
        time.sleep(0.5)


def test_what_an_inner_part_takes_is_not_the_outer_ones():
    with within(Budget(0.4, MUCH)):
        with pytest.raises(GaveUp), within(Budget(0.6, MUCH)):
            for_ever()
        compute(0.2)


def test_what_is_whole_is_finished_first():
    done = []

    def work() -> None:
        with whole():
            compute(0.6)
            done.append("inside")
        done.append("behind")

    with pytest.raises(GaveUp), within(Budget(0.2, MUCH)):
        work()
    assert done == ["inside"]


def test_after_the_block_nothing_is_ended():
    with within(Budget(0.1, MUCH)):
        pass
    compute(0.3)


# --- a run ----------------------------------------------------------------------------------

APP = """
import time

from fastapi import FastAPI
from langgraph.graph import StateGraph

app = FastAPI()
graph = StateGraph(dict).add_node("a", lambda state: state).compile()


@app.get("/")
async def chat():
    time.sleep(3)
    return graph.invoke({})
"""


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, **settings: object) -> Report:
    """LG101 is checked as usual, LG102 without an end, the others as usual."""
    (folder / "app.py").write_text(APP)
    monkeypatch.chdir(folder)

    def endless(_rule: Rule, project: Project) -> tuple[()]:
        function = next(iter(project.program.modules)).all_functions[-1]
        while function:
            pass
        return ()

    usual = registry._rule

    def chosen(code: str) -> Rule:
        rule = usual(code)
        if code != "LG102":
            return rule
        return replace(rule, check=endless)

    monkeypatch.setattr(registry, "_rule", chosen)
    return lint([folder], Settings(max_time=1, **settings))


def test_a_rule_that_is_given_up_is_told_and_the_others_are_checked(tmp_path, monkeypatch):
    report = run(tmp_path, monkeypatch)
    told = {(finding.code, finding.place.row) for finding in report.findings}
    assert told == {("LG000", 12), ("LG101", 14), ("LG103", 13)}
    (given_up,) = (finding for finding in report.findings if finding.code == "LG000")
    assert given_up.message == "gave up on LG102: it takes more than 1 s of processor time"
    assert report.is_partial


def test_a_rule_that_is_given_up_is_told_where_lg000_is_ignored(tmp_path, monkeypatch):
    report = run(tmp_path, monkeypatch, select=("LG102",), ignore=("LG000",))
    assert not report.findings
    assert report.is_partial
    (problem,) = report.problems
    assert problem.message == "gave up on LG102: it takes more than 1 s of processor time"
