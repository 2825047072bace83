"""Which responses stream, whether they are live, and with which headers they leave."""

from __future__ import annotations

from textwrap import dedent

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.answers import Answers, Evidence
from lg_lint.model.web.responses import response_entries, responses

from .programs import program_of

HEAD = """
import asyncio, io, queue, time
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from langgraph.graph import StateGraph
app = FastAPI()
graph = StateGraph(dict).compile()
"""


def only(source: str, **files: str) -> StreamResponse:
    found = responses(program_of({"app.py": HEAD + dedent(source), **files}))
    assert len(found) == 1
    return found[0]


def names(response: StreamResponse) -> list[str]:
    return [ref.function.name for ref in response.generators]


# --- live or not ---------------------------------------------------------------------------

LIVE = {
    "async generator over astream": """
        async def gen():
            async for chunk in graph.astream({}):
                yield chunk
        """,
    "sync generator over stream": """
        def gen():
            for chunk in graph.stream({}):
                yield chunk
        """,
    "yield from": """
        def gen():
            yield from graph.stream({})
        """,
    "queue in a loop": """
        async def gen():
            queue = asyncio.Queue()
            while True:
                yield await queue.get()
        """,
    "queue of the threading kind": """
        jobs = queue.Queue()
        def gen():
            while True:
                yield jobs.get()
        """,
    "polling": """
        async def gen():
            while True:
                yield "tick"
                await asyncio.sleep(1)
        """,
    "sleep in a helper": """
        def pause():
            time.sleep(1)
        def gen():
            for n in range(3):
                pause()
                yield "tick"
        """,
    "run between two yields": """
        async def gen():
            yield "start"
            yield await graph.ainvoke({})
        """,
    "through a wrapper": """
        async def inner():
            async for chunk in graph.astream({}):
                yield chunk
        async def wrap(source):
            async for item in source:
                yield item
        def gen():
            return wrap(inner())
        """,
    "object with an iterator": """
        class Bridge:
            def __aiter__(self):
                return self
            async def __anext__(self):
                return await self.queue.get()
        class Relay:
            async def __aiter__(self):
                async for item in self.source:
                    yield item
        def gen():
            return Relay()
        """,
    "an outside client's lines": """
        import httpx
        async def gen():
            async with httpx.AsyncClient() as client, client.stream("GET", "/") as answer:
                async for line in answer.aiter_lines():
                    yield line
        """,
    "generator expression": """
        def gen():
            return (chunk for chunk in graph.stream({}))
        """,
    "the stream itself": """
        def gen():
            return graph.stream({})
        """,
}


@pytest.mark.parametrize("body", LIVE.values(), ids=LIVE)
def test_live(body: str) -> None:
    response = only(dedent(body) + "\ndef route(request):\n    return StreamingResponse(gen())\n")
    assert response.live
    assert response.live_site is not None


FINISHED = {
    "buffer": "io.BytesIO(b'x')",
    "list": "['a', 'b']",
    "iterator of a list": "iter([buffer.getvalue()])",
    "file": "open('report.pdf', 'rb')",
    "canned": "canned({})",
    "constants": "constants()",
    "pieces of a text": "pieces('text')",
    "file in pieces": "from_file('x')",
    "sleep of nothing": "yielding_the_loop()",
    "parameter": "given",
}


@pytest.mark.parametrize("body", FINISHED.values(), ids=FINISHED)
def test_not_live(body: str) -> None:
    response = only(f"""
import aiofiles
buffer = io.StringIO()

async def canned(data):
    import json
    result = await render(data)
    yield json.dumps(result)

async def render(data):
    return await asyncio.to_thread(str, data)

def constants():
    yield "one"
    yield "two"

def pieces(text):
    for start in range(0, len(text), 10):
        yield text[start:start + 10]

async def from_file(path):
    async with aiofiles.open(path) as file:
        while chunk := await file.read(1024):
            yield chunk

async def yielding_the_loop():
    for part in ["a", "b"]:
        yield part
        await asyncio.sleep(0)

def route(given):
    return StreamingResponse({body}, media_type="text/plain")
""")
    assert not response.live


def test_an_unseen_body_is_believed_by_its_media_type() -> None:
    response = only("""
        def respond(body):
            return StreamingResponse(body, media_type="text/event-stream")
    """)
    assert response.live
    assert response.live_site is None


@pytest.mark.parametrize(
    "arguments",
    [
        'media_type="text/csv"',
        'headers={"Content-Disposition": "attachment; filename=x"}',
        'media_type="application/vnd.ms-excel"',
    ],
)
def test_downloads_are_not_live(arguments: str) -> None:
    response = only(f"""
        async def rows():
            async for row in cursor():
                yield row
        def route():
            return StreamingResponse(rows(), {arguments})
    """)
    assert not response.live


