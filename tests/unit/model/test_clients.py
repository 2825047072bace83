"""Requests of clients: what they speak to, how long they wait, what is sent again."""

from __future__ import annotations

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.clients.endpoints import Endpoints, Kind
from lg_lint.model.clients.requests import StreamedRequest, streamed_requests
from lg_lint.model.clients.resending import resending
from lg_lint.model.clients.timeouts import limits
from lg_lint.model.project import Project

from .programs import program_of

IMPORTS = """\
import os
import aiohttp
import httpx
import requests
import urllib3
import sseclient
from httpx_sse import EventSource, connect_sse
from langgraph_sdk import get_client, get_sync_client
from requests.adapters import HTTPAdapter
from urllib.parse import urljoin
from urllib3.util.retry import Retry
"""
SERVER = """\
from fastapi import APIRouter, FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import StateGraph

graph = StateGraph(dict).compile()
router = APIRouter(prefix="/chats")
app = FastAPI()

async def events():
    async for update in graph.astream({}):
        yield str(update)

@router.post("/{chat}/answer")
async def answer(chat: str):
    return StreamingResponse(events())

def respond():
    return StreamingResponse(events())

@app.post("/helped/answer")
async def helped():
    return respond()

@app.get("/health")
async def health():
    return "ok"
"""


def project_of(client: str) -> Project:
    found, _ = build.project(program_of({"client.py": IMPORTS + client, "server.py": SERVER}))
    return found


def only_request(project: Project) -> StreamedRequest:
    (request,) = streamed_requests(project)
    return request


def reading(call: str, before: str = "") -> str:
    """A function that reads the lines of what `call` gives."""
    return f"{before}\ndef f(base, thread, run):\n    for line in {call}.iter_lines():\n        print(line)\n"


class TestRequests:
    @pytest.mark.parametrize(
        ("client", "library", "verb"),
        [
            (reading('httpx.stream("POST", base)'), "httpx", "POST"),
            (reading('httpx.Client().stream(method="get", url=base)'), "httpx", "GET"),
            (reading("httpx.put(base)"), "httpx", "PUT"),
            (reading("requests.post(base, stream=True)"), "requests", "POST"),
            (reading('requests.Session().request("PUT", base, stream=True)'), "requests", "PUT"),
            (
                "def f(base):\n"
                '    for part in urllib3.request("GET", base, preload_content=False).stream():\n'
                "        print(part)\n",
                "urllib3",
                "GET",
            ),
            (
                "async def f(base):\n"
                "    async with aiohttp.ClientSession() as session:\n"
                "        async with session.post(base) as answer:\n"
                "            while line := await answer.content.readline():\n"
                "                print(line)\n",
                "aiohttp",
                "POST",
            ),
            (
                "def f(base):\n"
                "    with httpx.Client() as client:\n"
                '        with client.stream("GET", base) as answer:\n'
                "            for event in EventSource(answer).iter_sse():\n"
                "                print(event)\n",
                "httpx",
                "GET",
            ),
            (
                "def f(base):\n"
                "    answer = requests.get(base, stream=True)\n"
                "    for event in sseclient.SSEClient(answer).events():\n"
                "        print(event)\n",
                "requests",
                "GET",
            ),
            (
                "async def f():\n"
                "    async for part in get_client().runs.stream(None, 'agent'):\n"
                "        print(part)\n",
                "langgraph_sdk",
                None,
            ),
        ],
    )
    def test_found(self, client: str, library: str, verb: str | None) -> None:
        request = only_request(project_of(client))
        assert (request.library, request.verb) == (library, verb)

    @pytest.mark.parametrize(
        "client",
        [
            reading("requests.post(base)"),
            reading("requests.post(base, stream=False)"),
            reading("open(base)"),
            'def f(base):\n    return httpx.post(base).json()["lines"]\n',
            "def f(model):\n    for part in model.stream('hello').content:\n        print(part)\n",
            reading('httpx.Client(transport=httpx.MockTransport(base)).stream("GET", base)'),
        ],
    )
    def test_left_alone(self, client: str) -> None:
        assert streamed_requests(project_of(client)) == []

    def test_answer_is_read_in_another_function(self) -> None:
        client = (
            "def read(answer):\n"
            "    for line in answer.iter_lines():\n"
            "        yield line\n"
            "def f(base):\n"
            '    with httpx.stream("POST", base) as answer:\n'
            "        yield from read(answer)\n"
        )
        assert only_request(project_of(client)).verb == "POST"


