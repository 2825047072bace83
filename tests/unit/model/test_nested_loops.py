"""Where a loop is started on a thread whose loop runs, and where one is asked for that is not there."""

from __future__ import annotations

import pytest

from lg_lint.model.blocking.nested_loops import NestedLoops
from lg_lint.model.project import Project
from model.programs import project_of

HEAD = """
import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict
from fastapi import FastAPI
from langgraph.graph import START, StateGraph
app = FastAPI()
class State(TypedDict, total=False):
    question: str
async def look_up(text):
    return text
"""
GRAPH = """
graph = StateGraph(State).add_node("answer", answer).add_edge(START, "answer").compile()
@app.get("/chat")
async def chat(question: str):
    return await graph.ainvoke({"question": question})
"""


def started(project: Project) -> list[tuple[str, str]]:
    """The function of each place, and what its paths end in."""
    loops = NestedLoops(project)
    return [
        (place.frame.function.name, loops.name_at_end_of(chain))
        for place in (*loops.places(), *loops.loopless())
        for chain in place.chains
    ]


NODE = "async def answer(state: State):\n    return helper()\n"


@pytest.mark.parametrize(
    "helper",
    [
        "def helper():\n    return asyncio.run(look_up(''))\n",
        "def helper():\n    return asyncio.get_event_loop().run_until_complete(look_up(''))\n",
        "def helper():\n    with asyncio.Runner() as runner:\n        runner.run(look_up(''))\n",
        "from asyncio import run as go\ndef helper():\n    return go(look_up(''))\n",
        "def helper(flag=None):\n    if flag is None:\n        return asyncio.run(look_up(''))\n",
        "def helper():\n"
        "    if asyncio.get_event_loop().is_running():\n"
        "        return asyncio.run(look_up(''))\n",
        "def helper():\n"
        "    try:\n"
        "        return asyncio.run(look_up(''))\n"
        "    except Exception:\n"
        "        return asyncio.run(look_up(''))\n",
    ],
)
def test_starts_on_the_loop(helper: str) -> None:
    found = started(project_of(HEAD, helper, NODE, GRAPH))
    assert found
    assert {function for function, _ in found} == {"answer"}


@pytest.mark.parametrize(
    "helper",
    [
        "def helper():\n"
        "    with ThreadPoolExecutor() as pool:\n"
        "        return pool.submit(asyncio.run, look_up('')).result()\n",
        "def inner():\n    return asyncio.run(look_up(''))\n"
        "def helper():\n"
        "    with ThreadPoolExecutor() as pool:\n"
        "        return pool.submit(inner).result()\n",
        "def helper(flag=None):\n    if flag is not None:\n        return asyncio.run(look_up(''))\n",
        "def helper():\n"
        "    if not asyncio.get_event_loop().is_running():\n"
        "        return asyncio.run(look_up(''))\n",
        "def helper():\n"
        "    loop = None\n"
        "    try:\n"
        "        loop = asyncio.get_running_loop()\n"
        "    except RuntimeError:\n"
        "        pass\n"
        "    return asyncio.run(look_up('')) if loop is None else None\n",
        "def helper():\n"
        "    try:\n"
        "        asyncio.get_running_loop()\n"
        "        return None\n"
        "    except RuntimeError:\n"
        "        pass\n"
        "    return asyncio.run(look_up(''))\n",
        "import trio\ndef helper():\n    return trio.run(look_up, '')\n",
    ],
)
def test_what_does_not_start_on_the_loop(helper: str) -> None:
    assert started(project_of(HEAD, helper, NODE, GRAPH)) == []


def test_a_thread_has_no_loop() -> None:
    node = (
        "def answer(state: State):\n"
        "    return asyncio.get_event_loop().run_until_complete(look_up(''))\n"
    )
    assert started(project_of(HEAD, node, GRAPH)) == [("answer", "asyncio.get_event_loop")]


def test_a_thread_that_is_not_one_of_a_loop() -> None:
    node = "def answer(state: State):\n    return asyncio.get_event_loop()\n"
    run = GRAPH.replace("await graph.ainvoke", "graph.invoke").replace("async def", "def")
    assert started(project_of(HEAD, node, run)) == []


def test_a_program_of_its_own_without_a_graph_is_left_alone() -> None:
    assert started(project_of(HEAD, "async def main():\n    asyncio.run(look_up(''))\n")) == []
