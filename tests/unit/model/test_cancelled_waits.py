"""Waits that give up on the next item of a generator, and whether the code goes on with it."""

from __future__ import annotations

import textwrap

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.streams.cancelled_waits import CancelledWait, cancelled_waits
from model.programs import program_of

HEAD = """
import asyncio
import contextlib
import anyio
from asyncio import wait_for as patient
from collections.abc import AsyncIterator
from contextlib import aclosing
from langgraph.graph import START, MessagesState, StateGraph
from langchain_openai import ChatOpenAI
model = ChatOpenAI()
NOTHING = object()
def answer(state): return {}
graph = StateGraph(MessagesState).add_node(answer).add_edge(START, "answer").compile()
async def numbers():
    yield 1
"""


def waits(text: str) -> list[CancelledWait]:
    project, _ = build.project(program_of(HEAD + textwrap.dedent(text)))
    return list(cancelled_waits(project))


STEP = """
async def events():
    steps = {source}
    while True:
        try:
            step = await {wait}
        except {caught}:
            {then}
        except StopAsyncIteration:
            break
        yield step
"""


def step(
    source: str = "graph.astream({})",
    wait: str = "asyncio.wait_for(steps.__anext__(), 5)",
    caught: str = "asyncio.TimeoutError",
    then: str = "yield 'ping'; continue",
) -> str:
    return STEP.format(source=source, wait=wait, caught=caught, then=then)


BAD = {
    "graph": step(),
    "events": step("graph.astream_events({})"),
    "model": step("model.astream([])"),
    "own generator": step("numbers()"),
    "aiter": step("aiter(graph.astream({}))"),
    "method aiter": step("numbers().__aiter__()"),
    "anext": step(wait="patient(anext(steps), timeout=5)"),
    "asend": step(wait="asyncio.wait_for(steps.asend(None), 5)"),
    "task": step(wait="asyncio.wait_for(asyncio.create_task(steps.__anext__()), 5)"),
    "everything caught": step(caught="Exception"),
    "handler sets the item": step(then="step = 'ping'"),
    "counts first": step(then="yield 'ping'\n            if step: return"),
    "passes": step(then="pass"),
    "kept task that wait_for cancels": """
        async def events():
            steps = graph.astream({})
            task = asyncio.ensure_future(steps.__anext__())
            while True:
                try:
                    step = await asyncio.wait_for(task, 5)
                except TimeoutError:
                    yield "ping"
                    continue
                yield step
                task = asyncio.ensure_future(steps.__anext__())
        """,
    "aclosing": """
        async def events():
            async with aclosing(numbers()) as steps:
                while True:
                    try:
                        yield await asyncio.wait_for(steps.__anext__(), 5)
                    except TimeoutError:
                        yield "ping"
        """,
    "scope that moves on": """
        async def events():
            steps = graph.astream({})
            while True:
                with anyio.move_on_after(5) as scope:
                    step = await steps.__anext__()
                if scope.cancelled_caught:
                    yield "ping"
                    continue
                yield step
        """,
    "scope that moves on, not asked": """
        async def events():
            steps = graph.astream({})
            step = None
            while True:
                step = None
                with anyio.move_on_after(5):
                    step = await anext(steps)
                if step is None:
                    yield "ping"
                else:
                    yield step
        """,
    "block in another try": """
        async def events():
            steps = graph.astream({})
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(5):
                        yield await anext(steps)
        """,
    "named block": """
        async def events():
            steps = graph.astream({})
            while True:
                limit = asyncio.timeout(5)
                try:
                    async with limit:
                        step = await anext(steps)
                except TimeoutError:
                    continue
                yield step
        """,
    "helper that gives None": """
        async def item(steps):
            try:
                return await asyncio.wait_for(steps.__anext__(), 5)
            except TimeoutError:
                return None
        async def events():
            steps = graph.astream({})
            while True:
                step = await item(steps)
                if step is None:
                    yield "ping"
                    continue
                yield step
        """,
    "helper that raises": """
        async def item(steps):
            return await asyncio.wait_for(steps.__anext__(), 5)
        async def events():
            steps = graph.astream({})
            while True:
                try:
                    yield await item(steps)
                except TimeoutError:
                    yield "ping"
        """,
    "helper that awaits": """
        async def item(steps):
            return await steps.__anext__()
        async def events():
            steps = graph.astream({})
            while True:
                try:
                    yield await asyncio.wait_for(item(steps), 5)
                except TimeoutError:
                    yield "ping"
        """,
    "coroutine handed in": """
        async def within(work, seconds):
            try:
                return await asyncio.wait_for(work, seconds)
            except TimeoutError:
                return NOTHING
        async def events():
            steps = graph.astream({})
            while True:
                step = await within(steps.__anext__(), 5)
                if step is NOTHING:
                    yield "ping"
                    continue
                yield step
        """,
    "wrapper of any generator": """
        async def beating(source, seconds):
            steps = source.__aiter__()
            while True:
                try:
                    step = await asyncio.wait_for(steps.__anext__(), seconds)
                except TimeoutError:
                    yield "ping"
                except StopAsyncIteration:
                    return
                else:
                    yield step
        async def events():
            async for step in beating(graph.astream({}), 5):
                yield step
        """,
    "class with the iterator": """
        class Beating:
            def __init__(self, source):
                self.source = source.__aiter__()
            def __aiter__(self):
                return self
            async def __anext__(self):
                try:
                    return await asyncio.wait_for(self.source.__anext__(), 5)
                except TimeoutError:
                    return "ping"
        async def events():
            async for step in Beating(graph.astream({})):
                yield step
        """,
    "class whose iterator is a generator's": """
        class Steps:
            def __init__(self):
                self.inner = graph.astream({})
            def __aiter__(self):
                return self
            async def __anext__(self):
                return await self.inner.__anext__()
        async def events():
            steps = Steps()
            while True:
                try:
                    yield await asyncio.wait_for(steps.__anext__(), 5)
                except TimeoutError:
                    yield "ping"
        """,
    "websocket": """
        async def talk(socket):
            steps = graph.astream({})
            while True:
                try:
                    step = await asyncio.wait_for(anext(steps), 5)
                except TimeoutError:
                    await socket.send_text("ping")
                    continue
                await socket.send_text(step)
        """,
}

