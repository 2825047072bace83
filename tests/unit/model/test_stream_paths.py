"""Which hops a stream has, what is known of each, and which findings belong to which."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.model.paths.drafts import Draft, attach
from lg_lint.model.paths.records import PathHop, StreamPath, weakest_of
from lg_lint.model.paths.stream_paths import stream_paths

from .programs import project_of

GRAPH = """
import asyncio
from typing import TypedDict
from langgraph.graph import END, START, StateGraph

class State(TypedDict):
    text: str

async def answer(state: State) -> dict:
    return {"text": "a"}

builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()

async def events(text):
    async for chunk in graph.astream({"text": text}):
        yield str(chunk)
"""


def paths_of(*parts: str) -> list[StreamPath]:
    return stream_paths(project_of(GRAPH, *parts), [])


def hop(path: StreamPath, kind: Hop) -> PathHop:
    return next(each for each in path.hops if each.hop is kind)


FASTAPI = """
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
"""

STARLETTE = """
from starlette.applications import Starlette
from starlette.responses import StreamingResponse
from starlette.routing import Mount, Route

async def chat(request):
    return StreamingResponse(events("a"))
"""

FLASK = """
from flask import Blueprint, Flask, Response
app = Flask(__name__)
"""

ROUTE = """
async def chat(text: str):
    return StreamingResponse(events(text))
