"""Searches of the call graph from many states."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.call_graph.execution import CallNode, Execution
from lg_lint.program.call_graph.path_search import Paths, ReverseReachability
from lg_lint.program.store import terminal_name
from model.programs import program_of

TEXT = """
def far():
    mark()

def near():
    far()
    mark()

def ring():
    ring_end()

def ring_end():
    ring()
    far()

def nothing():
    idle()

def idle():
    pass

def start():
    nothing()
    near()
    ring()
"""


def states() -> tuple[Execution, dict[str, CallNode]]:
    program = program_of(TEXT)
    execution = Execution(program)
    (module,) = program.modules
    return execution, {item.name: execution.state_of(item) for item in module.all_functions}


def test_the_shortest_way_to_each_place_from_every_start() -> None:
    execution, state = states()
    asked: list[CallNode] = []

    def marks(current: CallNode) -> list[t.Node]:
        asked.append(current)
        return [s.node for s in current.function.calls if terminal_name(s.node.func) == "mark"]

    paths = Paths(execution, marks)
    ways = {
        name: [[item.function.name for item in chain.states] for chain in paths.chains(first)]
        for name, first in state.items()
    }
    assert ways == {
        "far": [["far"]],
        "near": [["near"], ["near", "far"]],
        "ring": [["ring", "ring_end", "far"]],
        "ring_end": [["ring_end", "far"]],
        "nothing": [],
        "idle": [],
        "start": [["start", "near"], ["start", "near", "far"]],
    }
    assert asked.count(state["idle"]) == 1


def test_a_search_may_be_narrower_than_what_is_known() -> None:
    execution, state = states()
    paths = Paths(
        execution,
        lambda current: [
            s.node for s in current.function.calls if terminal_name(s.node.func) == "mark"
        ],
    )
    not_near = paths.chains(state["start"], follow=lambda _, edge: edge.target is not state["near"])
    assert [[item.function.name for item in chain.states] for chain in not_near] == [
        ["start", "ring", "ring_end", "far"]
    ]


def test_what_leads_to_a_function() -> None:
    execution, state = states()
    above = ReverseReachability(execution, [state["start"], state["nothing"]])
    leading = above.leading_to(state["far"].function)
    assert {item.function.name for item in leading} == {
        "far", "near", "ring", "ring_end", "start",
    }  # fmt: skip
    assert above.leading_to(state["idle"].function) == {
        state[name] for name in ("idle", "nothing", "start")
    }
