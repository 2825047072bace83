"""Response classes set the headers and have the parameters that the table says: each is made."""

from __future__ import annotations

import asyncio
import inspect
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import litestar.testing
import pytest
from aiohttp.test_utils import make_mocked_request
from starlette.testclient import TestClient

import django_project  # noqa: F401
from lg_lint.knowledge import table
from lg_lint.model.web.tables import response_classes
from not_installed import is_excused
from test_knowledge import installed, member

ROWS: dict[str, dict[str, Any]] = {
    row["type"]: row for row in table("web")["responses"] if not is_excused(row["type"])
}
ANTI_BUFFERING = ("cache-control", "connection", "x-accel-buffering")


async def chunks() -> AsyncIterator[str]:
    yield "a"


def sync_chunks() -> Iterator[str]:
    yield "a"


def of_litestar(cls: Any, content: Any) -> Any:
    async def handler() -> Any:
        return cls(content)

    handler.__annotations__["return"] = cls
    with litestar.testing.TestClient(litestar.Litestar([litestar.get("/")(handler)])) as client:
        return client.get("/").headers


def of_aiohttp(cls: Any) -> Any:
    async def prepared() -> Any:
        response = cls()
        await response.prepare(make_mocked_request("GET", "/"))
        return response.headers

    return asyncio.run(prepared())


HEADERS: dict[str, Callable[[Any], Any]] = {
    "starlette.responses.StreamingResponse": lambda cls: cls(chunks()).headers,
    "fastapi.sse.EventSourceResponse": lambda cls: cls(chunks()).headers,
    "sse_starlette.sse.EventSourceResponse": lambda cls: cls(chunks()).headers,
    "django.http.response.StreamingHttpResponse": lambda cls: cls(sync_chunks()).headers,
    "flask.wrappers.Response": lambda cls: cls(sync_chunks()).headers,
    "werkzeug.wrappers.response.Response": lambda cls: cls(sync_chunks()).headers,
    "quart.wrappers.response.Response": lambda cls: cls(chunks()).headers,
    "litestar.response.streaming.Stream": lambda cls: of_litestar(cls, chunks),
    "litestar.response.sse.ServerSentEvent": lambda cls: of_litestar(cls, chunks()),
    "aiohttp.web.StreamResponse": of_aiohttp,
}


def headers_of(name: str) -> dict[str, str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = HEADERS[name](installed(name)[1])
    return {key.lower(): value for key, value in dict(found).items()}


def test_every_row_is_made() -> None:
    assert set(HEADERS) == set(ROWS)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_headers_that_a_class_sets(name: str) -> None:
    sent = headers_of(name)
    said = ROWS[name].get("sets", {})
    assert {key: sent[key] for key in ANTI_BUFFERING if key in sent} == said


@pytest.mark.parametrize("name", sorted(ROWS))
def test_media_type_without_one(name: str) -> None:
    sent = headers_of(name).get("content-type", "").partition(";")[0]
    if name.startswith(("litestar.response.streaming", "aiohttp")):
        assert "default_type" not in ROWS[name]
        assert not sent.startswith("text/event-stream")
    else:
        assert sent == ROWS[name].get("default_type", "")


@pytest.mark.parametrize("name", sorted(ROWS))
@pytest.mark.parametrize("part", ["body", "headers", "media_type"])
def test_parameters_are_where_the_row_says(name: str, part: str) -> None:
    if part not in ROWS[name]:
        assert (name, part) == ("aiohttp.web.StreamResponse", "body")
        return
    keyword, position = ROWS[name][part]
    cls = installed(name)[1]
    if name == "aiohttp.web.StreamResponse" and part == "media_type":
        assert isinstance(cls.content_type, property)  # set after construction
        return
    parameters = [
        parameter
        for base in cls.__mro__
        if "__init__" in vars(base)
        for parameter in list(inspect.signature(base.__init__).parameters.values())[1:]
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    ]
    names = [parameter.name for parameter in parameters]
    assert keyword in names
    found = parameters[names.index(keyword)]
    if position >= 0:
        assert names.index(keyword) == position
    elif found.kind is not inspect.Parameter.KEYWORD_ONLY:
        assert name.startswith("django")  # `**kwargs` hand it on


def test_heartbeats() -> None:
    """The keyword and its default; the classes without a row do not ping."""
    beating = {name: made.heartbeat for name, made in response_classes().items() if made.heartbeat}
    assert set(beating) == {"sse_starlette.sse.EventSourceResponse"}
    cls = installed("sse_starlette.sse.EventSourceResponse")[1]
    beat = beating["sse_starlette.sse.EventSourceResponse"]
    assert cls(chunks()).ping_interval == beat.seconds
    assert cls(chunks(), **{beat.keyword: 3}).ping_interval == 3


def test_path_operations_that_yield_events_set_headers() -> None:
    """The one place of FastAPI that does, in contrast to its class when it is returned."""
    from fastapi import FastAPI
    from fastapi.sse import EventSourceResponse

    app = FastAPI()

    @app.get("/", response_class=EventSourceResponse)
    async def stream() -> AsyncIterator[str]:
        yield "a"

    sent = TestClient(app).get("/").headers
    assert (sent["x-accel-buffering"], sent["cache-control"]) == ("no", "no-cache")


@pytest.mark.parametrize("row", table("web")["responses"], ids=lambda row: row["type"])
def test_makers_are_attributes_of_their_owners(row: dict[str, Any]) -> None:
    for maker in row.get("makers", ()):
        owner, _, attribute = maker.rpartition(".")
        assert member(installed(owner)[1], attribute) is installed(row["type"])[1]
