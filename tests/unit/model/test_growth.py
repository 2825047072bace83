"""Which keys of a state grow without end, where, and how surely."""

from __future__ import annotations

import pytest

from lg_lint.model.graph_analysis.growing_channels import ChannelGrowth, growing_channels
from lg_lint.model.graph_analysis.growing_values import ValueGrowth, growing_values
from lg_lint.model.graph_analysis.supersteps import is_left, way_back
from lg_lint.model.langgraph.runs import stream_modes
from lg_lint.model.project import Project

from .programs import project_of

HEAD = """
import operator
from typing import Annotated, TypedDict
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph

class State(TypedDict):
    history: list[str]
    turns: int
    limit: int
    log: Annotated[list[str], operator.add]

def grow(state: State) -> dict:
    return {"history": state["history"] + ["x"]}

def note(state: State) -> dict:
    return {"log": ["x"]}

def count(state: State) -> dict:
    return {"history": state["history"] + ["x"], "turns": state["turns"] + 1}

def begin(state: State) -> dict:
    return {"history": []}

def some(state: State) -> dict:
    if state["turns"]:
        return {"history": []}
    return {"turns": 1}

def again(state: State) -> str:
    return "work" if state["history"] else END

def given(state: State) -> str:
    return "work" if state["turns"] < state["limit"] else END

def seven(state: State) -> str:
    return "work" if state["turns"] < 7 else END

builder = StateGraph(State)
builder.add_edge(START, "work")
"""
SAVER = "graph = builder.compile(checkpointer=InMemorySaver())"
ALONE = "graph = builder.compile()"


def built(node: str, *more: str, end: str = ALONE) -> Project:
    return project_of(HEAD, f'builder.add_node("work", {node})', *more, end)


def values_of(project: Project) -> list[ValueGrowth]:
    return [
        growth
        for growths in growing_values(project.program, project.graphs[0])
        for growth in growths
    ]


def channels_of(project: Project) -> list[ChannelGrowth]:
    return list(growing_channels(project.program, project.graphs[0]))


def router(name: str) -> str:
    return f'builder.add_conditional_edges("work", {name}, ["work", END])'


class TestValues:
    def test_for_one_run_alone_nothing_grows_without_a_cycle(self) -> None:
        assert values_of(built("grow")) == []

    def test_a_durable_thread_keeps_what_grows(self) -> None:
        (growth,) = values_of(built("grow", end=SAVER))
        assert (growth.key, growth.shape, growth.cycle) == ("history", "list", None)
        assert not growth.limited
        assert not growth.doubtful

    def test_a_cycle_lets_it_grow(self) -> None:
        (growth,) = values_of(built("grow", router("again")))
        assert growth.cycle == ["work"]
        assert not growth.limited

    @pytest.mark.parametrize("end", [ALONE, SAVER])
    def test_a_counter_ends_the_cycle(self, end: str) -> None:
        assert [each.cycle for each in values_of(built("count", router("seven"), end=end))] == (
            [] if end == ALONE else [None]
        )

    def test_a_limit_of_the_turn_is_told(self) -> None:
        (growth,) = values_of(built("count", router("given"), end=SAVER))
        assert growth.cycle == ["work"]
        assert growth.limited

    def test_a_node_that_begins_anew_bounds_it(self) -> None:
        more = ('builder.add_node("begin", begin)', 'builder.add_edge("work", "begin")')
        assert values_of(built("grow", *more, end=SAVER)) == []

    def test_a_node_that_may_begin_anew_makes_it_doubtful(self) -> None:
        more = ('builder.add_node("some", some)', 'builder.add_edge("work", "some")')
        (growth,) = values_of(built("grow", *more, end=SAVER))
        assert growth.doubtful


class TestChannels:
    def test_what_nothing_shortens_grows_on_a_thread(self) -> None:
        assert channels_of(built("note")) == []
        (growth,) = channels_of(built("note", end=SAVER))
        assert growth.channel.key == "log"
        assert list(growth.writers) == ["work"]
        assert growth.cycle is None
        assert not growth.of_messages

    def test_a_cycle_lets_it_grow(self) -> None:
        project = built("note", router("again"))
        (growth,) = channels_of(project)
        assert growth.cycle == ["work"]
        assert is_left(project.graphs[0], growth.cycle)
        assert way_back(project.graphs[0], growth.cycle).node is not None


@pytest.mark.parametrize(
    ("call", "modes"),
    [
        ("graph.invoke({})", set()),
        ("graph.stream({})", {"updates"}),
        ('graph.stream({}, stream_mode="values")', {"values"}),
        ('graph.stream({}, stream_mode=["values", "custom"])', {"values", "custom"}),
    ],
)
def test_stream_modes(call: str, modes: set[str]) -> None:
    project = built("note", end=f"{ALONE}\n{call}")
    assert stream_modes(project.program, project.graphs[0]) == modes
