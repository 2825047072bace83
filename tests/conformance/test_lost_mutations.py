"""What LG205 says is lost is lost when the graph runs, and what it leaves alone is not."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from pydantic import BaseModel

CONFIG: Any = {"configurable": {"thread_id": "1"}}


class Plain(TypedDict, total=False):
    notes: list[str]
    count: int


class Adding(TypedDict, total=False):
    notes: Annotated[list[str], operator.add]
    count: int


class Checked(BaseModel):
    notes: list[str] = []
    count: int = 0


class Run:
    """A graph of a node `change` and one that sees what is left of the change."""

    def __init__(self, schema: Any, change: Callable[[Any], dict[str, Any]]) -> None:
        builder = StateGraph(schema)
        builder.add_node("change", change)
        builder.add_node("look", self.look)
        builder.add_edge(START, "change")
        builder.add_edge("change", "look")
        builder.add_edge("look", END)
        self.seen: list[str] = []
        graph: Any = builder.compile(checkpointer=InMemorySaver())
        graph.invoke({"notes": ["old"], "count": 0}, CONFIG)
        self.kept = graph.get_state(CONFIG).values

    def look(self, state: Any) -> dict[str, Any]:
        self.seen = list(state["notes"] if isinstance(state, dict) else state.notes)
        return {"count": 1}


def test_a_key_that_is_set_and_not_returned_is_lost_at_once() -> None:
    def change(state: Any) -> dict[str, Any]:
        state["notes"] = ["new"]
        return {"count": 1}

    run = Run(Plain, change)
    assert run.seen == run.kept["notes"] == ["old"]


@pytest.mark.parametrize("schema", [Plain, Adding])
def test_an_append_in_place_reaches_the_run_but_not_the_checkpoint(schema: Any) -> None:
    def change(state: Any) -> dict[str, Any]:
        state["notes"].append("new")
        return {"count": 1}

    run = Run(schema, change)
    assert run.seen == ["old", "new"]
    assert run.kept["notes"] == ["old"]


def test_an_empty_list_under_a_reducer_keeps_what_was_appended() -> None:
    def change(state: Any) -> dict[str, Any]:
        state["notes"].append("new")
        return {"notes": []}

    assert Run(Adding, change).kept["notes"] == ["old", "new"]


def test_an_append_to_a_pydantic_state_reaches_no_other_node() -> None:
    def change(state: Any) -> dict[str, Any]:
        state.notes.append("new")
        return {"count": 1}

    run = Run(Checked, change)
    assert run.seen == run.kept["notes"] == ["old"]


def test_a_router_writes_to_a_copy() -> None:
    def route(state: Any) -> str:
        state["count"] = 5
        return "answer"

    builder = StateGraph(Plain)
    builder.add_node("plan", lambda state: {"notes": []})
    builder.add_node("answer", lambda state: {"notes": [str(state["count"])]})
    builder.add_edge(START, "plan")
    builder.add_conditional_edges("plan", route, ["answer"])
    builder.add_edge("answer", END)
    graph: Any = builder.compile()
    assert graph.invoke({"count": 0}) == {"count": 0, "notes": ["0"]}
