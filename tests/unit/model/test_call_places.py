"""The calls that lead to a sync run or a sleep, and the frames of an event loop that they stand in."""

from __future__ import annotations

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.blocking.call_places import CallPlace, hands_on, needs_failure
from lg_lint.model.blocking.graph_sleeps import GraphSleeps
from lg_lint.model.blocking.loop_frames import frames_on_loop
from lg_lint.model.blocking.sync_runs import SyncRuns
from lg_lint.model.project import Project
from model.programs import program_of

HEAD = """
import time
from typing import TypedDict
from fastapi import FastAPI
from langgraph.graph import START, StateGraph
app = FastAPI()
class State(TypedDict, total=False):
    question: str
"""
GRAPH = """
def answer(state: State) -> dict:
    return {}
graph = StateGraph(State).add_node(answer).add_edge(START, "answer").compile()
"""


def project_of(text: str) -> Project:
    return build.project(program_of(HEAD + text))[0]


def told(places: list[CallPlace]) -> list[tuple[str, int, int]]:
    """The function and row of each place, below the head, and how many paths go on from it."""
    start = HEAD.count("\n")
    return [
        (place.frame.function.name, place.site.span[0] - start, len(place.chains))
        for place in places
    ]


def test_frames_on_the_loop() -> None:
    project = project_of(
        """
def helper():
    pass
async def inner():
    helper()
@app.get("/a")
async def a():
    await inner()
@app.get("/b")
def b():
    pass
@app.on_event("startup")
async def start():
    pass
"""
    )
    roots = list(frames_on_loop(project.execution, project.entries))
    assert {root.frame.function.name for root in roots} == {"a", "inner"}
    (inner,) = (root for root in roots if root.frame.function.name == "inner")
    assert inner.entry.ref.function.name == "a"
    assert [edge.target.function.name for edge in inner.before] == ["inner"]


def test_sync_runs_are_found_at_the_call_in_the_frame() -> None:
    project = project_of(
        GRAPH
        + """
def ask(q):
    graph.invoke(q)
    return graph.invoke(q)
@app.get("/a")
async def a(q: str):
    ask(q)
    graph.invoke(q)
@app.get("/b")
def b(q: str):
    return graph.invoke(q)
"""
    )
    runs = SyncRuns(project, lambda run: True)
    places = list(runs.places())
    assert sorted(told(places)) == [("a", 11, 2), ("a", 12, 1)]
    assert all(runs.at_end_of(chain).method == "invoke" for each in places for chain in each.chains)
    assert list(SyncRuns(project, lambda run: False).places()) == []


def test_a_method_that_is_handed_on_is_of_its_graph() -> None:
    project = project_of(
        GRAPH
        + """
def call(run, q):
    return run(q)
@app.get("/a")
async def a(q: str):
    return call(graph.invoke, q)
"""
    )
    runs = SyncRuns(project, lambda run: True)
    (place,) = runs.places()
    assert runs.at_end_of(place.chains[0]).graphs == project.graphs
    assert list(runs.places_of_graphs()) == [place]


def test_the_worst_path_comes_first() -> None:
    project = project_of(
        GRAPH
        + """
def ask(q):
    try:
        return q()
    except ValueError:
        return graph.stream_state(q) if q else graph.get_state(q)
    finally:
        graph.invoke(q)
@app.get("/a")
async def a(q: str):
    ask(q)
"""
    )
    runs = SyncRuns(project, lambda run: True)
    (place,) = runs.places()

    def method(weight: int) -> str:
        ranked = place.ranked(lambda chain: weight * (runs.at_end_of(chain).method == "invoke"))
        return runs.at_end_of(ranked[0]).method

    assert method(1) == "get_state"
    assert method(-1) == "invoke"
    failing = {runs.at_end_of(chain).method: needs_failure(chain) for chain in place.chains}
    assert failing == {"get_state": True, "invoke": False}


@pytest.mark.parametrize(("call", "expected"), [("ask(q)", False), ("list(map(ask, [q]))", True)])
def test_what_hands_a_function_on(call: str, expected: bool) -> None:
    project = project_of(
        GRAPH
        + f"""
def ask(q):
    return graph.invoke(q)
@app.get("/a")
async def a(q: str):
    {call}
"""
    )
    (place,) = SyncRuns(project, lambda run: True).places()
    assert hands_on(project.program, place.chains[0]) is expected


SLEEPS = """
{body}
graph = StateGraph(State).add_node(answer).add_edge(START, "answer").compile()
"""


@pytest.mark.parametrize(
    ("body", "place", "seconds"),
    [
        ("def answer(state):\n    time.sleep(2)", ("answer", 3, 1), 2),
        ("def answer(state):\n    time.sleep(state['n'])", ("answer", 3, 1), None),
        (
            "def rest(seconds):\n    time.sleep(seconds)\n"
            "def answer(state):\n    rest(1)\n    rest(3)",
            ("answer", 5, 1),
            3,
        ),
        (
            "async def rest():\n    time.sleep(1)\nasync def answer(state):\n    await rest()",
            ("rest", 3, 1),
            1,
        ),
    ],
)
def test_sleeps_of_a_graph(body: str, place: tuple[str, int, int], seconds: float | None) -> None:
    sleeps = GraphSleeps(project_of(SLEEPS.format(body=body)))
    places = list(sleeps.places())
    assert told(places[:1]) == [place]
    assert sleeps.longest(places[0].chains) == seconds


def test_sleeps_where_gevent_is_patched_in() -> None:
    body = "from gevent import monkey\nmonkey.patch_all()\ndef answer(state):\n    time.sleep(2)"
    assert list(GraphSleeps(project_of(SLEEPS.format(body=body))).places()) == []
