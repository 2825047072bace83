"""What becomes of a stream whose work fails, whose client leaves, or whose payload is no text."""

from __future__ import annotations

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.payloads import unencoded
from lg_lint.model.web.failures import (
    await_before_try,
    generator_expressions,
    hiding,
    is_passed_on,
    is_reported_elsewhere,
    only_paces,
)
from lg_lint.model.web.generator_end import end_handlers
from lg_lint.model.web.sse_frames import maker
from lg_lint.program.site import Site
from model.programs import program_of

HEAD = """
import asyncio
from typing import TypedDict
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import START, StateGraph
app = FastAPI()
class State(TypedDict, total=False):
    question: str
def answer(state: State) -> dict:
    return {}
graph = StateGraph(State).add_node(answer).add_edge(START, "answer").compile()
"""
ROUTE = """
@app.get("/chat")
async def chat(q: str):
    return StreamingResponse(events(q), media_type="text/event-stream")
"""


def project_of(text: str) -> Project:
    return build.project(program_of(HEAD + text))[0]


def response_of(text: str) -> tuple[Project, StreamResponse]:
    project = project_of(text + ROUTE)
    (response,) = project.responses
    return project, response


GUARDED = """
async def events(q):
    {before}
    try:
        async for chunk in graph.astream(q):
            yield chunk
    except Exception:
        yield "error"
"""


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("await load(q)", "load"),
        ("await asyncio.sleep(1)", None),
        ("pass", None),
        ("load(q)", None),
        ("if not q:\n        await other(q)\n        return\n    await load(q)", "load"),
        ("if not q:\n        await other(q)\n        raise ValueError", None),
    ],
)
def test_what_is_awaited_before_the_try(before: str, expected: str | None) -> None:
    _, response = response_of(GUARDED.format(before=before))
    site = await_before_try(response.generators[0].function)
    assert (getattr(site.node.func, "id", None) if site is not None else None) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("async def events(q):\n    async for c in graph.astream(q):\n        yield c\n", False),
        # what fills the queue has to tell
        (
            "queue = asyncio.Queue()\nasync def events(q):\n    while True:\n"
            "        yield await queue.get()\n",
            True,
        ),
        # a task's exception is looked at
        (
            "async def events(q):\n    task = asyncio.create_task(graph.ainvoke(q))\n"
            "    while not task.done():\n        await asyncio.sleep(1)\n        yield ''\n"
            "    if task.exception():\n        yield 'error'\n",
            True,
        ),
    ],
)
def test_who_else_tells_of_a_failure(text: str, expected: bool) -> None:
    assert is_reported_elsewhere(*response_of(text)) is expected


@pytest.mark.parametrize(
    ("before", "hidden"),
    [
        ("", False),
        (
            "@app.middleware('http')\nasync def log(request, call_next):\n"
            "    return await call_next(request)\n",
            True,
        ),
    ],
)
def test_what_hides_a_failure(before: str, hidden: bool) -> None:
    project, response = response_of(
        f"{before}async def events(q):\n    async for c in graph.astream(q):\n        yield c\n"
    )
    found = hiding(project, response)
    assert found.event_stream is None
    assert (found.middleware is not None) is hidden
    assert found.in_effect is found.middleware


def test_what_hides_a_failure_of_a_path_operation() -> None:
    project = project_of(
        """
from fastapi.sse import EventSourceResponse
@app.get("/chat", response_class=EventSourceResponse)
async def chat(q: str):
    async for chunk in graph.astream(q):
        yield chunk
"""
    )
    (response,) = project.responses
    found = hiding(project, response)
    assert found.event_stream is not None
    assert found.in_effect is found.event_stream
    assert found.middleware is None


def test_a_response_that_another_one_passes_on() -> None:
    project = project_of(
        """
async def inner(q):
    async for chunk in graph.astream(q):
        yield chunk
def make(q):
    return StreamingResponse(inner(q))
async def events(q):
    async for chunk in make(q).body_iterator:
        yield chunk
"""
        + ROUTE
    )
    passed = {
        each.route.name: is_passed_on(project, each) for each in project.responses if each.route
    }
    assert passed == {"make": True, "chat": False}
    (outer,) = (each for each in project.responses if each.route and each.route.name == "chat")
    assert [ref.function.name for ref in outer.generators] == ["events", "inner"]
    assert maker(outer.generators).name == "inner"


def test_expressions_instead_of_generators() -> None:
    text = '@app.get("/chat")\nasync def chat(q: str):\n'
    project = project_of(text + "    return StreamingResponse(c for c in graph.stream(q))\n")
    assert len(generator_expressions(project.responses[0])) == 1
    _, response = response_of("async def events(q):\n    yield q\n")
    assert generator_expressions(response) == []


@pytest.mark.parametrize(("call", "expected"), [("asyncio.sleep(1)", True), ("load(q)", False)])
def test_what_only_waits(call: str, expected: bool) -> None:
    _, response = response_of(f"async def events(q):\n    await {call}\n    yield q\n")
    function = response.generators[0].function
    env = response.site.env
    (site,) = (site for site in function.calls if site.awaited)
    assert only_paces(Site(site.node, env)) is expected


HANDLER = """
async def events(q):
    while True:
        try:
            async for chunk in graph.astream(q):
                yield chunk
        except {caught}:
            {does}
"""


@pytest.mark.parametrize(
    ("caught", "does", "expected"),
    [
        ("BaseException", "yield 'error'", [True]),
        ("BaseException", "yield 'error'\n            break", [False]),
        ("(ValueError, asyncio.CancelledError)", "yield 'error'", [True]),
        ("BaseException", "yield 'error'\n            raise", []),
        ("BaseException", "print(q)", []),
        ("Exception", "yield 'error'", []),
    ],
)
def test_what_catches_the_end_of_a_generator(caught: str, does: str, expected: list[bool]) -> None:
    _, response = response_of(HANDLER.format(caught=caught, does=does))
    found = list(end_handlers(response.generators[0].function))
    assert [each.goes_on for each in found] == expected
    assert [each.head[0] - HEAD.count("\n") for each in found] == [7] * len(expected)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        ('f"data: {chunk}\\n\\n"', [(True, True)]),
        ('f"data: {chunk} {q}\\n\\n"', [(True, False)]),
        ('f"id: {chunk}\\ndata: {q}\\n\\n"', []),
        ('f"data: {json.dumps(chunk)}\\n\\n"', []),
        ('f"data: {str(chunk)}\\n\\n".encode()', [(True, True)]),
    ],
)
def test_payloads_without_encoding(frame: str, expected: list[tuple[bool, bool]]) -> None:
    project, _ = response_of(
        f"import json\nasync def events(q):\n    async for chunk in graph.astream(q):\n        yield {frame}\n"
    )
    assert [(each.is_object, each.is_alone) for each in unencoded(project)] == expected


def test_raw_text_of_a_message() -> None:
    project, _ = response_of(
        "async def events(q):\n    async for m, _ in graph.astream(q, stream_mode='messages'):\n"
        '        yield f"data: {m.content}\\n\\n"\n'
    )
    assert [(each.is_object, each.is_alone) for each in unencoded(project)] == [(False, True)]