def test_the_generators_from_the_body_down_to_the_graph() -> None:
    response = only(
        """
        from service import answers
        async def sse(request):
            async for item in answers(request):
                yield f"data: {item}\\n\\n"
        @app.get("/")
        async def route(request: Request):
            body = sse(request)
            return StreamingResponse(body, media_type="text/event-stream")
        """,
        **{
            "service.py": """
            from app import graph
            async def answers(request):
                async for chunk in graph.astream({}):
                    yield chunk
            """
        },
    )
    assert names(response) == ["sse", "answers"]
    assert response.live_site is not None
    assert response.live_site.path == "/project/service.py"
    assert response.media_type == "text/event-stream"
    assert response.route is not None
    assert response.route.name == "route"


def test_a_helper_that_builds_the_response() -> None:
    response = only("""
        async def gen():
            async for chunk in graph.astream({}):
                yield chunk
        def sse(body):
            return StreamingResponse(body, media_type="text/event-stream")
        @app.get("/")
        async def route():
            return sse(gen())
    """)
    assert response.live
    assert names(response) == ["gen"]
    assert response.route is not None
    assert response.route.name == "sse"


# --- headers -------------------------------------------------------------------------------

GEN = """
async def gen():
    async for chunk in graph.astream({}):
        yield chunk
"""

SET = {
    "literal": """
        def route():
            return StreamingResponse(gen(), headers={"x-accel-buffering": "no"})
        """,
    "position": """
        def route():
            return StreamingResponse(gen(), 200, {"X-Accel-Buffering": "no"})
        """,
    "module constant": """
        NO_BUFFER = {"X-Accel-Buffering": "no"}
        def route():
            return StreamingResponse(gen(), headers=NO_BUFFER)
        """,
    "spread": """
        NO_BUFFER = {"X-Accel-Buffering": "no"}
        def route():
            return StreamingResponse(gen(), headers={**NO_BUFFER, "a": "b"})
        """,
    "union": """
        NO_BUFFER = {"X-Accel-Buffering": "no"}
        def route():
            return StreamingResponse(gen(), headers=NO_BUFFER | {"a": "b"})
        """,
    "dict call": """
        NO_BUFFER = {"X-Accel-Buffering": "no"}
        def route():
            return StreamingResponse(gen(), headers=dict(NO_BUFFER, a="b"))
        """,
    "helper": """
        def headers():
            return {"X-Accel-Buffering": "no"}
        def route():
            return StreamingResponse(gen(), headers=headers())
        """,
    "added to the dict": """
        def route():
            headers = {"a": "b"}
            headers["X-Accel-Buffering"] = "no"
            return StreamingResponse(gen(), headers=headers)
        """,
    "dict updated": """
        def route():
            headers = {"a": "b"}
            headers.update({"X-Accel-Buffering": "no"})
            return StreamingResponse(gen(), headers=headers)
        """,
    "dict updated with itself": """
        def route():
            headers = {"X-Accel-Buffering": "no"}
            headers.update(headers)
            return StreamingResponse(gen(), headers=headers)
        """,
    "dicts that update each other": """
        def route():
            headers, others = {"X-Accel-Buffering": "no"}, {"a": "b"}
            headers.update(others)
            others.update(headers)
            return StreamingResponse(gen(), headers=headers)
        """,
    "dict spread into its successor": """
        def route(names):
            headers = {"X-Accel-Buffering": "no"}
            for name in names:
                headers = {**headers, "a": name}
            return StreamingResponse(gen(), headers=headers)
        """,
    "constant for the name": """
        NAME = "X-Accel-Buffering"
        def route():
            return StreamingResponse(gen(), headers={NAME: "no"})
        """,
    "assigned later": """
        def route():
            response = StreamingResponse(gen())
            response.headers["X-Accel-Buffering"] = "no"
            return response
        """,
    "set in a helper": """
        def unbuffered(response):
            response.headers.setdefault("X-Accel-Buffering", "no")
            return response
        def route():
            return unbuffered(StreamingResponse(gen()))
        """,
    "keywords in a dict": """
        OPTIONS = {"headers": {"X-Accel-Buffering": "no"}}
        def route():
            return StreamingResponse(gen(), headers=OPTIONS["headers"])
        """,
    "subclass": """
        class Sse(StreamingResponse):
            media_type = "text/event-stream"
            def __init__(self, content, **kwargs):
                super().__init__(content, headers={"X-Accel-Buffering": "no"}, **kwargs)
        def route():
            return Sse(gen())
        """,
    "subclass that writes": """
        class Sse(StreamingResponse):
            def __init__(self, content, *args, **kwargs):
                super().__init__(content, *args, **kwargs)
                self.headers["X-Accel-Buffering"] = "no"
        def route():
            return Sse(gen())
        """,
    "sse-starlette": """
        from sse_starlette import EventSourceResponse
        def route():
            return EventSourceResponse(gen())
        """,
    "both branches": """
        def route(plain):
            if plain:
                headers = {"X-Accel-Buffering": "no"}
            else:
                headers = {"X-Accel-Buffering": "no", "a": "b"}
            return StreamingResponse(gen(), headers=headers)
        """,
}


