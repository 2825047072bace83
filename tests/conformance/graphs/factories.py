"""Builders that move between functions, classes and modules."""

# ruff: noqa

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph


class State(TypedDict, total=False):
    text: str


def first(state: State) -> dict[str, Any]:
    return {"text": "1"}


def second(state: State) -> dict[str, Any]:
    return {"text": "2"}


def build() -> CompiledStateGraph:
    builder = StateGraph(State)
    builder.add_node(first)
    builder.add_node("second", second)
    builder.add_edge(START, "first")
    builder.add_edge("first", "second")
    return builder.compile()


build()


def build_with(name: str, function: Callable[[State], dict[str, Any]]) -> CompiledStateGraph:
    builder = StateGraph(State)
    builder.add_node(name, function)
    builder.add_edge(START, name)
    builder.add_edge(name, END)
    return builder.compile()


build_with("only", first)


def empty() -> StateGraph:
    return StateGraph(State)


def add_nodes(builder: StateGraph) -> None:
    builder.add_node("a", first)
    builder.add_node("b", second)


def add_edges(builder: StateGraph) -> StateGraph:
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    return builder


passed_on = empty()
add_nodes(passed_on)
add_edges(passed_on).compile()


class Assistant:
    def __init__(self) -> None:
        self.builder = StateGraph(State)
        self._nodes()
        self._edges()
        self.graph = self.builder.compile()

    def _nodes(self) -> None:
        self.builder.add_node("start", self.begin)
        self.builder.add_node(self.finish)

    def _edges(self) -> None:
        self.builder.add_edge(START, "start")
        self.builder.add_conditional_edges("start", self.route, {"go": "finish", "stop": END})

    def begin(self, state: State) -> dict[str, Any]:
        return {"text": "x"}

    def finish(self, state: State) -> dict[str, Any]:
        return {"text": "y"}

    def route(self, state: State) -> str:
        return "go"


Assistant()


class Base:
    nodes: tuple[str, ...] = ("left", "right")

    def build(self) -> CompiledStateGraph:
        graph = StateGraph(State)
        for name in self.nodes:
            graph.add_node(name, self.work)
            graph.add_edge(START, name)
        return graph.compile()

    def work(self, state: State) -> dict[str, Any]:
        return {}


Base().build()


def make_node(text: str) -> Callable[[State], dict[str, Any]]:
    def made(state: State) -> dict[str, Any]:
        return {"text": text}

    return made


closures = StateGraph(State)
closures.add_node("hello", make_node("hello"))
closures.add_node(make_node("bye"))
closures.add_edge(START, "hello")
closures.add_edge("hello", "made")
closures.compile()


def decorated_node(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(state: State) -> Any:
        return function(state)

    wrapper.__name__ = function.__name__
    return wrapper


def main_graph(with_second: bool = True) -> CompiledStateGraph:
    workflow = StateGraph(State)
    workflow.add_node("first", first)
    if with_second:
        workflow.add_node("second", second)
        workflow.add_edge("first", "second")
    workflow.set_entry_point("first")
    return workflow.compile()


main_graph()