"""


@pytest.mark.parametrize(
    ("parts", "addresses"),
    [
        ([FASTAPI, "app = FastAPI()", "@app.post('/chat')", ROUTE], ["POST /chat"]),
        (
            [
                FASTAPI,
                "app = FastAPI()\napi = APIRouter(prefix='/a')\n@api.get('/chat')",
                ROUTE,
                "app.include_router(api, prefix='/v1')\napp.include_router(api, prefix='/v2')",
            ],
            ["GET /v1/a/chat", "GET /v2/a/chat"],
        ),
        (
            [
                FASTAPI,
                "app = FastAPI()\nouter = APIRouter(prefix='/o')\napi = APIRouter()",
                "@api.api_route('/chat', methods=['GET', 'post'])",
                ROUTE,
                "outer.include_router(api, prefix='/i')\napp.include_router(outer)",
            ],
            ["GET /o/i/chat", "POST /o/i/chat"],
        ),
        (
            [
                FASTAPI,
                "import settings\napp = FastAPI()\napi = APIRouter(prefix=settings.prefix())",
                "@api.get('/chat')",
                ROUTE,
                "app.include_router(api)",
            ],
            ["GET …/chat"],
        ),
        ([FASTAPI, "app = FastAPI()", ROUTE, "app.add_api_route('/chat', chat)"], ["/chat"]),
        (
            [STARLETTE, "app = Starlette(routes=[Route('/chat', chat, methods=['POST'])])"],
            ["POST /chat"],
        ),
        (
            [
                STARLETTE,
                "app = Starlette(routes=[Mount('/v1', routes=[Route('/chat', chat)])])",
            ],
            ["/v1/chat"],
        ),
        (
            [
                FASTAPI,
                "app = FastAPI()\ninner = FastAPI()\n@inner.get('/chat')",
                ROUTE,
                "app.mount('/v1', inner)",
            ],
            ["GET /v1/chat"],
        ),
        (
            [
                FLASK,
                "api = Blueprint('api', __name__, url_prefix='/own')",
                "@api.route('/chat', methods=['POST'])",
                "def chat():\n    return Response(graph.stream({'text': 'a'}))",
                "app.register_blueprint(api, url_prefix='/given')",
            ],
            ["POST /given/chat"],
        ),
        (
            [
                FLASK,
                "api = Blueprint('api', __name__, url_prefix='/own')",
                "@api.get('/chat')",
                "def chat():\n    return Response(graph.stream({'text': 'a'}))",
                "app.register_blueprint(api)",
            ],
            ["GET /own/chat"],
        ),
        ([FASTAPI, ROUTE], []),
    ],
)
def test_addresses_of_a_route(parts: list[str], addresses: list[str]) -> None:
    (path,) = paths_of(*parts)
    assert list(path.addresses) == addresses
    assert path.route == (addresses[0] if addresses else "chat()")


APP = "app = FastAPI()\n@app.get('/chat')"


def test_hops_are_in_the_order_of_the_stream() -> None:
    (path,) = paths_of(FASTAPI, APP, ROUTE, "app.add_middleware(object)")
    assert [each.hop for each in path.hops] == [
        Hop.NODE, Hop.GRAPH, Hop.GENERATOR, Hop.RESPONSE, Hop.MIDDLEWARE, Hop.SERVER, Hop.PROXY,
        Hop.PLATFORM, Hop.CLIENT,
    ]  # fmt: skip
    unknown = [each.hop for each in path.hops if not each.is_known]
    assert unknown == [Hop.SERVER, Hop.PROXY, Hop.PLATFORM, Hop.CLIENT]
    assert all(each.question for each in path.hops if not each.is_known)


def test_a_response_that_is_no_stream_has_no_path() -> None:
    assert (
        paths_of(FASTAPI, APP, "async def chat():\n    return StreamingResponse(['a', 'b'])") == []
    )


def test_a_graph_that_is_not_seen_is_a_question() -> None:
    (path,) = paths_of(
        FASTAPI,
        "async def ticks():\n    while True:\n        await asyncio.sleep(1)\n        yield 'tick'",
        APP,
        "async def chat():\n    return StreamingResponse(ticks())",
    )
    graph = hop(path, Hop.GRAPH)
    assert not graph.is_known
    assert "what makes the chunks?" in graph.question
    assert Hop.NODE not in {each.hop for each in path.hops}


def test_a_graph_that_a_task_beside_the_generator_runs_is_seen() -> None:
    (path,) = paths_of(
        FASTAPI,
        "async def work(queue):\n"
        "    async for chunk in graph.astream({'text': 'a'}):\n        await queue.put(chunk)",
        "async def drain(queue):\n    while True:\n        yield await queue.get()",
        APP,
        "async def chat():\n"
        "    queue = asyncio.Queue()\n    task = asyncio.create_task(work(queue))\n"
        "    return StreamingResponse(drain(queue))",
    )
    assert hop(path, Hop.GRAPH).title == "builder"
    assert hop(path, Hop.NODE).title == "answer"
    assert "error frame ?" in hop(path, Hop.GENERATOR).facts


def test_a_graph_inside_of_a_node_comes_before_the_graph_around_it() -> None:
    (path,) = paths_of(
        "async def ask(state: State) -> dict:\n    return await graph.ainvoke(state)",
        "outer = StateGraph(State)\nouter.add_node('ask', ask)\nouter.add_edge(START, 'ask')",
        "big = outer.compile()",
        "async def more():\n    async for chunk in big.astream({'text': 'a'}):\n"
        "        yield str(chunk)",
        FASTAPI,
        APP,
        "async def chat():\n    return StreamingResponse(more())",
    )
    titles = [each.title for each in path.hops if each.hop in (Hop.NODE, Hop.GRAPH)]
    assert titles == ["answer", "builder", "ask", "outer"]


def test_many_nodes_of_which_nothing_is_to_say_are_one_hop() -> None:
    lines = [f"other.add_node('n{number}', answer)" for number in range(9)]
    (path,) = paths_of(
        "other = StateGraph(State)",
        *lines,
        "many = other.compile()",
        "async def more():\n    async for chunk in many.astream({'text': 'a'}):\n"
        "        yield str(chunk)",
        FASTAPI,
        APP,
        "async def chat():\n    return StreamingResponse(more())",
    )
    (node,) = (each for each in path.hops if each.hop is Hop.NODE)
    assert (node.title, node.facts) == ("9 more nodes", ("n0, n1, n2, n3, n4, n5, …",))


@pytest.mark.parametrize(
    ("response", "facts"),
    [
        ("StreamingResponse(events('a'))", ("no media type", "no X-Accel-Buffering")),
        (
            "StreamingResponse(events('a'), media_type='text/event-stream')",
            ("text/event-stream", "no X-Accel-Buffering"),
        ),
        (
            "StreamingResponse(events('a'), media_type=kind(), headers=more())",
            ("media type ?", "X-Accel-Buffering ?"),
        ),
        (
            "StreamingResponse(events('a'), headers={'X-Accel-Buffering': 'no'})",
            ("no media type", "X-Accel-Buffering: no"),
        ),
    ],
)
def test_unknown_is_not_taken_for_no(response: str, facts: tuple[str, ...]) -> None:
    (path,) = paths_of(
        FASTAPI, "from other import kind, more", APP, f"async def chat():\n    return {response}"
    )
    assert hop(path, Hop.RESPONSE).facts == facts


def test_a_websocket_is_a_stream_without_a_response() -> None:
    (path,) = paths_of(
        "from fastapi import FastAPI, WebSocket",
        "app = FastAPI()",
        "@app.websocket('/ws')",
        "async def talk(socket: WebSocket):\n"
        "    async for chunk in graph.astream({'text': 'a'}):\n"
        "        await socket.send_text(str(chunk))",
    )
    assert path.route == "/ws"
    assert hop(path, Hop.GRAPH).title == "builder"
    assert hop(path, Hop.RESPONSE).title == "websocket"
    assert "Upgrade" in hop(path, Hop.PROXY).question


# --- findings ------------------------------------------------------------------------------

HERE = Place("app.py", 5, 1, 5, 9)
ELSEWHERE = Place("other.py", 5, 1, 5, 9)
ROUTE_PLACE = Place("app.py", 30, 1, 30, 9)


def finding(kind: Hop, place: Place, *trace: Place) -> Finding:
    from lg_lint.base.finding import Step

    return Finding(
        "LG999", "name", "message", Severity.WARNING, Confidence.HIGH, kind, place,
        tuple(Step(each, "step") for each in trace),
    )  # fmt: skip


def attached(found: Finding, *drafts: Draft) -> list[int]:
    attach([found], list(drafts), frozenset({ROUTE_PLACE}))
    return [at for at, draft in enumerate(drafts) if draft.findings]


def test_a_finding_belongs_to_the_hop_that_holds_its_place() -> None:
    node = Draft(Hop.NODE, "n", spans=[Place("app.py", 4, 1, 9, 1)])
    generator = Draft(Hop.GENERATOR, "g", spans=[Place("app.py", 1, 1, 20, 1)])
    assert attached(finding(Hop.NODE, HERE), generator, node) == [1]
    assert attached(finding(Hop.GENERATOR, HERE), generator) == [0]
    assert attached(finding(Hop.GRAPH, HERE), generator) == [0]


def test_of_two_bodies_around_a_place_the_inner_one_counts() -> None:
    outer = Draft(Hop.RESPONSE, "r", spans=[Place("app.py", 1, 1, 20, 1)])
    inner = Draft(Hop.GENERATOR, "g", spans=[Place("app.py", 4, 1, 9, 1)])
    assert attached(finding(Hop.NODE, HERE), outer, inner) == [1]


def test_a_finding_of_another_stream_belongs_to_none() -> None:
    node = Draft(Hop.NODE, "n", spans=[Place("app.py", 4, 1, 9, 1)])
    assert attached(finding(Hop.NODE, ELSEWHERE, HERE), node) == []


def test_a_finding_in_a_line_of_the_deployment_belongs_to_its_server_alone() -> None:
    said = finding(Hop.SERVER, Place("Dockerfile", 4, 1, 4, 1), ROUTE_PLACE)
    assert attached(said, Draft(Hop.SERVER, "s", lines={("Dockerfile", 4)})) == [0]
    assert attached(said, Draft(Hop.SERVER, "s", lines={("Dockerfile", 5)})) == []
    assert attached(said, Draft(Hop.SERVER, "s", lines={("Procfile", 4)})) == []
    silent = replace(said, trace=())
    assert attached(silent, Draft(Hop.SERVER, "s", lines={("Dockerfile", 4)})) == []


def test_a_finding_makes_a_hop_known() -> None:
    client = Draft(Hop.CLIENT, "", is_known=False, question="who?")
    assert attached(finding(Hop.CLIENT, ELSEWHERE, ROUTE_PLACE), client) == [0]
    assert (client.is_known, client.place, client.question) == (True, ELSEWHERE, "")


def test_the_weakest_hop_is_the_worst_then_the_surest_then_the_last() -> None:
    def of(*findings: Finding) -> PathHop:
        return PathHop(Hop.NODE, "n", findings=findings)

    warning = finding(Hop.NODE, HERE)
    error = replace(warning, severity=Severity.ERROR)
    unsure = replace(error, confidence=Confidence.MEDIUM)
    assert weakest_of((of(warning), of(error), of(warning))) == 1
    assert weakest_of((of(unsure), of(error), of(unsure))) == 1
    assert weakest_of((of(error), of(warning, error), of())) == 1
    assert weakest_of((of(warning), of(unsure))) == 1
    assert weakest_of((of(), of())) is None
