"""What starts an event loop of its own is told by one table, for every room that asks."""

from __future__ import annotations

from textwrap import dedent

import pytest

from lg_lint.knowledge import type_table
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.call_graph.private_loops import private_loops
from lg_lint.program.store import scopes, terminal_name
from model.programs import program_of
from program.test_execution import worlds_of_mark

FORMS = {
    "asyncio.run": ("import asyncio", "asyncio.run(work())"),
    "asyncio.runners.Runner.run": (
        "import asyncio",
        "with asyncio.Runner() as runner:\n        runner.run(work())",
    ),
    "asyncio.events.AbstractEventLoop.run_until_complete": (
        "import asyncio",
        "asyncio.new_event_loop().run_until_complete(work())",
    ),
    "anyio.run": ("import anyio", "anyio.run(work)"),
    "trio.run": ("import trio", "trio.run(work)"),
    "uvloop.run": ("import uvloop", "uvloop.run(work())"),
    "winloop.run": ("import winloop", "winloop.run(work())"),
    "aiorun.run": ("from aiorun import run", "run(work())"),
    "curio.run": ("import curio", "curio.run(work)"),
    "asgiref.sync.async_to_sync": (
        "from asgiref.sync import async_to_sync",
        "async_to_sync(work)()",
    ),
    "streamlit.write_stream": ("import streamlit", "streamlit.write_stream(work())"),
}
GENERATORS = {"streamlit.write_stream"}
"""Rows that run an async generator, not a coroutine."""

PROGRAM = """
    {imports}

    async def work():
        {body}

    def start():
        {call}
"""


def test_every_row_has_a_form() -> None:
    assert set(FORMS) == set(type_table().own_loops)


@pytest.mark.parametrize("row", sorted(FORMS))
def test_what_it_runs_is_on_a_loop_of_its_own(row: str) -> None:
    imports, call = FORMS[row]
    body = "yield mark()" if row in GENERATORS else "mark()"
    text = dedent(PROGRAM).format(imports=imports, body=body, call=call)
    assert worlds_of_mark(text, world=ThreadContext.THREAD) <= {ThreadContext.ALONE}
    program = program_of(text)
    (module,) = program.modules
    loops = private_loops(program, [module])
    (work,) = [function for function in module.all_functions if function.name == "work"]
    calls = {
        id(site.node)
        for scope in scopes(module)
        for site in scope.calls
        if terminal_name(site.node.func) == "work"
    }
    assert calls & loops.calls or id(work) in loops.functions


OTHERS = {
    "a method of the project": "Runner().run(work())",
    "a thread": "asyncio.to_thread(work)",
    "a process": "subprocess.run(work())",
}


@pytest.mark.parametrize("call", OTHERS.values(), ids=list(OTHERS))
def test_other_runs_are_none(call: str) -> None:
    text = f"""
        import asyncio
        import subprocess

        class Runner:
            def run(self, coroutine):
                return coroutine

        async def work():
            mark()

        async def start():
            {call}
        """
    assert ThreadContext.ALONE not in worlds_of_mark(text)
    program = program_of(dedent(text))
    (module,) = program.modules
    loops = private_loops(program, [module])
    assert not loops.calls
    assert not loops.functions
