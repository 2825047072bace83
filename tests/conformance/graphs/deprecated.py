"""Forms that still work and that the library warns of."""

# ruff: noqa

from __future__ import annotations

from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import MessageGraph
from langgraph.types import RetryPolicy


class State(TypedDict, total=False):
    text: str


class Narrow(TypedDict):
    word: str


class Out(TypedDict):
    result: str


def node(state: State) -> dict[str, Any]:
    return {"text": "x"}


message_graph = MessageGraph()
message_graph.add_node("answer", lambda messages: [("ai", "hello")])
message_graph.set_entry_point("answer")
message_graph.set_finish_point("answer")
message_graph.compile()

old_keywords = StateGraph(State, input=Narrow, output=Out)
old_keywords.add_node("a", node, retry=RetryPolicy(), input=Narrow)
old_keywords.add_edge(START, "a")
old_keywords.add_edge("a", END)
old_keywords.compile()
