"""Applications that wait in some place, reached in some way (LG101, LG102, LG103).

Each has a graph, a stream of it behind a route, and one function `act` that waits, or does not.
"""

from __future__ import annotations

from .grammar import Choices, Forms, Grammar, indented

WAITS = {
    "sleep": ("", "time.sleep(0.2)"),
    "sleep by name": ("from time import sleep\n", "sleep(0.2)"),
    "requests": ("", "requests.get(URL, timeout=5)"),
    "requests session": ("session = requests.Session()\n", 'session.post(URL, json={"a": 1})'),
    "httpx": ("", "httpx.get(URL)"),
    "httpx client": ("client = httpx.Client()\n", "client.get(URL)"),
    "sleep of an alias": ("import time as clock\n", "clock.sleep(0.2)"),
    "system": ("", 'os.system("true")'),
    "check_output": ("", 'subprocess.check_output(["true"])'),
    "socket": ("", 'socket.create_connection(("example.org", 80))'),
    "urllib": ("", "urllib.request.urlopen(URL)"),
    "subprocess": ("", 'subprocess.run(["true"])'),
    "nothing": ("", "sum(range(3))"),
}

REACHES = {
    "function": "def act():\n    return {wait}",
    "helper": "def deep():\n    return {wait}\n\n\ndef act():\n    return deep()",
    "method": "class Tool:\n    def run(self):\n        return {wait}\n\n\ntool = Tool()\n\n\ndef act():\n    return tool.run()",
    "bound method": "class Tool:\n    def run(self):\n        return {wait}\n\n\nact = Tool().run",
    "base class": (
        "class Base:\n    def run(self):\n        return self.work()\n\n    def work(self):\n        return None\n\n\n"
        "class Tool(Base):\n    def work(self):\n        return {wait}\n\n\nact = Tool().run"
    ),
    "lambda": "act = lambda: {wait}",
    "partial": "def deep(times):\n    return {wait}\n\n\nact = functools.partial(deep, 1)",
    "closure": "def made():\n    def inner():\n        return {wait}\n\n    return inner\n\n\nact = made()",
    "table": 'def deep():\n    return {wait}\n\n\nTABLE = {"deep": deep}\n\n\ndef act():\n    return TABLE["deep"]()',
    "registry": (
        "FOUND = {}\n\n\ndef register(function):\n    FOUND[function.__name__] = function\n    return function\n\n\n"
        '@register\ndef deep():\n    return {wait}\n\n\ndef act():\n    return FOUND["deep"]()'
    ),
    "decorated": (
        "def logged(function):\n    @functools.wraps(function)\n    def inner(*args, **kwargs):\n"
        "        return function(*args, **kwargs)\n\n    return inner\n\n\n@logged\ndef act():\n    return {wait}"
    ),
    "callback": "def apply(function):\n    return function()\n\n\ndef deep():\n    return {wait}\n\n\ndef act():\n    return apply(deep)",
    "property": "class Tool:\n    @property\n    def value(self):\n        return {wait}\n\n\ndef act():\n    return Tool().value",
    "context manager": (
        "@contextlib.contextmanager\ndef block():\n    {wait}\n    yield\n\n\ndef act():\n    with block():\n        return 1"
    ),
    "generator": "def each():\n    yield {wait}\n\n\ndef act():\n    return list(each())",
    "generator left alone": "def each():\n    yield {wait}\n\n\ndef act():\n    return each()",
    "constructor": "class Tool:\n    def __init__(self):\n        self.value = {wait}\n\n\ndef act():\n    return Tool().value",
    "call method": "class Tool:\n    def __call__(self):\n        return {wait}\n\n\nact = Tool()",
    "map": "def deep(number):\n    return {wait}\n\n\ndef act():\n    return list(map(deep, [1]))",
    "pool": (
        "POOL = ThreadPoolExecutor()\n\n\ndef deep(number):\n    return {wait}\n\n\n"
        "def act():\n    POOL.submit(deep, 1)\n    return 1"
    ),
    "class method": "class Tool:\n    @classmethod\n    def run(cls):\n        return {wait}\n\n\nact = Tool.run",
    "super": (
        "class Base:\n    def run(self):\n        return {wait}\n\n\nclass Tool(Base):\n    def run(self):\n"
        "        return super().run()\n\n\nact = Tool().run"
    ),
    "cached": "@functools.lru_cache\ndef act():\n    return {wait}",
    "getattr": 'class Tool:\n    def run(self):\n        return {wait}\n\n\ndef act():\n    return getattr(Tool(), "run")()',
    "item": 'class Tool:\n    def __getitem__(self, key):\n        return {wait}\n\n\ndef act():\n    return Tool()["a"]',
    "iteration": "class Tool:\n    def __iter__(self):\n        yield {wait}\n\n\ndef act():\n    return list(Tool())",
    "entering": (
        "class Tool:\n    def __enter__(self):\n        return {wait}\n\n    def __exit__(self, *error):\n        return None\n\n\n"
        "def act():\n    with Tool() as value:\n        return value"
    ),
    "sort key": "def deep(number):\n    {wait}\n    return number\n\n\ndef act():\n    return sorted([1, 2], key=deep)",
    "reduce": "def deep(one, two):\n    {wait}\n    return one\n\n\ndef act():\n    return functools.reduce(deep, [1, 2])",
    "comprehension": "def deep(number):\n    return {wait}\n\n\ndef act():\n    return [deep(each) for each in [1]]",
    "default argument": "def deep():\n    return {wait}\n\n\ndef act(function=deep):\n    return function()",
    "field": (
        "@dataclass\nclass Tool:\n    function: Callable\n\n\ndef deep():\n    return {wait}\n\n\ntool = Tool(deep)\n\n\n"
        "def act():\n    return tool.function()"
    ),
    "star arguments": (
        "def apply(function, *args, **options):\n    return function(*args, **options)\n\n\ndef deep(number):\n    return {wait}\n\n\n"
        "def act():\n    return apply(deep, 1)"
    ),
    "late global": (
        "handler = None\n\n\ndef deep():\n    return {wait}\n\n\ndef setup():\n    global handler\n    handler = deep\n\n\n"
        "setup()\n\n\ndef act():\n    return handler()"
    ),
    "list": "def deep():\n    return {wait}\n\n\nSTEPS = [deep]\n\n\ndef act():\n    return STEPS[0]()",
    "loop over steps": (
        "def deep():\n    return {wait}\n\n\nSTEPS = []\nSTEPS.append(deep)\n\n\ndef act():\n    for step in STEPS:\n        step()"
    ),
    "next": "def each():\n    yield {wait}\n\n\ndef act():\n    return next(each())",
    "yield from": "def deep():\n    yield {wait}\n\n\ndef each():\n    yield from deep()\n\n\ndef act():\n    return list(each())",
    "handler": "def act():\n    try:\n        return [][0]\n    except IndexError:\n        return {wait}",
    "proxy": (
        "class Tool:\n    def run(self):\n        return {wait}\n\n\nclass Proxy:\n    def __init__(self, inner):\n        self.inner = inner\n\n"
        "    def __getattr__(self, name):\n        return getattr(self.inner, name)\n\n\ntool = Proxy(Tool())\n\n\ndef act():\n    return tool.run()"
    ),
    "setter": (
        "class Tool:\n    @property\n    def value(self):\n        return 1\n\n    @value.setter\n    def value(self, number):\n"
        "        {wait}\n\n\ndef act():\n    Tool().value = 2"
    ),
    "operator": "class Tool:\n    def __add__(self, other):\n        return {wait}\n\n\ndef act():\n    return Tool() + 1",
    "match": 'def act():\n    match URL:\n        case "":\n            return 1\n        case _:\n            return {wait}',
    "another branch": "def act():\n    if len(URL) > 3:\n        return {wait}\n    return 1",
}

