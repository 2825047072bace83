"""Where calls wait, which of them are mended together, and which hold a loop that serves others."""

from __future__ import annotations

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.blocking.loop_frames import frames_on_loop
from lg_lint.model.blocking.served_waits import served_waits
from lg_lint.model.blocking.wait_groups import groups, others
from lg_lint.model.blocking.waits import Waits
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallNode
from model.programs import program_of

HEAD = """
import sqlite3
import requests
from fastapi import FastAPI
app = FastAPI()
"""


def project_of(text: str) -> Project:
    return build.project(program_of(HEAD + text))[0]


def frame_of(project: Project, name: str) -> CallNode:
    found = [
        root.frame
        for root in frames_on_loop(project.execution, project.entries)
        if root.frame.function.name == name
    ]
    assert len(found) == 1
    return found[0]


def ends(project: Project, name: str) -> list[list[int]]:
    """The rows of what a frame waits for, below the head, group by group."""
    start = HEAD.count("\n")
    return [
        [chain.sink.span[0] - start for chain in group]
        for group in groups(Waits(project), frame_of(project, name))
    ]


ON_ONE = """
@app.get("/a")
async def a(q: str):
    connection = sqlite3.connect("a.db")
    connection.execute(q)
    connection.execute(q)
"""
ON_TWO = """
@app.get("/a")
async def a(q: str):
    one = sqlite3.connect("a.db")
    two = sqlite3.connect("b.db")
    one.execute(q)
    two.execute(q)
"""
HANDED_ON = """
def ask(connection, q):
    connection.execute(q)
@app.get("/a")
async def a(q: str):
    connection = sqlite3.connect("a.db")
    connection.execute(q)
    ask(connection, q)
"""
TWO_CALLS = """
@app.get("/a")
async def a(q: str):
    requests.get(q)
    requests.get(q)
"""
THROUGH_ONE_CALL = """
def both(q):
    requests.get(q)
    requests.post(q)
@app.get("/a")
async def a(q: str):
    both(q)
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ON_ONE, [[5, 6]]),
        (ON_TWO, [[6], [7]]),
        (HANDED_ON, [[7, 3]]),
        (TWO_CALLS, [[4], [5]]),
        (THROUGH_ONE_CALL, [[3, 4]]),
    ],
)
def test_what_is_mended_together(text: str, expected: list[list[int]]) -> None:
    assert ends(project_of(text), "a") == expected


@pytest.mark.parametrize(
    "text",
    [
        # kept for the process
        """
connection = None
@app.get("/a")
async def a(q: str):
    global connection
    if connection is None:
        connection = sqlite3.connect("a.db")
""",
        # cannot be come to
        """
@app.get("/a")
async def a(q: str):
    if False:
        requests.get(q)
""",
        # a cache asks once
        """
from functools import cache
@cache
def ask(q):
    return requests.get(q)
@app.get("/a")
async def a(q: str):
    ask(q)
""",
        # nothing is known of it
        """
@app.get("/a")
async def a(q, client):
    client.get(q)
""",
    ],
)
def test_what_is_no_wait(text: str) -> None:
    assert ends(project_of(text), "a") == []


def test_what_is_renewed() -> None:
    project = project_of(
        """
from time import time
class Token:
    until = 0
    def of(self, q):
        if time() > self.until:
            self.until = requests.get(q).json()
token = Token()
@app.get("/a")
async def a(q: str):
    token.of(q)
    requests.post(q)
"""
    )
    waits = Waits(project)
    found = [chain for group in groups(waits, frame_of(project, "a")) for chain in group]
    said = {waits.at_end_of(chain).title: waits.is_renewed(chain) for chain in found}
    assert said == {"requests.get()": True, "requests.post()": False}


def test_others_are_told_once_a_connection() -> None:
    project = project_of(
        """
def store(q):
    connection = sqlite3.connect("a.db")
    connection.execute(q)
    connection.commit()
    requests.get(q)
@app.get("/a")
async def a(q: str):
    store(q)
"""
    )
    waits = Waits(project)
    (group,) = groups(waits, frame_of(project, "a"))
    assert [waits.at_end_of(chain).kind for chain in group] == ["database", "database", "http"]
    assert [waits.at_end_of(chain).kind for chain in others(waits, group, group[0])] == ["http"]
    assert [waits.at_end_of(chain).kind for chain in others(waits, group, group[2])] == ["database"]


GRAPH = """
from typing import TypedDict
from langgraph.graph import START, StateGraph
class State(TypedDict, total=False):
    question: str
async def look_up(state: State) -> dict:
    return {"question": requests.get("https://example.org").text}
graph = StateGraph(State).add_node(look_up).add_edge(START, "look_up").compile()
"""
ROUTE = """
@app.get("/a")
async def a(q: str):
    requests.get(q)
    return await graph.ainvoke({"question": q})
"""


def test_what_holds_a_stream() -> None:
    served = served_waits(project_of(GRAPH + ROUTE))
    found = {place.frame.function.name: place for place in served.places}
    assert set(found) == {"a", "look_up"}
    assert served.holds_stream(found["look_up"].chains[0])
    assert not served.holds_stream(found["a"].chains[0])


@pytest.mark.parametrize(
    "text",
    [
        # a process without a graph and a stream
        ROUTE.replace('return await graph.ainvoke({"question": q})', "return q"),
        # a program of one task
        """
import asyncio
async def main():
    requests.get("https://example.org")
asyncio.run(main())
""",
    ],
)
def test_what_serves_no_others(text: str) -> None:
    assert list(served_waits(project_of(text)).places) == []