class TestEndpoints:
    @pytest.mark.parametrize(
        ("url", "kind"),
        [
            ('f"{base}/threads/{thread}/runs/stream"', Kind.SERVER),
            ('base + "/runs/stream"', Kind.SERVER),
            ('urljoin(base, "/runs/stream")', Kind.SERVER),
            ('"{}/agent/stream_events".format(base)', Kind.SERVER),
            ('f"{base}/chats/{thread}/answer"', Kind.ROUTE),
            ('f"{base}/api/chats/1/answer?long=1"', Kind.ROUTE),
            ('"http://localhost:8000/chats/7/answer"', Kind.ROUTE),
            ('"http://server/chats/7/answer"', Kind.ROUTE),
            ('"https://api.example.com/chats/7/answer"', None),
            ('f"{base}/health"', None),
            ('f"{base}/agents/stream"', Kind.EVENTS),
            ('f"{base}/api/chat?thread=1"', Kind.EVENTS),
            ('f"{base}/upstream/file"', None),
            ('f"{base}/v1/chat/completions"', Kind.MODEL),
            ('"https://api.example.com/v1/messages"', Kind.MODEL),
            ('f"{base}/chats/{thread}/question"', None),
            ("base", None),
        ],
    )
    def test_by_address(self, url: str, kind: Kind | None) -> None:
        project = project_of(reading(f'httpx.stream("POST", {url})'))
        endpoint = Endpoints(project).of(only_request(project))
        assert (endpoint.kind if endpoint else None) is kind

    @pytest.mark.parametrize(("method", "found"), [("iter_text", True), ("iter_bytes", False)])
    def test_bytes_of_a_stream_may_be_a_film(self, method: str, found: bool) -> None:
        client = (
            "def f(base):\n"
            f"    for part in httpx.stream('GET', base + '/stream').{method}():\n"
            "        print(part)\n"
        )
        project = project_of(client)
        assert (Endpoints(project).of(only_request(project)) is not None) is found

    def test_route_whose_helper_makes_the_response(self) -> None:
        project = project_of(reading('httpx.stream("POST", f"{base}/helped/answer")'))
        endpoint = Endpoints(project).of(only_request(project))
        assert endpoint is not None
        assert endpoint.kind is Kind.ROUTE

    def test_address_in_a_variable(self) -> None:
        client = (
            "def f(base):\n"
            '    url = f"{base}/runs/stream"\n'
            "    for line in httpx.stream('POST', url).iter_lines():\n"
            "        print(line)\n"
        )
        project = project_of(client)
        endpoint = Endpoints(project).of(only_request(project))
        assert endpoint is not None
        assert endpoint.kind is Kind.SERVER

    @pytest.mark.parametrize(
        ("verb", "url", "joins"),
        [
            ("GET", '"/threads/1/runs/2/stream"', True),
            ("POST", '"/threads/1/runs/stream"', False),
        ],
    )
    def test_joined_runs(self, verb: str, url: str, joins: bool) -> None:
        project = project_of(reading(f'httpx.stream("{verb}", {url})'))
        endpoint = Endpoints(project).of(only_request(project))
        assert endpoint is not None
        assert endpoint.joins is joins

    @pytest.mark.parametrize(
        ("arguments", "kind"),
        [
            ('json={"stream": True}', Kind.MODEL),
            ('json={"stream": True, "jsonrpc": "2.0"}', None),
            ('json={"stream": run}', None),
            ('json={"stream": False}, headers={"Accept": "text/event-stream"}', None),
            ('headers={"accept": "text/event-stream"}', Kind.EVENTS),
            ('headers={"Accept": "application/x-ndjson"}', None),
        ],
    )
    def test_by_what_is_sent(self, arguments: str, kind: Kind | None) -> None:
        project = project_of(reading(f'httpx.stream("POST", base, {arguments})'))
        endpoint = Endpoints(project).of(only_request(project))
        assert (endpoint.kind if endpoint else None) is kind

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            ('line.startswith("data: ")', Kind.EVENTS),
            ('line[:5] == b"data:"', Kind.EVENTS),
            ("parse(line)", Kind.EVENTS),
            ('line.startswith("metadata: ")', None),
        ],
    )
    def test_by_what_is_looked_for(self, body: str, kind: Kind | None) -> None:
        client = (
            'def parse(line):\n    return line.removeprefix("data:")\n'
            "def f(base):\n"
            '    for line in httpx.stream("POST", base).iter_lines():\n'
            f"        print({body})\n"
        )
        project = project_of(client)
        endpoint = Endpoints(project).of(only_request(project))
        assert (endpoint.kind if endpoint else None) is kind