@pytest.mark.parametrize("body", SET.values(), ids=SET)
def test_header_is_set(body: str) -> None:
    response = only(GEN + dedent(body))
    assert response.headers.get("x-accel-buffering") == "no"
    assert response.headers_known


ON_ITS_WAY = {
    "http middleware": """
        @app.middleware("http")
        async def no_buffer(request, call_next):
            response = await call_next(request)
            response.headers["X-Accel-Buffering"] = "no"
            return response
        def route():
            return StreamingResponse(gen())
        """,
    "middleware class": """
        class NoBuffer:
            def __init__(self, app):
                self.app = app
            async def __call__(self, scope, receive, send):
                async def wrapped(message):
                    message["headers"].append((b"x-accel-buffering", b"no"))
                    await send(message)
                await self.app(scope, receive, wrapped)
        app.add_middleware(NoBuffer)
        def route():
            return StreamingResponse(gen())
        """,
}
ANOTHER = "\nother = FastAPI()\n"


def evidence(source: str) -> Evidence:
    project, _ = build.project(program_of(HEAD + GEN + dedent(source)))
    (response,) = project.responses
    assert "x-accel-buffering" not in response.headers
    return Answers(project).of(response)


@pytest.mark.parametrize("body", ON_ITS_WAY.values(), ids=ON_ITS_WAY)
def test_header_is_set_on_its_way(body: str) -> None:
    """By middleware of the one application; of two, it cannot be told whose route this is."""
    assert evidence(body) is Evidence.YES
    assert evidence(ANOTHER + dedent(body)) is Evidence.MAYBE
    routed = ANOTHER + dedent(body).replace("def route", '@other.get("/")\ndef route')
    assert evidence(routed) is Evidence.NO
    assert evidence(routed.replace("@other", "@app")) is Evidence.YES


UNSET = {
    "nothing": """
        def route():
            return StreamingResponse(gen())
        """,
    "another header": """
        def route():
            return StreamingResponse(gen(), headers={"Cache-Control": "no-cache"})
        """,
    "one branch": """
        def route(plain):
            headers = {"X-Accel-Buffering": "no"} if plain else {}
            return StreamingResponse(gen(), headers=headers)
        """,
    "injected response": """
        from fastapi import Response
        def route(response: Response):
            response.headers["X-Accel-Buffering"] = "no"
            return StreamingResponse(gen())
        """,
    "another response": """
        def route():
            other = StreamingResponse
            response = StreamingResponse(gen())
            copy = dict()
            copy["X-Accel-Buffering"] = "no"
            return response
        """,
    "fastapi's own class, constructed": """
        from fastapi.sse import EventSourceResponse
        def route():
            return EventSourceResponse(gen())
        """,
    "none": """
        def route():
            return StreamingResponse(gen(), headers=None)
        """,
    "middleware that sets another header": """
        @app.middleware("http")
        async def timing(request, call_next):
            response = await call_next(request)
            response.headers["X-Time"] = "1"
            return response
        def route():
            return StreamingResponse(gen())
        """,
}


@pytest.mark.parametrize("body", UNSET.values(), ids=UNSET)
def test_header_is_missing(body: str) -> None:
    response = only(GEN + dedent(body))
    assert "x-accel-buffering" not in response.headers
    assert response.headers_known


UNSEEN = {
    "keywords": """
        def route(**kwargs):
            return StreamingResponse(gen(), **kwargs)
        """,
    "parameter": """
        def route(headers):
            return StreamingResponse(gen(), headers=headers)
        """,
    "spread of a parameter": """
        def route(more):
            return StreamingResponse(gen(), headers={"a": "b", **more})
        """,
}


@pytest.mark.parametrize("body", UNSEEN.values(), ids=UNSEEN)
def test_headers_that_cannot_be_seen(body: str) -> None:
    assert not only(GEN + dedent(body)).headers_known


def test_keywords_that_hold_no_headers_hide_none() -> None:
    response = only(
        GEN
        + dedent("""
        OPTIONS = {"media_type": "text/event-stream"}
        def route():
            return StreamingResponse(gen(), **OPTIONS)
        """)
    )
    assert response.headers_known