GOOD = {
    "returns": step(then="yield 'late'; return"),
    "breaks": step(then="break"),
    "raises": step(then="raise RuntimeError('late')"),
    "shielded": step(wait="asyncio.wait_for(asyncio.shield(task), 5)"),
    "no limit": step(wait="asyncio.wait_for(steps.__anext__(), None)"),
    "another handler": step(caught="ValueError"),
    "queue": step("asyncio.Queue()", "asyncio.wait_for(steps.get(), 5)"),
    "begins anew": step(then="steps = graph.astream({}); continue"),
    "kept task": """
        async def events():
            steps = graph.astream({})
            task = asyncio.ensure_future(steps.__anext__())
            while True:
                try:
                    step = await asyncio.wait_for(asyncio.shield(task), 5)
                except TimeoutError:
                    yield "ping"
                    continue
                yield step
                task = asyncio.ensure_future(steps.__anext__())
        """,
    "flag that ends the loop": """
        async def events():
            steps = graph.astream({})
            late = False
            while not late:
                try:
                    yield await asyncio.wait_for(steps.__anext__(), 5)
                except TimeoutError:
                    late = True
        """,
    "around the whole loop": """
        async def events():
            try:
                async with asyncio.timeout(60):
                    async for step in graph.astream({}):
                        yield step
            except TimeoutError:
                yield "late"
        """,
    "retried run": """
        async def run():
            for _ in range(3):
                try:
                    async with asyncio.timeout(60):
                        async for step in graph.astream({}):
                            print(step)
                        return
                except TimeoutError:
                    continue
        """,
    "scope asked, and left": """
        async def events():
            steps = graph.astream({})
            while True:
                with anyio.move_on_after(5) as scope:
                    step = await steps.__anext__()
                if scope.cancelled_caught:
                    break
                yield step
        """,
    "helper's None ends it": """
        async def item(steps):
            try:
                return await asyncio.wait_for(steps.__anext__(), 5)
            except TimeoutError:
                return None
        async def events():
            steps = graph.astream({})
            while (step := await item(steps)) is not None:
                yield step
        """,
    "helper's None leaves": """
        async def item(steps):
            try:
                return await asyncio.wait_for(steps.__anext__(), 5)
            except TimeoutError:
                return None
        async def events():
            steps = graph.astream({})
            while True:
                step = await item(steps)
                if step is None:
                    return
                yield step
        """,
    "iterator of a queue": """
        class Steps:
            def __init__(self):
                self.queue = asyncio.Queue()
            def __aiter__(self):
                return self
            async def __anext__(self):
                return await self.queue.get()
        async def events():
            steps = Steps()
            while True:
                try:
                    yield await asyncio.wait_for(steps.__anext__(), 5)
                except TimeoutError:
                    yield "ping"
        """,
    "own wait_for": """
        async def wait_for(work, seconds):
            return await work
        async def events():
            steps = graph.astream({})
            while True:
                try:
                    yield await wait_for(steps.__anext__(), 5)
                except TimeoutError:
                    yield "ping"
        """,
    "whole run in the time": """
        async def events():
            while True:
                try:
                    yield await asyncio.wait_for(graph.ainvoke({}), 5)
                except TimeoutError:
                    yield "ping"
        """,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_going_on_with_a_generator_that_was_cancelled(text: str) -> None:
    assert len(waits(text)) == 1


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_nothing_is_lost(text: str) -> None:
    assert waits(text) == []


def test_an_unknown_iterator_is_no_certainty() -> None:
    text = "async def events(steps: AsyncIterator[str]):\n" + "\n".join(
        step("steps").splitlines()[3:]
    )
    (found,) = waits(text)
    assert not found.item.certain
    (found,) = waits(step())
    assert found.item.certain


def test_a_wait_names_its_handler_and_the_place_that_waits() -> None:
    (found,) = waits(step())
    assert found.on is not None
    assert found.site.node is found.timed
    (found,) = waits(BAD["named block"])
    assert found.site.node is not found.timed
