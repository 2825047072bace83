"""What blocks: names from the settings, calls of clients with what they wait for."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.base.finding import Finding
from lg_lint.model.blocking.calls import BlockingCalls
from lg_lint.program import inference
from lg_lint.program.values import ExternalMethod, ExternalObject
from lg_lint.run.check import lint
from lg_lint.settings import Settings
from model.programs import program_of

GRAPH = """
from typing import TypedDict
from langgraph.graph import END, START, StateGraph

class State(TypedDict, total=False):
    question: str

def answer(state: State) -> dict:
    return {"question": state["question"]}

builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()
"""
APP = """
from fastapi import FastAPI
from desk.graph import graph
from desk.store import load
from vendor import Client, fetch

app = FastAPI()
client = Client()

@app.get("/chat")
async def chat(question: str) -> dict:
    load(question)
    client.send(question)
    fetch(question)
    return await graph.ainvoke({"question": question})
"""
STORE = """
def load(name):
    return name
"""


def found(folder: Path, blocking: tuple[str, ...]) -> list[Finding]:
    for path, text in {"graph": GRAPH, "app": APP, "store": STORE, "__init__": ""}.items():
        file = folder / "desk" / f"{path}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return lint([folder], Settings(select=("LG103",), blocking_calls=blocking)).findings


@pytest.mark.parametrize(
    ("name", "row"),
    [("desk.store.load", 12), ("vendor.Client.send", 13), ("vendor.fetch", 14)],
)
def test_names_from_settings_block(
    name: str, row: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [finding.place.row for finding in found(tmp_path, (name,))] == [row]


def test_nothing_blocks_without_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert found(tmp_path, ("desk.other.load", "vendor.Server.send")) == []


CLIENTS = {
    "cohere.Client().chat()": ("model", "cohere.AsyncClient"),
    "cohere.Client().rerank()": ("http", "cohere.AsyncClient"),
    "cohere.ClientV2().chat()": ("model", "cohere.AsyncClientV2"),
    "cohere.ClientV2().embed()": ("http", "cohere.AsyncClientV2"),
    "google.genai.Client().models.count_tokens()": ("http", "client.aio"),
    "google.genai.Client().chats.create().send_message()": ("model", "client.aio"),
    "mistralai.Mistral().embeddings.create()": ("http", "embeddings.create_async"),
    "multiprocessing.Process().join()": ("process", "asyncio.to_thread"),
    "opensearchpy.OpenSearch().search()": ("database", "opensearchpy.AsyncOpenSearch"),
    "opensearchpy.OpenSearch().cluster.health()": ("database", "opensearchpy.AsyncOpenSearch"),
    "supabase.create_client().table().select().execute()": ("database", "supabase.acreate_client"),
    "supabase.create_client().auth.get_user()": ("http", "supabase.acreate_client"),
    "supabase.create_client().auth.sign_out()": ("http", "supabase.acreate_client"),
    "supabase.create_client().storage.from_().remove()": ("http", "supabase.acreate_client"),
}


@pytest.mark.parametrize(("call", "row"), CLIENTS.items(), ids=CLIENTS)
def test_what_a_client_waits_for(call: str, row: tuple[str, str]) -> None:
    program = program_of(f"import {call.partition('(')[0].rpartition('.')[0]}\n{call}\n")
    (module,) = program.modules
    site = module.calls[0]
    calls = BlockingCalls(program)
    (callee,) = inference.infer(program, site.node.func, program.env(module))
    blocking = calls.of(callee)
    assert blocking is not None
    assert (blocking.kind, blocking.cure) == row


CONNECTED = """
import sqlite3
from fastapi import FastAPI
from desk.graph import graph

app = FastAPI()
shared = sqlite3.connect("desk.db")

def handed_out():
    return shared

@app.get("/own")
async def own(name: str):
    db = sqlite3.connect("desk.db")
    db.execute("insert", name)
    db.commit()

@app.get("/given")
async def given(name: str):
    db = handed_out()
    db.execute("insert", name)

@app.get("/line")
async def line(name: str):
    sqlite3.connect("desk.db").execute("insert", name)
    return await graph.ainvoke({"question": name})
"""


def test_a_connection_is_opened_once_and_only_where_a_call_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path, text in {"graph": GRAPH, "app": CONNECTED, "__init__": ""}.items():
        file = tmp_path / "desk" / f"{path}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    told = lint([tmp_path], Settings(select=("LG103",))).findings
    steps = [
        [(step.message, step.place.row) for step in finding.trace if "connection" in step.message]
        for finding in told
    ]
    assert steps == [[("opens the connection", 14)], [("gets the connection", 20)], []]
    assert [" and 1 more hold the event loop" in finding.message for finding in told] == [
        True, False, False
    ]  # fmt: skip
    assert [" holds the event loop" in finding.message for finding in told] == [False, True, True]


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("requests.Session", "requests.Session.get()"),
        ("sqlalchemy.orm.Session", "sqlalchemy.Session.get()"),
        ("httpx.Client", "httpx.Client.get()"),
        ("redis.Redis", "Redis.get()"),
    ],
)
def test_a_shared_name_says_whose_it_is(kind: str, title: str) -> None:
    receiver = ExternalObject(kind)
    found = BlockingCalls(program_of("")).of(ExternalMethod(receiver, "get"))
    assert found is not None
    assert found.title == title
