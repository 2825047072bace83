"""What LG201 and LG202 say is true of the graph: stored by a saver, streamed by a run."""

from pathlib import Path

import pytest

from fixture_cases import findings_in
from lg_lint.base.finding import Finding, Severity

APP = """
import operator
from typing import Annotated, TypedDict
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

class State({base}):
    notes: Annotated[list[str], operator.add]
    log: list[str]
    answer: str

def work(state: State) -> dict:
    log, answer = {log}, {answer}
    return {{"notes": [answer], "log": log + [answer], "answer": answer}}

def route(state: State) -> str:
    return END if {answer}.endswith("!") else "work"

builder = StateGraph(State)
builder.add_node("work", work)
builder.add_edge(START, "work")
builder.add_conditional_edges("work", route, ["work", END])
graph = builder.compile({saver})
{runs}
"""
TYPED = {"base": "TypedDict", "log": 'state["log"]', "answer": 'state["answer"]'}
MODEL = {"base": "BaseModel", "log": "state.log", "answer": "state.answer"}
SAVER = "checkpointer=InMemorySaver()"
INVOKE = 'graph.invoke({"answer": "x"}, {"configurable": {"thread_id": "1"}})'
STREAM = 'for _ in graph.stream({"answer": "x"}, stream_mode="custom"): ...'
VALUES = 'for _ in graph.stream({"answer": "x"}, stream_mode=["values", "custom"]): ...'
UPDATES = 'for _ in graph.stream({"answer": "x"}): ...'


def said(root: Path, **parts: str) -> dict[str, Finding]:
    (root / "app.py").write_text(APP.format(**parts), encoding="utf-8")
    return {
        finding.code: finding
        for finding in findings_in(Path())
        if finding.code in ("LG201", "LG202")
    }


SENDS = "sends the client more than the one before"
STORES = "stores more than the one before"
HOLDS = "leaves the run with more to hold"
KEPT = "each round of a cycle leaves a run with more to hold"
TURNS = "each turn of a conversation stores more than the one before"


@pytest.mark.parametrize(
    ("saver", "runs", "whole", "channel", "values"),
    [
        ("", INVOKE, HOLDS, KEPT, False),
        (SAVER, INVOKE, STORES, TURNS, False),
        ("", STREAM, HOLDS, KEPT, False),
        ("", "", HOLDS, KEPT, False),
        (SAVER, STREAM, STORES, TURNS, False),
        (SAVER, UPDATES, SENDS, TURNS, False),
        (SAVER, f"{INVOKE}\n{VALUES}", SENDS, TURNS, True),
    ],
)
def test_messages_say_what_is_stored_and_streamed(
    saver: str,
    runs: str,
    whole: str,
    channel: str,
    values: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    found = said(tmp_path, saver=saver, runs=runs, **TYPED)
    first, second = found["LG201"].message, found["LG202"].message
    assert first.startswith(f"each round of its cycle {whole}: the list 'log' grows")
    assert second.startswith(f"{channel}: 'notes' of builder keeps all")
    assert ("`values` chunk" in second) == values


@pytest.mark.parametrize("runs", [INVOKE, STREAM, UPDATES, VALUES])
def test_without_a_saver_nothing_is_worse_than_with_one(
    runs: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    severities = {
        saver: said(tmp_path, saver=saver, runs=runs, **TYPED)["LG202"].severity
        for saver in ("", SAVER)
    }
    assert severities == {"": Severity.INFO, SAVER: Severity.WARNING}


@pytest.mark.parametrize(("state", "old"), [(TYPED, "state['{}']"), (MODEL, "state.{}")])
def test_help_spells_the_state_as_its_schema_does(
    state: dict[str, str], old: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = said(tmp_path, saver="", runs="", **state)
    assert f"{old.format('log')}[-20:]" in found["LG201"].help
    assert f"Overwrite({old.format('notes')}[-20:])" in found["LG202"].help


DOUBLED = """
import operator
from typing import Annotated, TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict):
    notes: Annotated[list[str], operator.add]
    sources: Annotated[list[str], operator.add]
    count: Annotated[int, operator.add]

def work(state: State) -> dict:
    return {spread}

graph = StateGraph(State).add_node(work).add_edge(START, "work").compile()
"""


@pytest.mark.parametrize(
    ("spread", "said"),
    [
        ("{**state, 'notes': [], 'count': 0}", "old items of 'sources' stand twice after"),
        ("{**state, 'count': 0}", "old items of 'notes' and 'sources' stand twice after"),
        ("{**state, 'notes': [], 'sources': []}", "'count' counts its old value twice after"),
        ("state", "old items of 'notes' and 'sources' stand twice and 'count' counts"),
    ],
)
def test_each_key_that_a_place_doubles_is_named(
    spread: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").write_text(DOUBLED.replace("{spread}", spread), encoding="utf-8")
    (found,) = [each for each in findings_in(Path()) if each.code == "LG203"]
    assert found.message.startswith(said)
    keys = [key for key in ("notes", "sources", "count") if f"{key!r}" in found.message]
    assert [step.message.split()[1].strip(",") for step in found.trace[-1 - len(keys) : -1]] == keys