WAYS = {
    "call": "act()",
    "to_thread": "await asyncio.to_thread(act)",
    "executor": "await asyncio.get_running_loop().run_in_executor(None, act)",
    "threadpool": "await run_in_threadpool(act)",
    "anyio": "await anyio.to_thread.run_sync(act)",
    "coroutine": "await later()",
    "task": "await asyncio.create_task(later())",
    "gather": "await asyncio.gather(later(), later())",
    "wait_for": "await asyncio.wait_for(later(), 5)",
    "not called": "kept = act",
    "thread": "thread = threading.Thread(target=act)\nthread.start()",
    "loop": "for number in range(2):\n    act()",
    "try": "try:\n    act()\nexcept ValueError:\n    pass",
    "thread of a lambda": "await asyncio.to_thread(lambda: act())",
}

PLACES = (
    "async node", "sync node", "async route", "sync route", "event generator", "sync event generator",
    "async dependency", "sync dependency", "async router", "sync router", "async background task",
    "sync background task", "middleware", "nowhere",
)  # fmt: skip
SYNC_PLACES = {place for place in PLACES if place.startswith("sync")}

RUNS = {
    "astream": 'async for chunk in graph.astream({"q": q}):\n    yield f"data: {json.dumps(chunk)}\\n\\n"',
    "ainvoke": 'result = await graph.ainvoke({"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "invoke": 'result = graph.invoke({"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "stream": 'for chunk in graph.stream({"q": q}):\n    yield f"data: {json.dumps(chunk)}\\n\\n"',
    "invoke in a thread": 'result = await asyncio.to_thread(graph.invoke, {"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "invoke by a helper": 'result = asked(graph, q)\nyield f"data: {json.dumps(result)}\\n\\n"',
    "helper in a thread": 'result = await asyncio.to_thread(asked, graph, q)\nyield f"data: {json.dumps(result)}\\n\\n"',
    "bound invoke": 'ask_graph = graph.invoke\nresult = ask_graph({"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "list of a stream": 'result = list(graph.stream({"q": q}))\nyield f"data: {json.dumps(result)}\\n\\n"',
    "getattr": 'result = getattr(graph, "invoke")({"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "partial": 'result = functools.partial(graph.invoke, {"q": q})()\nyield f"data: {json.dumps(result)}\\n\\n"',
    "state of the application": 'result = app.state.graph.invoke({"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "table of graphs": 'result = GRAPHS["main"].invoke({"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "with_config": 'result = graph.with_config(tags=["a"]).invoke({"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "pipe": 'result = (graph | RunnableLambda(dict)).invoke({"q": q})\nyield f"data: {json.dumps(result)}\\n\\n"',
    "service": 'result = Service(graph).run(q)\nyield f"data: {json.dumps(result)}\\n\\n"',
    "async service": 'result = await Service(graph).arun(q)\nyield f"data: {json.dumps(result)}\\n\\n"',
}

HEAD = """import asyncio
import contextlib
import functools
import json
import os
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypedDict

import anyio
import httpx
import requests
from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, StateGraph

URL = "https://example.org/"


class State(TypedDict, total=False):
    q: str
    a: str
"""

SERVICE = """class Service:
    def __init__(self, graph):
        self.graph = graph

    def run(self, q):
        return self.graph.invoke({"q": q})

    async def arun(self, q):
        return await self.graph.ainvoke({"q": q})"""
ASKED = 'def asked(graph, q):\n    return graph.invoke({"q": q})'
LATER = "async def later():\n    return act()"
WIRING = """builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_conditional_edges("answer", route, [END])
graph = builder.compile()
app = FastAPI()
app.state.graph = graph
GRAPHS = {"main": graph}"""


def _ways(choices: Choices) -> Forms:
    if choices["place"] not in SYNC_PLACES:
        return WAYS
    return {name: way for name, way in WAYS.items() if "await" not in way}


def _runs(choices: Choices) -> Forms:
    """A graph with a coroutine function has no sync run; a plain generator awaits nothing."""
    place = choices["place"]
    if place == "sync event generator":
        return {
            name: run for name, run in RUNS.items() if "await" not in run and "async" not in run
        }
    if place in ("async node", "async router"):
        return {
            "astream": RUNS["astream"],
            "ainvoke": RUNS["ainvoke"],
            "async service": RUNS["async service"],
        }
    return RUNS


def _write(choices: Choices) -> str:
    place, run = choices["place"], RUNS[choices["run"]]
    setup, wait = WAITS[choices["wait"]]
    acting = WAYS[choices["way"]]

    def function(head: str, own: str, rest: str) -> str:
        body = f"{acting}\n{rest}" if place == own else rest
        return f"{head}\n{indented(body)}"

    def kind(name: str) -> str:
        """The place that a function is: async where the choice says so, else plain."""
        return f"async {name}" if place == f"async {name}" else f"sync {name}"

    def word(name: str) -> str:
        return "async def" if place == f"async {name}" else "def"

    events = "sync event generator" if place == "sync event generator" else "event generator"
    route = "sync route" if place == "sync route" else "async route"
    parts = [
        HEAD + setup,
        REACHES[choices["reach"]].replace("{wait}", wait),
        *([LATER] if "later(" in acting else []),
        *([ASKED] if "asked" in run else []),
        *([SERVICE] if "Service(" in run else []),
        function(f"{word('node')} answer(state: State):", kind("node"), 'return {"a": "yes"}'),
        function(f"{word('router')} route(state: State):", kind("router"), "return END"),
        WIRING,
        function(f"{word('dependency')} user():", kind("dependency"), 'return "user"'),
        function(f"{word('background task')} after():", kind("background task"), "return None"),
        function(f"{'def' if events.startswith('sync') else 'async def'} events(q):", events, run),
    ]
    if place == "middleware":
        head = '@app.middleware("http")\nasync def watch(request, call_next):'
        parts.append(function(head, place, "return await call_next(request)"))
    given = ["q: str"]
    given += ["who: str = Depends(user)"] if "dependency" in place else []
    given += ["tasks: BackgroundTasks = None"] if "background" in place else []
    answer = 'return StreamingResponse(events(q), media_type="text/event-stream")'
    if "background" in place:
        answer = f"tasks.add_task(after)\n{answer}"
    head = f'@app.get("/ask")\n{"def" if route == "sync route" else "async def"} ask({", ".join(given)}):'
    parts.append(function(head, route, answer))
    return "\n\n\n".join(parts) + "\n"


WAITING = Grammar(
    "waits",
    frozenset(("LG101", "LG102", "LG103")),
    (
        ("place", lambda _: dict.fromkeys(PLACES, "")),
        ("wait", lambda _: dict.fromkeys(WAITS, "")),
        ("reach", lambda _: REACHES),
        ("way", _ways),
        ("run", _runs),
    ),
    _write,
)
