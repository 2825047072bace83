"""What runs of an application show: each call that would wait notes whether a loop runs in its thread."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import httpx
import requests
from langgraph.pregel import Pregel

SLEEP = "LG102"
WAITING = (
    (time, "sleep", SLEEP),
    (requests.Session, "request", "LG103"),
    (httpx.Client, "request", "LG103"),
    (urllib.request, "urlopen", "LG103"),
    (subprocess, "run", "LG103"),
    (subprocess, "check_output", "LG103"),
    (os, "system", "LG103"),
    (socket, "create_connection", "LG103"),
)


def _in_a_node() -> bool:
    """Whether a graph called what runs here, in this thread and task."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        name = frame.f_globals.get("__name__", "")
        if name.startswith("langgraph.") or name == "langchain_core.runnables.config":
            return True
    return False


class Probes:
    """Stands in for what waits, and waits no time; `seen` are the codes of what a loop waited for."""

    def __init__(self) -> None:
        self.seen: set[str] = set()
        self._inside = threading.local()

    def _note(self, code: str) -> None:
        if code == SLEEP and _in_a_node():
            self.seen.add(code)
        elif not getattr(self._inside, "run", 0) and asyncio._get_running_loop() is not None:
            self.seen.add("LG103" if code == SLEEP else code)

    def _waiting(self, code: str) -> Callable[..., Any]:
        def call(*_: object, **__: object) -> mock.MagicMock:
            self._note(code)
            return mock.MagicMock()

        return call

    def _running(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A sync run of a graph: what its nodes wait for, the run waits for."""

        def call(*args: Any, **kwargs: Any) -> Any:
            self._note("LG101")
            self._inside.run = getattr(self._inside, "run", 0) + 1
            try:
                return original(*args, **kwargs)
            finally:
                self._inside.run -= 1

        return call

    def _streaming(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Iterator[Any]:
            chunks = original(*args, **kwargs)
            while True:
                try:
                    yield self._running(next)(chunks)
                except StopIteration:
                    return

        return call

    @contextlib.contextmanager
    def placed(self) -> Iterator[None]:
        """The probes in the places of what they stand for."""
        with contextlib.ExitStack() as stack:
            for owner, name, code in WAITING:
                stack.enter_context(mock.patch.object(owner, name, self._waiting(code)))
            invoke, stream = Pregel.invoke, Pregel.stream
            stack.enter_context(mock.patch.object(Pregel, "invoke", self._running(invoke)))
            stack.enter_context(mock.patch.object(Pregel, "stream", self._streaming(stream)))
            yield


async def answered(app: Any) -> None:
    """One request, answered to its end."""
    left = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict[str, Any]:
        if left:
            return left.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) == 200

    scope = {
        "type": "http", "method": "GET", "path": "/ask", "raw_path": b"/ask", "query_string": b"q=a",
        "headers": [], "http_version": "1.1", "scheme": "http", "server": ("localhost", 80),
        "client": ("localhost", 1), "root_path": "", "asgi": {"version": "3.0"},
    }  # fmt: skip
    await app(scope, receive, send)
