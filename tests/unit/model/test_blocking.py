"""What blocks beyond the table: names from the settings; which files share a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from lg_lint.finding import Finding
from lg_lint.lint import lint
from lg_lint.settings import Settings

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