class TestLimits:
    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            ('httpx.stream("POST", base)', [5]),
            ('httpx.stream("POST", base, timeout=None)', []),
            ('httpx.stream("POST", base, timeout=7)', [7]),
            ('httpx.stream("POST", base, timeout=(5, 8))', [8]),
            ('httpx.stream("POST", base, timeout=httpx.Timeout(9))', [9]),
            ('httpx.stream("POST", base, timeout=httpx.Timeout(9, read=3))', [3]),
            ('httpx.stream("POST", base, timeout=httpx.Timeout(9, read=None))', []),
            ('httpx.stream("POST", base, timeout=httpx.Timeout(None))', []),
            ('httpx.stream("POST", base, timeout=httpx.Timeout(3, connect=9))', [3]),
            ('httpx.stream("POST", base, timeout=os.environ["LIMIT"])', []),
            ('httpx.stream("POST", base, **run)', []),
            ('httpx.stream("POST", base, **{"timeout": 4})', [4]),
            ('httpx.stream("POST", base, **{"json": 4})', [5]),
            ('httpx.Client(timeout=6).stream("POST", base)', [6]),
            ('httpx.Client(timeout=None).stream("POST", base, timeout=6)', [6]),
            ('httpx.Client(timeout=6).stream("POST", base, timeout=None)', []),
            ("requests.post(base, stream=True)", []),
            ("requests.post(base, stream=True, timeout=6)", [6]),
            ("requests.post(base, stream=True, timeout=(6, None))", []),
            ("requests.post(base, stream=True, timeout=(6, 20))", [20]),
        ],
    )
    def test_seconds(self, call: str, expected: list[float]) -> None:
        project = project_of(reading(call))
        found = limits(project.program, only_request(project))
        assert [limit.seconds for limit in found] == expected
        assert not any(limit.total for limit in found)

    @pytest.mark.parametrize(
        ("session", "request_", "expected"),
        [
            ("", "", [(300, True)]),
            ("timeout=None", "", [(300, True)]),
            ("", "timeout=None", []),
            ("timeout=aiohttp.ClientTimeout()", "", []),
            ("timeout=aiohttp.ClientTimeout(60)", "", [(60, True)]),
            ("timeout=aiohttp.ClientTimeout(total=60, sock_read=9)", "", [(60, True), (9, False)]),
            ("timeout=aiohttp.ClientTimeout(total=0)", "", []),
            ("timeout=aiohttp.ClientTimeout(total=60)", "timeout=20", [(20, True)]),
        ],
    )
    def test_aiohttp(self, session: str, request_: str, expected: list[tuple[float, bool]]) -> None:
        client = (
            "async def f(base):\n"
            f"    async with aiohttp.ClientSession({session}) as session:\n"
            f"        async with session.post(base, {request_}) as answer:\n"
            "            async for line in answer.content:\n"
            "                print(line)\n"
        )
        project = project_of(client)
        found = limits(project.program, only_request(project))
        assert [(limit.seconds, limit.total) for limit in found] == expected

    @pytest.mark.parametrize(("arguments", "expected"), [("", [3]), ("timeout=None", [])])
    def test_function_of_urllib3_has_a_default_of_its_own(
        self, arguments: str, expected: list[float]
    ) -> None:
        client = (
            "def f(base):\n"
            f"    answer = urllib3.request('GET', base, preload_content=False, {arguments})\n"
            "    for part in answer.stream():\n"
            "        print(part)\n"
        )
        project = project_of(client)
        found = limits(project.program, only_request(project))
        assert [limit.seconds for limit in found] == expected

    def test_longest_of_all_callers_counts(self) -> None:
        client = (
            "def f(base, timeout):\n"
            '    for line in httpx.stream("POST", base, timeout=timeout).iter_lines():\n'
            "        print(line)\n"
            "f('a', 5)\nf('b', 50)\n"
        )
        project = project_of(client)
        (limit,) = limits(project.program, only_request(project))
        assert limit.seconds == 50

    def test_one_caller_without_limit_is_enough(self) -> None:
        client = (
            "def f(base, timeout):\n"
            '    for line in httpx.stream("POST", base, timeout=timeout).iter_lines():\n'
            "        print(line)\n"
            "f('a', 5)\nf('b', None)\n"
        )
        project = project_of(client)
        assert limits(project.program, only_request(project)) == []


