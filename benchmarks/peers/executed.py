"""Runs what a case holds, scripts, routes and graphs, under blockbuster.

Each blocking call is printed when it is seen, as JSON: the lines of the case that led to it.
Blockbuster raises at the first blocking call. So that one finding does not hide the next, a call
that was seen is let through and the same thing is run again.
"""

from __future__ import annotations

import asyncio
import json
import os
import runpy
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Any

from blockbuster import blockbuster
from langgraph.pregel import Pregel
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient

from benchmarks.peers.loading import modules_of, silent_stdout

RUNS = 12
Stack = tuple[tuple[str, int], ...]


class Answering(BaseHTTPRequestHandler):
    """The peer of every HTTP call of the cases, as their proxy or by its own address."""

    def answer(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = answer  # noqa: N815


def served() -> str:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}/"


class Watch:
    """The blocking calls seen so far, each with the lines of the case that led to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seen: dict[tuple[str, int], Stack] = {}
        watch = self

        class Recorded(blockbuster.BlockingError):
            def __init__(self, name: str) -> None:
                super().__init__(name)
                stack = watch.stack()
                watch.seen.setdefault(stack[0], stack)

        blockbuster.BlockingError = Recorded
        tool = blockbuster.BlockBuster()
        for function in tool.functions.values():
            function.can_block_predicate = self.or_seen(function.can_block_predicate)
        tool.activate()

    def or_seen(self, predicate: Callable[..., bool]) -> Callable[..., bool]:
        def allowed(*arguments: Any, **keywords: Any) -> bool:
            stack = self.stack()
            return not stack or stack[0] in self.seen or predicate(*arguments, **keywords)

        return allowed

    def stack(self) -> Stack:
        frame: FrameType | None = sys._getframe(1)
        found = []
        while frame:
            path = frame.f_code.co_filename
            if path.startswith(str(self.root)):
                found.append((os.path.relpath(path, self.root), frame.f_lineno))
            frame = frame.f_back
        return tuple(found)

    def new(self, action: Callable[[], Any]) -> Iterator[Stack]:
        """Run the action until it shows nothing new."""
        for _ in range(RUNS):
            before = set(self.seen)
            with suppress(Exception, SystemExit):  # blockbuster's own, or the case's
                action()
            new = [stack for place, stack in self.seen.items() if place not in before]
            yield from new
            if not new:
                return


def blocking_calls(root: Path) -> Iterator[Stack]:
    address = served()
    os.environ.update(HTTP_PROXY=address, HTTPS_PROXY=address, LANGSMITH_TRACING="false")
    os.environ.update(OPENAI_API_KEY="x", ANTHROPIC_API_KEY="x")
    modules = list(modules_of(root))
    watch = Watch(root)
    values = {id(value): value for module in modules for value in vars(module).values()}
    applications = [each for each in values.values() if isinstance(each, Starlette)]
    scripts = [path for path in root.rglob("*.py") if "__main__" in path.read_text()]
    for application in applications:
        for action in _requests(application, address):
            yield from watch.new(action)
    for script in scripts:
        yield from watch.new(partial(runpy.run_path, str(script), run_name="__main__"))
    if not applications and not scripts:
        for graph in (each for each in values.values() if isinstance(each, Pregel)):
            yield from watch.new(partial(_run, graph))


def _run(graph: Any) -> None:
    keys = getattr(graph, "channels", {})
    state = {key: [] if "messages" in key else "text" for key in keys if ":" not in key}
    asyncio.run(graph.ainvoke(state, {"configurable": {"thread_id": "1"}}))


def _requests(application: Starlette, text: str) -> Iterator[Callable[[], None]]:
    for route in application.routes:
        if isinstance(route, WebSocketRoute):
            yield partial(_talk, application, route)
        elif isinstance(route, Route) and route.include_in_schema:
            for method in sorted((route.methods or {"GET"}) - {"HEAD"}):
                yield partial(_ask, application, route, method, text)


def _ask(application: Starlette, route: Route, method: str, text: str) -> None:
    dependant = getattr(route, "dependant", None)
    query = {each.alias: _value_of(each, text) for each in _parameters(dependant, "query_params")}
    body = {each.alias: _value_of(each, text) for each in _parameters(dependant, "body_params")}
    content = next(iter(body.values())) if len(body) == 1 else body or None
    with TestClient(application) as client:
        client.request(method, _filled(route), params=query, json=content).read()


def _talk(application: Starlette, route: WebSocketRoute) -> None:
    with TestClient(application) as client, client.websocket_connect(_filled(route)) as socket:
        socket.send_json({"question": "x"})
        socket.receive()


def _parameters(dependant: Any, kind: str) -> list[Any]:
    if dependant is None:
        return []
    inner = [each for other in dependant.dependencies for each in _parameters(other, kind)]
    return [*getattr(dependant, kind), *inner]


def _value_of(parameter: Any, text: str) -> Any:
    return _value(parameter.field_info.annotation, text)


def _value(annotation: Any, text: str) -> Any:
    if fields := getattr(annotation, "model_fields", None):
        return {name: _value(field.annotation, text) for name, field in fields.items()}
    plain: dict[Any, Any] = {int: 1, float: 1.0, bool: True}
    return plain.get(annotation, [] if "list" in str(annotation).lower() else text)


def _filled(route: Route | WebSocketRoute) -> str:
    return "/".join("1" if part.startswith("{") else part for part in route.path.split("/"))


if __name__ == "__main__":
    answers = silent_stdout()
    for call in blocking_calls(Path(sys.argv[1])):
        os.write(answers, json.dumps(call).encode() + b"\n")
    os._exit(0)  # a thread that the case left behind does not keep the process
