"""What nodes and routers write in vain: lost changes, unknown keys, doubled items, trims."""

from __future__ import annotations

import pytest

from lg_lint.model.graph_analysis.doubled_items import (
    doubled_by_subgraphs,
    doubled_channels,
    drops_out,
)
from lg_lint.model.graph_analysis.growth_bounds import ineffective_trims
from lg_lint.model.graph_analysis.lost_mutations import (
    LossKind,
    NodeLosses,
    lost_in_nodes,
    lost_in_routers,
    return_without,
)
from lg_lint.model.graph_analysis.unknown_keys import unknown_keys
from lg_lint.model.project import Project, nodes_running

from .programs import project_of

HEAD = """
import operator
from typing import Annotated, TypedDict
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from pydantic import BaseModel

class State(TypedDict):
    question: str
    answer: str
    notes: list[str]
    log: Annotated[list[str], operator.add]
    turns: Annotated[int, operator.add]
    messages: Annotated[list, add_messages]

class Model(BaseModel):
    answer: str
    notes: list[str]
"""


def graph_with(node: str, *, state: str = "State", saver: str = "", more: str = "") -> Project:
    """A graph of one node "work", written as a whole function of that name."""
    return project_of(
        HEAD,
        node,
        f"builder = StateGraph({state})",
        'builder.add_node("work", work)',
        'builder.add_edge(START, "work")',
        more or 'builder.add_edge("work", END)',
        f"graph = builder.compile({saver})",
    )


def lost(project: Project) -> list[NodeLosses]:
    return list(lost_in_nodes(project.program, project.graphs[0]))


class TestLostMutations:
    def test_a_key_set_on_the_copy(self) -> None:
        node = """
        def work(state: State) -> dict:
            state["answer"] = "x"
            state["question"] = "y"
            return {"log": []}
        """
        (found,) = lost(graph_with(node))
        assert found.kind is LossKind.REBOUND
        assert [loss.channel.key for loss in found.losses] == ["answer", "question"]
        statement = return_without(found.function, found.losses[0].mutation)
        assert statement is not None
        assert statement in found.function.returns

    @pytest.mark.parametrize(
        "body",
        [
            'state["answer"] = "x"\n    return {"answer": state["answer"]}',
            'state["answer"] = "x"\n    return {"log": [state["answer"]]}',
            'state["answer"] = "x"\n    return unknown(state)',
        ],
    )
    def test_what_is_returned_or_used_is_not_lost(self, body: str) -> None:
        head = "from elsewhere import unknown\n"
        assert lost(graph_with(f"{head}def work(state: State) -> dict:\n    {body}\n")) == []

    def test_a_change_in_place_counts_by_what_keeps_it(self) -> None:
        node = """
        def work(state: State) -> dict:
            state["notes"].append("x")
            return {"answer": "y"}
        """
        assert lost(graph_with(node)) == []
        (unsaved,) = lost(graph_with(node, saver="checkpointer=InMemorySaver()"))
        assert unsaved.kind is LossKind.UNSAVED
        model = node.replace("State", "Model").replace('state["notes"]', "state.notes")
        (own_copy,) = lost(graph_with(model, state="Model"))
        assert own_copy.kind is LossKind.OWN_COPY

    def test_a_router_writes_in_vain(self) -> None:
        node = """
        def work(state: State) -> dict:
            return {"answer": "y"}

        def route(state: State) -> str:
            state["answer"] = "x"
            return END
        """
        project = graph_with(node, more='builder.add_conditional_edges("work", route)')
        (found,) = lost_in_routers(project.program, project.graphs[0])
        assert found.router.source == "work"
        assert [item.key for item in found.mutations] == ["answer"]


class TestUnknownKeys:
    def test_the_keys_of_one_return_stand_together(self) -> None:
        node = """
        def work(state: State) -> dict:
            if state["question"]:
                return {"anser": "x", "note": "y"}
            return {"anser": "z", "log": []}
        """
        project = graph_with(node)
        (found,) = unknown_keys(project)
        assert [key.name for key in found.keys] == ["anser", "note", "anser"]
        assert "answer" in found.near
        assert "log" not in found.near
        function = found.keys[0].function
        assert [where.name for _, where in nodes_running(project, function)] == ["work"]

    def test_a_schema_that_takes_all_has_none(self) -> None:
        node = 'def work(state: dict) -> dict:\n    return {"anser": "x"}\n'
        assert list(unknown_keys(graph_with(node, state="dict"))) == []


class TestDoubledItems:
    @pytest.mark.parametrize(
        ("value", "exact"),
        [
            ('state["log"] + ["x"]', True),
            ('state["log"] + state["notes"]', False),
            ('state["notes"] + ["x"] + state["log"]', False),
            ('[*state["log"], "x"]', False),
        ],
    )
    def test_the_old_list_goes_back(self, value: str, exact: bool) -> None:
        node = f'def work(state: State) -> dict:\n    return {{"log": {value}}}\n'
        project = graph_with(node)
        ((found,),) = doubled_channels(project.program, project.graphs[0])
        assert found.channel.key == "log"
        assert not found.is_sum
        assert drops_out(found) is exact

    def test_keys_of_one_place_stand_together(self) -> None:
        node = "def work(state: State) -> dict:\n    return state\n"
        project = graph_with(node)
        (found,) = doubled_channels(project.program, project.graphs[0])
        assert [(each.channel.key, each.is_sum) for each in found] == [
            ("log", False),
            ("turns", True),
        ]

    def test_only_new_items_double_nothing(self) -> None:
        node = 'def work(state: State) -> dict:\n    return {"log": ["x"]}\n'
        project = graph_with(node)
        assert doubled_channels(project.program, project.graphs[0]) == []

    def test_a_subgraph_gives_back_what_it_got(self) -> None:
        node = """
        def work(state: State) -> dict:
            return {"log": ["x"]}

        inner_builder = StateGraph(State)
        inner_builder.add_node("inside", work)
        inner = inner_builder.compile()
        """
        more = 'builder.add_node("inner", inner)\nbuilder.add_edge("work", "inner")'
        project = graph_with(node, more=more)
        outer = next(graph for graph in project.graphs if "inner" in graph.nodes)
        (found,) = doubled_by_subgraphs(project.program, outer)
        assert (found.node.name, found.by_thread) == ("inner", False)
        assert [channel.key for channel in found.channels] == ["log"]


@pytest.mark.parametrize(
    ("value", "count"),
    [('state["messages"][-5:]', 1), ("[new]", 0), ('[*state["messages"], new]', 0)],
)
def test_a_shorter_list_of_messages_trims_nothing(value: str, count: int) -> None:
    node = f'new = "x"\ndef work(state: State) -> dict:\n    return {{"messages": {value}}}\n'
    project = graph_with(node)
    found = list(ineffective_trims(project.program, project.graphs[0]))
    assert [channel.key for channel, _ in found] == ["messages"] * count
