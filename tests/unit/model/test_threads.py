"""Whether a later run may go on with a thread: where its id comes from, followed back."""

from __future__ import annotations

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.project import Project
from model.programs import program_of

HEAD = """
import asyncio
import operator
from typing import Annotated, TypedDict
from uuid import uuid4
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
class State(TypedDict, total=False):
    question: str
    notes: Annotated[list[str], operator.add]
def answer(state: State) -> dict:
    return {"notes": [state["question"]]}
graph = StateGraph(State).add_node(answer).add_edge(START, "answer").compile(checkpointer=InMemorySaver())
"""
NEW = {
    "class": """
from fastapi import FastAPI
app = FastAPI()
class Runner:
    def __init__(self, graph):
        self.graph = graph
    def _config(self):
        return {"configurable": {"thread_id": str(uuid4())}}
    async def run(self, q):
        return await self.graph.ainvoke({"question": q}, self._config())
runner = Runner(graph)
@app.post("/a")
async def a(q: str):
    return await runner.run(q)
""",
    "dataclass": """
from dataclasses import dataclass, field
@dataclass
class Turn:
    question: str
    id: str = field(default_factory=lambda: uuid4().hex)
def ask(q):
    turn = Turn(question=q)
    return graph.invoke({"question": q}, {"configurable": {"thread_id": turn.id}})
""",
    "depends": """
from fastapi import FastAPI, Depends
app = FastAPI()
def new_config():
    return {"configurable": {"thread_id": str(uuid4())}}
@app.post("/a")
async def a(q: str, config: dict = Depends(new_config)):
    return await graph.ainvoke({"question": q}, config)
""",
    "join": """
def ask(q):
    return graph.invoke({"question": q}, {"configurable": {"thread_id": "-".join(["c", str(uuid4())])}})
""",
    "main": """
async def run(q, thread_id=None):
    if thread_id is None:
        thread_id = str(uuid4())
    async for c in graph.astream({"question": q}, {"configurable": {"thread_id": thread_id}}):
        print(c)
async def main():
    await run("a")
    await asyncio.gather(*(run(x) for x in "abc"))
asyncio.run(main())
""",
    "script": """
config = {"configurable": {"thread_id": str(uuid4())}}
for chunk in graph.stream({"question": "a"}, config):
    print(chunk)
""",
    "script_in_loop": """
while True:
    thread_id = uuid4()
    config = {"configurable": {"thread_id": thread_id}}
    for chunk in graph.stream({"question": input()}, config):
        print(chunk)
""",
    "stream_response": """
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
app = FastAPI()
async def events(q, thread_id):
    config = {"configurable": {"thread_id": thread_id}}
    async for c in graph.astream({"question": q}, config, stream_mode="updates"):
        yield f"data: {c}\\n\\n"
@app.post("/a")
async def a(q: str):
    return StreamingResponse(events(q, str(uuid4())), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})
""",
}
KEPT = {
    "cached": """
from functools import lru_cache
@lru_cache
def config():
    return {"configurable": {"thread_id": str(uuid4())}}
async def a(q):
    return await graph.ainvoke({"question": q}, config())
""",
    "celery_arg": """
from celery import Celery
celery = Celery()
@celery.task
def work(q, thread_id):
    graph.invoke({"question": q}, {"configurable": {"thread_id": thread_id}})
def start(q):
    work.delay(q, str(uuid4()))
""",
    "cli": """
def main():
    config = {"configurable": {"thread_id": str(uuid4())}}
    def ask(q):
        return graph.invoke({"question": q}, config)
    while True:
        ask(input())
main()
""",
    "depends": """
from fastapi import FastAPI, Depends
app = FastAPI()
def new_config(thread_id: str | None = None):
    return {"configurable": {"thread_id": thread_id or str(uuid4())}}
@app.post("/a")
async def a(q: str, config: dict = Depends(new_config)):
    return await graph.ainvoke({"question": q}, config)
""",
    "dict_of_threads": """
_threads = {}
def thread_of(user):
    if user not in _threads:
        _threads[user] = str(uuid4())
    return _threads[user]
def ask(user, q):
    return graph.invoke({"question": q}, {"configurable": {"thread_id": thread_of(user)}})
""",
    "get": """
def ask(body, q):
    return graph.invoke({"question": q}, {"configurable": {"thread_id": body.get("thread_id", str(uuid4()))}})
""",
    "global": """
THREAD = None
def tid():
    global THREAD
    if THREAD is None:
        THREAD = str(uuid4())
    return THREAD
def ask(q):
    return graph.invoke({"question": q}, {"configurable": {"thread_id": tid()}})
""",
    "handed": """
from fastapi import FastAPI
from ag_ui_langgraph import add_langgraph_fastapi_endpoint
app = FastAPI()
add_langgraph_fastapi_endpoint(app, graph, "/agent")
async def a(q):
    return await graph.ainvoke({"question": q}, {"configurable": {"thread_id": str(uuid4())}})
""",
    "main": """
async def run(q, thread_id=None):
    if thread_id is None:
        thread_id = str(uuid4())
    async for c in graph.astream({"question": q}, {"configurable": {"thread_id": thread_id}}):
        print(c)
async def main(given):
    await run("a", given)
asyncio.run(main(input()))
""",
    "other_given": """
def ask(q, **kw):
    return graph.invoke({"question": q}, {"configurable": {"thread_id": str(uuid4()), **kw}})
""",
    "script_loop": """
config = {"configurable": {"thread_id": str(uuid4())}}
while True:
    for chunk in graph.stream({"question": input()}, config):
        print(chunk)
""",
    "session": """
import streamlit as st
if "thread_id" not in st.session_state:
    st.session_state.thread_id = str(uuid4())
config = {"configurable": {"thread_id": st.session_state.thread_id}}
if q := st.chat_input():
    graph.invoke({"question": q}, config)
""",
    "setdefault": """
_threads = {}
def ask(user, q):
    return graph.invoke({"question": q}, {"configurable": {"thread_id": _threads.setdefault(user, str(uuid4()))}})
""",
    "tested": """
def ask(q, cfg=None):
    return graph.invoke({"question": q}, cfg or {"configurable": {"thread_id": str(uuid4())}})
""",
    "to_thread": """
async def a(q):
    return await graph.ainvoke({"question": q}, {"configurable": {"thread_id": str(uuid4())}})
async def b(q, config):
    return await asyncio.to_thread(graph.invoke, {"question": q}, config)
""",
    "yes_attr": """
class Chat:
    def __init__(self):
        self.config = {"configurable": {"thread_id": "-".join(["c", str(uuid4())])}}
    def ask(self, q):
        return graph.invoke({"question": q}, self.config)
""",
}


def project_of(code: str) -> Project:
    return build.project(program_of(HEAD + code))[0]


@pytest.mark.parametrize("code", NEW.values(), ids=NEW)
def test_an_id_made_for_each_run_makes_no_thread(code: str) -> None:
    (graph,) = project_of(code).graphs
    assert graph.saver is not None
    assert graph.durable is None


@pytest.mark.parametrize("code", KEPT.values(), ids=KEPT)
def test_an_id_that_is_kept_or_given_makes_a_thread(code: str) -> None:
    (graph,) = project_of(code).graphs
    assert graph.durable is not None
    assert graph.durable is graph.saver


def test_a_very_long_way_back_is_given_up() -> None:
    steps = "".join(
        f"def step{n}(config):\n    step{n + 1}(config)\n    step{n + 1}(config)\n"
        for n in range(30)
    )
    last = "def step30(config):\n    graph.invoke({}, config)\n"
    first = 'step0({"configurable": {"thread_id": str(uuid4())}})\n'
    (graph,) = project_of(steps + last + first).graphs
    assert graph.durable is not None