class TestResending:
    @pytest.mark.parametrize(
        ("verb", "retries", "times"),
        [
            ("get", "3", 3),
            ("get", "0", None),
            ("get", "os.environ['N']", None),
            ("post", "3", None),
            ("get", "Retry()", 10),
            ("get", "Retry(total=2)", 2),
            ("get", "Retry(total=0)", None),
            ("get", "Retry(total=False)", None),
            ("get", "Retry(5, read=2)", 2),
            ("get", "Retry(5, read=False)", None),
            ("get", "Retry(5, allowed_methods=['POST'])", None),
            ("post", "Retry(5, allowed_methods=['POST'])", 5),
            ("post", "Retry(5, allowed_methods=None)", 5),
            ("post", "Retry(5, method_whitelist=False)", 5),
            ("post", "Retry(5, allowed_methods=frozenset({'GET', 'post'}))", 5),
            ("post", "Retry(5, status_forcelist=[503])", None),
        ],
    )
    def test_adapters(self, verb: str, retries: str, times: int | None) -> None:
        client = (
            "def f(base):\n"
            "    session = requests.Session()\n"
            f"    session.mount('https://', HTTPAdapter(max_retries={retries}))\n"
            f"    for line in session.{verb}(base, stream=True).iter_lines():\n"
            "        print(line)\n"
        )
        project = project_of(client)
        found = resending(project.program, only_request(project))
        assert (found.times if found else None) == times

    @pytest.mark.parametrize(
        ("pool", "arguments", "times"),
        [
            ("", "", 3),
            ("retries=False", "", None),
            ("retries=2", "", 2),
            ("retries=2", "retries=False", None),
            ("retries=Retry(4)", "", 4),
        ],
    )
    def test_pools(self, pool: str, arguments: str, times: int | None) -> None:
        client = (
            f"pool = urllib3.PoolManager({pool})\n"
            "def f(base):\n"
            f"    answer = pool.request('GET', base, preload_content=False, {arguments})\n"
            "    for part in answer.stream():\n"
            "        print(part)\n"
        )
        project = project_of(client)
        found = resending(project.program, only_request(project))
        assert (found.times if found else None) == times

    def test_httpx_sends_nothing_again(self) -> None:
        client = reading(
            'httpx.Client(transport=httpx.HTTPTransport(retries=3)).stream("GET", base)'
        )
        project = project_of(client)
        assert resending(project.program, only_request(project)) is None
