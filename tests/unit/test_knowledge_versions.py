"""The installed versions do what the gates say of them, and ask for what the table says."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import zlib
from collections.abc import AsyncIterator, Callable
from importlib import metadata
from typing import Any

import fastapi
import pytest
from fastapi.testclient import TestClient
from langchain_core.language_models import FakeListChatModel
from langgraph import types
from langgraph._internal import _config
from langgraph.graph import StateGraph
from packaging.requirements import Requirement
from packaging.version import Version
from starlette.applications import Starlette
from starlette.middleware import Middleware, gzip
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import StreamingResponse
from starlette.routing import Route

from lg_lint.knowledge import table

CHANGES: dict[str, dict[str, str]] = table("versions")["changes"]
REQUIRES: list[dict[str, Any]] = table("versions")["requires"]
TEXT = b"chunk"


async def failing() -> AsyncIterator[bytes]:
    yield TEXT
    raise RuntimeError


async def two() -> AsyncIterator[bytes]:
    yield TEXT
    yield TEXT


async def passed(request: Any, call_next: Any) -> Any:
    return await call_next(request)


def sent(chunks: Callable[[], AsyncIterator[bytes]], *middleware: Middleware) -> list[Any]:
    """The messages that a server gets for one streamed answer."""

    async def answer(_: Any) -> StreamingResponse:
        return StreamingResponse(chunks(), media_type="text/plain")

    messages: list[Any] = []
    requests = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if not requests:
            await asyncio.sleep(60)  # the client stays
        return requests.pop()

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"accept-encoding", b"gzip")],
        "client": None,
        "server": ("here", 80),
    }
    application = Starlette(routes=[Route("/", answer)], middleware=list(middleware))
    with contextlib.suppress(Exception):
        asyncio.run(application(scope, receive, send))
    return [each for each in messages if each["type"] == "http.response.body"]


def hides_failures() -> bool:
    last = sent(failing, Middleware(BaseHTTPMiddleware, dispatch=passed))[-1]
    return not last.get("more_body", False)


def flushes() -> bool:
    first = sent(two, Middleware(gzip.GZipMiddleware, minimum_size=0))[0]
    return zlib.decompressobj(31).decompress(first["body"]) == TEXT


def yields() -> bool:
    application = fastapi.FastAPI()

    @application.get("/")
    async def numbers() -> AsyncIterator[int]:
        yield 1
        yield 2

    with contextlib.suppress(Exception):
        return TestClient(application).get("/").text.split() == ["1", "2"]
    return False


def closed_first() -> bool:
    """Whether a dependency with `yield` has ended before the body of a response is made."""
    order: list[str] = []
    application = fastapi.FastAPI()

    async def dependency() -> AsyncIterator[int]:
        yield 1
        order.append("ended")

    async def chunks() -> AsyncIterator[bytes]:
        order.append("made")
        yield TEXT

    @application.get("/")
    async def answer(number: int = fastapi.Depends(dependency)) -> StreamingResponse:
        assert number
        return StreamingResponse(chunks())

    TestClient(application).get("/")
    return order == ["ended", "made"]


def since(version: str) -> bool:
    return Version(fastapi.__version__) >= Version(version)


def exists(module: str) -> bool:
    with contextlib.suppress(ImportError):
        return importlib.import_module(module) is not None
    return False


PROBES: dict[str, Callable[[], bool]] = {
    "middleware-hides-failures": hides_failures,
    "gzip-passes-event-streams": lambda: (
        "text/event-stream" in getattr(gzip, "DEFAULT_EXCLUDED_CONTENT_TYPES", ())
    ),
    "gzip-flushes": flushes,
    "path-operations-yield": yields,
    "dependencies-end-before-the-response": lambda: closed_first() or since("0.118.0"),
    "dependencies-outlive-the-response": lambda: not closed_first() and since("0.106.0"),
    "event-streams-of-fastapi": lambda: exists("fastapi.sse"),
    "overwrite": lambda: hasattr(types, "Overwrite"),
    "ten-thousand-steps": lambda: _config.DEFAULT_RECURSION_LIMIT in (10_000, 10_007),
    "ten-thousand-seven-steps": lambda: _config.DEFAULT_RECURSION_LIMIT == 10_007,
    "models-are-not-callable": lambda: not callable(FakeListChatModel(responses=["answer"])),
    "node-defaults": lambda: hasattr(StateGraph, "set_node_defaults"),
}


def test_every_gate_is_tried() -> None:
    assert set(PROBES) == set(CHANGES)


@pytest.mark.parametrize("name", sorted(PROBES))
def test_gate_holds(name: str) -> None:
    row = CHANGES[name]
    is_new = Version(metadata.version(row["package"])) >= Version(row["since"])
    assert PROBES[name]() is is_new


@pytest.mark.parametrize("row", REQUIRES, ids=lambda row: row["package"])
def test_the_installed_version_asks_for_what_its_row_says(row: dict[str, Any]) -> None:
    installed = Version(metadata.version(row["package"]))
    wanted = [Requirement(text) for text in metadata.requires(row["package"]) or ()]
    (found,) = {
        str(each.specifier) for each in wanted if each.name == row["of"] and not each.marker
    }
    said = next(said for since, said in reversed(row["since"]) if Version(since) <= installed)
    assert found.removesuffix(".0") == said
