"""What a graph's wiring loses: routes, values, nodes, pauses; and what it runs or writes twice."""

from __future__ import annotations

import pytest

from lg_lint.model.graph_analysis.double_routes import double_routes
from lg_lint.model.graph_analysis.lost_routes import has_lost_route, lost_routes
from lg_lint.model.graph_analysis.parallel_writes import repeated_nodes, writing_pairs
from lg_lint.model.graph_analysis.pauses import keeps_nothing, may_pause, pauses
from lg_lint.model.graph_analysis.unmapped_values import unmapped_values
from lg_lint.model.graph_analysis.unreached_nodes import unreached_nodes
from lg_lint.model.langgraph.unawaited_results import unawaited_results
from lg_lint.model.project import Project
from lg_lint.program.values import FunctionRef

from .programs import project_of

HEAD = """
import operator
from typing import Annotated, TypedDict
from langchain.agents import create_agent
from langchain.agents.middleware import HumanInTheLoopMiddleware
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, Send, interrupt

class State(TypedDict):
    text: str
    other: str
    log: Annotated[list[str], operator.add]

def first(state: State) -> dict:
    return {"text": "x", "other": "y"}

def second(state: State) -> dict:
    return {"text": "z"}

def third(state: State) -> dict:
    if state["log"]:
        return {"other": "z"}
    return {"log": ["x"]}

def asking(state: State) -> dict:
    return {"text": interrupt("go on?")}

def swallowing(state: State) -> dict:
    try:
        return {"text": interrupt("go on?")}
    except Exception:
        return {}

builder = StateGraph(State)
builder.add_node("first", first)
builder.add_node("second", second)
builder.add_edge(START, "first")
"""


def graph_of(*lines: str, end: str = "graph = builder.compile()") -> Project:
    return project_of(HEAD, *lines, end)


def routing(value: str, targets: str = "") -> tuple[str, str]:
    given = f", {targets}" if targets else ""
    return (
        f"def route(state: State):\n    return {value}\n",
        f'builder.add_conditional_edges("first", route{given})',
    )


class TestRoutes:
    @pytest.mark.parametrize(
        ("value", "lost"),
        [
            ('"third"', ["third"]),
            ('"second"', []),
            ("END", []),
            ('Send("third", state)', ["third"]),
        ],
    )
    def test_lost_routes(self, value: str, lost: list[str]) -> None:
        project = graph_of(*routing(value))
        found = lost_routes(project, project.graphs[0])
        assert [route.result.value for route in found] == lost
        assert has_lost_route(project.graphs[0]) is bool(lost)

    def test_values_that_the_map_lacks(self) -> None:
        value = '"again" if state["text"] else "done"'
        project = graph_of(*routing(value, '{"done": END}'))
        found = [[gap.result.value for gap in gaps] for gaps in unmapped_values(project)]
        assert found == [["again"]]

    def test_a_router_without_a_return_gives_none(self) -> None:
        route = 'def route(state: State):\n    if state["text"]:\n        return "done"\n'
        edges = 'builder.add_conditional_edges("first", route, {"done": END})'
        found = [
            [gap.result.value for gap in gaps] for gaps in unmapped_values(graph_of(route, edges))
        ]
        assert found == [[None]]

    def test_a_plain_edge_beside_a_router(self) -> None:
        lines = (*routing('"second"', '["second"]'), 'builder.add_node("third", third)')
        beside = graph_of(*lines, 'builder.add_edge("first", "third")').graphs[0]
        assert [edge.target for edge, _ in double_routes(beside)] == ["third"]
        to_end = graph_of(*lines, 'builder.add_edge("first", END)').graphs[0]
        assert list(double_routes(to_end)) == []


class TestUnreachedNodes:
    def test_those_behind_stand_with_the_first(self) -> None:
        lines = ('builder.add_node("third", third)', 'builder.add_edge("second", "third")')
        (found,) = unreached_nodes(graph_of(*lines).graphs[0])
        assert (found.name, found.before, found.behind) == ("second", [], ["third"])

    def test_a_lost_route_is_the_reason(self) -> None:
        assert list(unreached_nodes(graph_of(*routing('"secnd"')).graphs[0])) == []

    def test_a_reached_node_is_none(self) -> None:
        assert (
            list(unreached_nodes(graph_of('builder.add_edge("first", "second")').graphs[0])) == []
        )


