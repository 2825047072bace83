"""What makes the async twin of a graph's method unsafe, and what keeps it from being offered."""

from __future__ import annotations

from pathlib import Path

import pytest
from fix_cases import check

from lg_lint.base.fix import Applicability, Fix

APP = """\
import threading
from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph
{imports}
builder = StateGraph(dict)
builder.add_node("work", lambda state: state)
builder.add_edge(START, "work")
builder.add_edge("work", END)
{graph}
app = FastAPI()
lock = threading.Lock()

@app.get("/")
async def route(q: str):
{body}
"""
CALL = "    return graph.invoke({'q': q})"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def offered(graph: str, imports: str = "", body: str = CALL) -> Fix | None:
    """The fix of the one LG101 in an application."""
    Path("app.py").write_text(APP.format(imports=imports, graph=graph, body=body))
    (found,) = [each for each in check().findings if each.code == "LG101"]
    return found.fix


SQLITE = "from langgraph.checkpoint.sqlite import SqliteSaver"
MEMORY = "from langgraph.checkpoint.memory import InMemorySaver"
AGENT = "from langchain.agents import create_agent\nfrom langchain.agents.middleware import {}"


@pytest.mark.parametrize(
    ("graph", "imports"),
    [
        ("graph = builder.compile()", ""),
        ("graph = builder.compile(checkpointer=InMemorySaver())", MEMORY),
        ("graph = create_agent('m', middleware=[])", AGENT.format("AgentMiddleware")),
        (
            "class Twins(AgentMiddleware):\n"
            "    def wrap_model_call(self, request, handler): ...\n"
            "    async def awrap_model_call(self, request, handler): ...\n"
            "graph = create_agent('m', middleware=[Twins()])",
            AGENT.format("AgentMiddleware"),
        ),
        (
            "graph = RemoteGraph('a', url='http://agents')",
            "from langgraph.pregel.remote import RemoteGraph",
        ),
    ],
)
def test_safe(graph: str, imports: str) -> None:
    fix = offered(graph, imports)
    assert fix is not None
    assert (fix.applicability, fix.reason) == (Applicability.SAFE, "")


@pytest.mark.parametrize(
    ("graph", "imports", "reason"),
    [
        (
            "graph = builder.compile(checkpointer=SqliteSaver(None))",
            SQLITE,
            "its saver SqliteSaver serves sync calls alone",
        ),
        (
            "def made(saver):\n    return builder.compile(checkpointer=saver)\n"
            "import settings\ngraph = made(settings.saver)",
            "",
            "has cannot be seen",
        ),
        (
            "class Own(BaseCheckpointSaver): ...\ngraph = builder.compile(checkpointer=Own())",
            "from langgraph.checkpoint.base import BaseCheckpointSaver",
            "serves async calls is not known",
        ),
        (
            "inner = builder.compile(checkpointer=SqliteSaver(None))\n"
            "outer = StateGraph(dict)\nouter.add_node('in', inner)\n"
            "outer.add_edge(START, 'in')\ngraph = outer.compile()",
            SQLITE,
            "its saver SqliteSaver serves sync calls alone",
        ),
        (
            "class Logs(AgentMiddleware):\n"
            "    def wrap_model_call(self, request, handler): ...\n"
            "graph = create_agent('m', middleware=[Logs()])",
            AGENT.format("AgentMiddleware"),
            "Logs.wrap_model_call() has no async twin",
        ),
        (
            "@wrap_tool_call\ndef logs(request, handler): ...\n"
            "graph = create_agent('m', middleware=[logs])",
            AGENT.format("wrap_tool_call"),
            "logs() has no async twin",
        ),
        (
            "import settings\ngraph = create_agent('m', middleware=settings.middleware)",
            AGENT.format("AgentMiddleware"),
            "not all middleware of",
        ),
        (
            "graph = RemoteGraph('a', sync_client=get_sync_client())",
            "from langgraph.pregel.remote import RemoteGraph\n"
            "from langgraph_sdk import get_sync_client",
            "its RemoteGraph has a sync client alone",
        ),
        (
            "import settings\ngraph = builder.compile() if settings.own else settings.graph",
            "",
            "how the graph is built cannot be seen in full",
        ),
    ],
)
def test_unsafe_for_the_graph(graph: str, imports: str, reason: str) -> None:
    fix = offered(graph, imports)
    assert fix is not None
    assert fix.applicability is Applicability.UNSAFE
    assert reason in fix.reason


def test_unsafe_while_a_lock_is_held() -> None:
    body = "    with lock:\n        return graph.invoke({'q': q})"
    fix = offered("graph = builder.compile()", body=body)
    assert fix is not None
    assert fix.reason == "lock would be held while the loop does other work"


@pytest.mark.parametrize(
    "body",
    [
        "    stream = graph.stream({'q': q})\n    for part in stream:\n        pass",
        "    return next(graph.stream({'q': q}))",
        "    return sum(len(part) for part in graph.stream({'q': q}))",
        "    for event in graph.stream_events({'q': q}):\n        pass",
        "    run = graph.invoke\n    return run({'q': q})",
    ],
)
def test_no_fix_where_more_than_the_call_would_have_to_change(body: str) -> None:
    assert offered("graph = builder.compile()", body=body) is None
