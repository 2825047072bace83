"""Offloaders run what they are given in another thread: each is seen to do so."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from itertools import filterfalse
from typing import Any

import pytest

from lg_lint.knowledge import type_table
from not_installed import is_excused
from test_knowledge import installed

OFFLOADERS = type_table().offloaders


def where() -> tuple[int, int]:
    return os.getpid(), threading.get_ident()


async def in_loop(_: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(None, where)


async def in_langchain(function: Any) -> Any:
    return await function(None, where)


async def iterated(function: Any) -> Any:
    return await anext(aiter(function(where() for _ in range(1))))


async def submitted(submit: Any) -> Any:
    with ThreadPoolExecutor() as pool:
        return submit(pool, where).result()


async def mapped(map_: Any) -> Any:
    with ThreadPoolExecutor() as pool:
        return next(map_(pool, lambda _: where(), [1]))


async def submitted_to_process(submit: Any) -> Any:
    with ProcessPoolExecutor(1) as pool:
        return submit(pool, where).result()


async def mapped_to_process(map_: Any) -> Any:
    with ProcessPoolExecutor(1) as pool:
        return next(map_(pool, _where, [1]))


def _where(_: int) -> tuple[int, int]:
    return where()


USES: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "asyncio.events.AbstractEventLoop.run_in_executor": in_loop,
    "langchain_core.runnables.config.run_in_executor": in_langchain,
    "langchain_core.runnables.run_in_executor": in_langchain,
    "starlette.concurrency.iterate_in_threadpool": iterated,
    "concurrent.futures.thread.ThreadPoolExecutor.submit": submitted,
    "concurrent.futures.thread.ThreadPoolExecutor.map": mapped,
    "concurrent.futures.process.ProcessPoolExecutor.submit": submitted_to_process,
    "concurrent.futures.process.ProcessPoolExecutor.map": mapped_to_process,
}


async def used(name: str, function: Any) -> Any:
    if name in USES:
        return await USES[name](function)
    return await (function(where)() if OFFLOADERS[name] < 0 else function(where))


@pytest.mark.parametrize("name", sorted(filterfalse(is_excused, OFFLOADERS)))
def test_the_function_runs_elsewhere(name: str) -> None:
    there, function = installed(name)
    assert there
    assert function is not None
    assert asyncio.run(used(name, function)) != where()


def test_the_position_is_that_of_the_function() -> None:
    """The second argument for those that take an executor or a configuration first."""
    second = {name for name, position in OFFLOADERS.items() if position == 1}
    assert second == {name for name in USES if name.endswith("run_in_executor")}