class TestParallelWrites:
    def test_two_nodes_of_one_step(self) -> None:
        project = graph_of('builder.add_edge(START, "second")')
        ((pair,),) = writing_pairs(project.program, project.graphs[0])
        assert pair.names == ("first", "second")
        assert {key: [write.always for write in pair.writes[key]] for key in pair.writes} == {
            "text": [True, True]
        }

    def test_pairs_with_a_key_in_common_are_one_group(self) -> None:
        fourth = ('builder.add_node("fourth", second)', 'builder.add_edge(START, "fourth")')
        project = graph_of('builder.add_edge(START, "second")', *fourth)
        (group,) = writing_pairs(project.program, project.graphs[0])
        assert [pair.names for pair in group] == [("first", "second"), ("first", "fourth")]

    def test_pairs_of_other_keys_are_another_group(self) -> None:
        third = ('builder.add_node("third", third)', 'builder.add_edge(START, "third")')
        project = graph_of('builder.add_edge(START, "second")', *third)
        groups = writing_pairs(project.program, project.graphs[0])
        names = [[(pair.names, list(pair.writes)) for pair in group] for group in groups]
        assert names == [[(("first", "second"), ["text"])], [(("first", "third"), ["other"])]]
        assert not groups[1][0].writes["other"][1].always

    def test_one_after_the_other_write_in_turn(self) -> None:
        project = graph_of('builder.add_edge("first", "second")')
        assert writing_pairs(project.program, project.graphs[0]) == []

    def test_several_sends(self) -> None:
        sends = '[Send("second", item) for item in state["log"]]'
        project = graph_of(*routing(sends, '["second"]'))
        (found,) = repeated_nodes(project.program, project.graphs[0])
        assert (found.edge.kind, found.edge.target) == ("send", "second")
        assert list(found.writes) == ["text"]


class TestPauses:
    @pytest.mark.parametrize(
        ("lines", "end", "whats"),
        [
            (['builder.add_node("asking", asking)'], "graph = builder.compile()", ["interrupt()"]),
            (['builder.add_node("asking", swallowing)'], "graph = builder.compile()", []),
            ([], 'graph = builder.compile(interrupt_before=["second"])', ["interrupt_before"]),
            ([], "graph = builder.compile(interrupt_before=[])", []),
        ],
    )
    def test_what_pauses(self, lines: list[str], end: str, whats: list[str]) -> None:
        assert [pause.what for pause in pauses(graph_of(*lines, end=end))] == whats

    def test_middleware_pauses_an_agent(self) -> None:
        agent = (
            'agent = create_agent("gpt", middleware=[HumanInTheLoopMiddleware(interrupt_on={})])'
        )
        assert [pause.what for pause in pauses(graph_of(end=agent))] == ["HumanInTheLoopMiddleware"]

    @pytest.mark.parametrize(
        ("saver", "nothing"), [("", True), ("checkpointer=InMemorySaver()", False)]
    )
    def test_what_is_kept(self, saver: str, nothing: bool) -> None:
        end = f"graph = builder.compile({saver})\ngraph.invoke({{}})"
        project = graph_of('builder.add_node("asking", asking)', end=end)
        assert keeps_nothing(project, project.graphs[0]) is nothing
        assert may_pause(project, project.graphs[0])

    def test_a_graph_without_interrupts_never_pauses(self) -> None:
        project = graph_of()
        assert not may_pause(project, project.graphs[0])


@pytest.mark.parametrize(
    ("node", "count"),
    [
        ("lambda state: work(state)", 1),
        ("lambda state: work(state) if state else plain(state)", 1),
        ("lambda state: plain(state)", 0),
        ("lambda state: unknown(state)", 0),
        ("lambda state: either(state)", 0),
        ("work", 0),
    ],
)
def test_results_that_nothing_awaits(node: str, count: int) -> None:
    functions = """
    from elsewhere import unknown
    async def work(state): return {}
    def plain(state): return {}
    either = work if unknown() else plain
    """
    project = graph_of(functions, f'builder.add_node("it", {node})')
    (value,) = project.graphs[0].nodes["it"].values
    assert isinstance(value, FunctionRef)
    assert len(list(unawaited_results(project.program, value))) == count
