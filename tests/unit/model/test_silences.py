"""LG306 on small variations: what fills a silence, and which sleeps make one."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from lg_lint.base.finding import Confidence, Finding
from lg_lint.run.check import lint
from lg_lint.settings import Settings

APP = """\
import asyncio
import json
import queue
import time
from typing import TypedDict

import anyio
import outside
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph
from sse_starlette import EventSourceResponse

app = FastAPI()
PAUSE = 100


class State(TypedDict, total=False):
    question: str


async def rest(seconds):
    await asyncio.sleep(40)


async def wait(state: State) -> dict:
{node}
    return {{}}


builder = StateGraph(State)
builder.add_node("wait", wait)
builder.add_edge(START, "wait")
builder.add_edge("wait", END)
graph = builder.compile()


async def events(question: str):
{generator}
    yield "end"


@app.get("/chat")
async def chat(question: str):
    options = {{"media_type": "text/event-stream"}}
    return {response}
"""
GENERATOR = """\
async for update in graph.astream({"question": question}):
    yield json.dumps(update)
"""
RESPONSE = 'StreamingResponse(events(question), media_type="text/event-stream")'


def found(
    folder: Path,
    node: str = "await asyncio.sleep(90)",
    generator: str = GENERATOR,
    response: str = RESPONSE,
) -> list[Finding]:
    parts = {"node": indent(node, "    "), "generator": indent(generator, "    ")}
    (folder / "app.py").write_text(APP.format(**parts, response=response))
    settings = Settings(select=("LG306",), min_confidence=Confidence.LOW)
    return lint([folder], settings).findings


@pytest.mark.parametrize(
    ("node", "severity", "words"),
    [
        ("await asyncio.sleep(90)", "warning", "for 90 s"),
        ("await anyio.sleep(PAUSE)", "warning", "for 100 s"),
        ("await rest(1)\nawait rest(2)\nawait asyncio.sleep(20)", "warning", "for 60 s"),
        ("for _ in range(10):\n    await asyncio.sleep(7)", "warning", "for 70 s"),
        ("try:\n    await asyncio.sleep(61)\nfinally:\n    pass", "warning", "for 61 s"),
        ("while busy():\n    await asyncio.sleep(61)", "info", "for 61 s"),
        ("try:\n    work()\nexcept OSError:\n    await asyncio.sleep(61)", "info", "for 61 s"),
        ("await asyncio.sleep(20)", "info", "for 20 s"),
        ("await asyncio.gather(rest(1), rest(2), asyncio.sleep(30))", "info", "for 40 s"),
        ("await asyncio.to_thread(lambda: time.sleep(90))", "warning", "for 90 s"),
    ],
)
def test_silent(tmp_path: Path, node: str, severity: str, words: str) -> None:
    (finding,) = found(tmp_path, node)
    assert finding.severity.value == severity
    assert words in finding.message
    assert [step.message for step in finding.trace] == [
        "the response",
        "astream() runs the graph",
        "nothing is sent meanwhile",
    ]


@pytest.mark.parametrize(
    "node",
    [
        "await asyncio.sleep(5)",
        "await asyncio.sleep(delay())",
        "await asyncio.sleep(5)\nawait asyncio.sleep(5)",
        "for _ in range(100):\n    if done():\n        break\n    await asyncio.sleep(2)",
        "asyncio.create_task(asyncio.sleep(90))",
        "time.sleep(90)",
        "await asyncio.to_thread(lambda: time.sleep(30))",
        "if False:\n    await asyncio.sleep(90)",
    ],
)
def test_not_silent_for_long(tmp_path: Path, node: str) -> None:
    assert not found(tmp_path, node)


@pytest.mark.parametrize(
    "response",
    [
        "EventSourceResponse(events(question))",
        "EventSourceResponse(events(question), ping=30)",
        "EventSourceResponse(events(question), ping=None)",
        "EventSourceResponse(events(question), ping=chosen())",
        'StreamingResponse(outside.merge(events(question)), media_type="text/event-stream")',
    ],
)
def test_response_that_may_ping(tmp_path: Path, response: str) -> None:
    assert not found(tmp_path, response=response)


@pytest.mark.parametrize("response", ["EventSourceResponse(events(question), ping=60)", RESPONSE])
def test_response_that_does_not_ping_in_time(tmp_path: Path, response: str) -> None:
    assert found(tmp_path, response=response)


@pytest.mark.parametrize(
    "generator",
    [
        "with anyio.move_on_after(10):\n" + indent(GENERATOR, "    "),
        "async with asyncio.timeout(seconds()):\n" + indent(GENERATOR, "    "),
        "waiting = asyncio.wait_for(work(), timeout=15)\n" + GENERATOR,
        "items = queue.Queue().get(timeout=5)\n" + GENERATOR,
        "start_heartbeat(question)\n" + GENERATOR,
        GENERATOR + 'yield ": still here"\n',
        GENERATOR + 'yield json.dumps({"type": "keep-alive"})\n',
    ],
)
def test_generator_that_fills_its_silence(tmp_path: Path, generator: str) -> None:
    assert not found(tmp_path, generator=generator)


@pytest.mark.parametrize(
    "generator",
    [
        "async with asyncio.timeout(None):\n" + indent(GENERATOR, "    "),
        "async with asyncio.timeout(600):\n" + indent(GENERATOR, "    "),
        "mapping = shopping(question)\n" + GENERATOR,
    ],
)
def test_generator_that_does_not(tmp_path: Path, generator: str) -> None:
    assert found(tmp_path, generator=generator)