# --- other classes -------------------------------------------------------------------------


def test_path_operations_that_are_generators() -> None:
    found = responses(
        program_of(
            HEAD
            + dedent("""
        from fastapi.sse import EventSourceResponse

        @app.get("/lines")
        async def lines():
            async for chunk in graph.astream({}):
                yield chunk

        @app.get("/sse", response_class=EventSourceResponse)
        async def sse():
            async for chunk in graph.astream({}):
                yield chunk

        @app.get("/plain")
        async def plain():
            return 1
    """)
        )
    )
    assert [(item.type, item.media_type, item.headers, item.live) for item in found] == [
        ("fastapi.yield", "application/jsonl", {}, True),
        (
            "fastapi.yield",
            "text/event-stream",
            {"cache-control": "no-cache", "x-accel-buffering": "no"},
            True,
        ),
    ]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (
            """
            from flask import Flask, Response, stream_with_context
            def view():
                return Response(stream_with_context(gen()), mimetype="text/event-stream")
            """,
            "flask.wrappers.Response",
        ),
        (
            """
            from flask import Flask
            web = Flask(__name__)
            @web.get("/")
            def view():
                return web.response_class(gen(), mimetype="text/event-stream")
            """,
            "flask.wrappers.Response",
        ),
        (
            """
            from django.http import StreamingHttpResponse
            def view(request):
                return StreamingHttpResponse(gen(), content_type="text/event-stream")
            """,
            "django.http.response.StreamingHttpResponse",
        ),
    ],
)
def test_other_frameworks(source: str, kind: str) -> None:
    head = """
        def gen():
            for chunk in graph.stream({}):
                yield chunk
    """
    response = only(dedent(head) + dedent(source))
    assert (response.type, response.media_type) == (kind, "text/event-stream")
    assert response.live


def test_a_plain_flask_response_does_not_stream() -> None:
    source = """
        from flask import Response
        def view():
            return Response("text", headers={"a": "b"})
    """
    assert responses(program_of(source)) == []


def test_django_headers_are_items_of_the_response() -> None:
    response = only(
        GEN
        + dedent("""
        from django.http import StreamingHttpResponse
        async def view(request):
            response = StreamingHttpResponse(gen(), content_type="text/event-stream")
            response["X-Accel-Buffering"] = "no"
            return response
        """)
    )
    assert response.headers["x-accel-buffering"] == "no"


def test_generators_of_responses_are_entries() -> None:
    source = """
        from fastapi.responses import StreamingResponse
        async def one(): yield 1
        def two(): yield 2
        def a():
            return StreamingResponse(one())
        def b():
            return StreamingResponse(two())
        def c():
            return StreamingResponse(two())
    """
    found = response_entries(responses(program_of(source)))
    assert [(entry.ref.function.name, entry.world.name, entry.kind) for entry in found] == [
        ("one", "LOOP", "response"),
        ("two", "THREAD", "response"),
    ]


def test_tests_hold_no_responses() -> None:
    source = """
        from fastapi.responses import StreamingResponse
        async def gen(): yield 1
        def a():
            return StreamingResponse(gen())
    """
    assert responses(program_of({"tests/test_app.py": source})) == []


# --- media types ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", (None, True)),
        (", media_type=None", (None, True)),
        (', media_type="text/plain"', ("text/plain", True)),
        (', headers={"Content-Type": "text/event-stream"}', ("text/event-stream", True)),
        (", media_type=given", (None, False)),
        (", **given", (None, False)),
    ],
)
def test_media_type(arguments: str, expected: tuple[str | None, bool]) -> None:
    response = only(GEN + f"def route(given):\n    return StreamingResponse(gen(){arguments})\n")
    assert (response.media_type, response.media_type_known) == expected


def test_media_type_of_a_subclass() -> None:
    response = only(
        GEN
        + dedent("""
        class Sse(StreamingResponse):
            media_type = "text/event-stream"
        class Named(Sse): ...
        def route():
            return Named(gen())
        """)
    )
    assert (response.media_type, response.media_type_known) == ("text/event-stream", True)


def test_a_known_stream_is_named_before_a_wait_and_a_sleep() -> None:
    response = only("""
        async def gen(request):
            while not await request.is_disconnected():
                await asyncio.sleep(1)
                await ready()
                async for chunk in graph.astream({}):
                    yield chunk
        def route(request):
            return StreamingResponse(gen(request))
    """)
    assert response.live_site is not None
    assert response.live_site.span[0] == response.live_site.env.scope.iterations[0].iterable.row
