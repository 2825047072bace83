"""What LG201 and LG202 say is true of the graph: stored by a saver, streamed by a run."""

from pathlib import Path

import pytest

from fixture_cases import findings_in

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


def said(root: Path, **parts: str) -> dict[str, tuple[str, str]]:
    """By rule: the end of the message, and the help."""
    (root / "app.py").write_text(APP.format(**parts), encoding="utf-8")
    return {
        finding.code: (finding.message.rpartition(": ")[2], finding.help)
        for finding in findings_in(Path())
        if finding.code in ("LG201", "LG202")
    }


@pytest.mark.parametrize(
    ("saver", "runs", "whole", "channel"),
    [
        ("", INVOKE, "each update holds it whole", "every step holds all of it"),
        (SAVER, INVOKE, "each step stores it whole", "every step stores all of it"),
        ("", STREAM, "each update streams it whole", "every `values` chunk carries all of it"),
        ("", "", "each update streams it whole", "every `values` chunk carries all of it"),
        (
            SAVER, f"{INVOKE}\n{STREAM}", "each update streams it whole",
            "every step stores and every `values` chunk carries all of it",
        ),
    ],
)  # fmt: skip
def test_messages_say_what_is_stored_and_streamed(
    saver: str,
    runs: str,
    whole: str,
    channel: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    found = said(tmp_path, saver=saver, runs=runs, **TYPED)
    assert (found["LG201"][0], found["LG202"][0]) == (whole, channel)


@pytest.mark.parametrize(("state", "old"), [(TYPED, "state['{}']"), (MODEL, "state.{}")])
def test_help_spells_the_state_as_its_schema_does(
    state: dict[str, str], old: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = said(tmp_path, saver="", runs="", **state)
    assert f"{old.format('log')}[-20:]" in found["LG201"][1]
    assert f"Overwrite({old.format('notes')}[-20:])" in found["LG202"][1]
