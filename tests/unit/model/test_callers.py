"""Which functions something runs."""

from __future__ import annotations

from textwrap import dedent

import pytest

from lg_lint.model.web.live_functions import Callers
from lg_lint.model.web.route_entries import entries
from model.programs import program_of

APP = """
    import functools
    from abc import ABC
    from threading import Thread
    from fastapi import FastAPI
    app = FastAPI()
"""

RUN = {
    "called by a route": """
        async def mark(): ...
        @app.get("/a")
        async def route():
            await mark()
    """,
    "called by what a route calls": """
        async def mark(): ...
        def between():
            return mark()
        @app.get("/a")
        async def route():
            await between()
    """,
    "called by the module": """
        async def mark(): ...
        coroutine = mark()
    """,
    "handed on": """
        async def mark(): ...
        app.state.handler = mark
    """,
    "in a table": """
        async def mark(): ...
        HANDLERS = {"a": [mark]}
    """,
    "decorated": """
        import unknown
        @unknown.command()
        async def mark(): ...
    """,
    "nested and decorated": """
        import unknown
        def build(server):
            @server.call_tool()
            async def mark(): ...
    """,
    "a method on an object of its class": """
        class Service:
            async def mark(self): ...
        @app.get("/a")
        async def route():
            await Service().mark()
    """,
    "a method on an object that could be anything": """
        class Service:
            async def mark(self): ...
        @app.get("/a")
        async def route(service):
            await service.mark()
    """,
    "an override, called through its base": """
        class Base(ABC):
            async def mark(self): ...
            async def run(self):
                await self.mark()
        class Service(Base):
            async def mark(self): ...
        @app.get("/a")
        async def route():
            await Base().run()
    """,
    "a method of a framework's class": """
        from unknown import Plugin
        class Service(Plugin):
            async def mark(self): ...
    """,
    "a callback that is defined where it is used": """
        @app.get("/a")
        async def route():
            async def mark(): ...
            await mark()
    """,
    "a function in a thread": """
        def mark(): ...
        Thread(target=mark).start()
    """,
}
REST = {
    "never named": "async def mark(): ...",
    "called by what is never named": """
        async def mark(): ...
        async def unused():
            await mark()
    """,
    "a circle": """
        async def mark():
            await other()
        async def other():
            await mark()
    """,
    "a method whose name another class has": """
        class Other:
            async def mark(self): ...
        class Service:
            async def mark(self): ...
        @app.get("/a")
        async def route():
            await Other().mark()
    """,
    "a method of an abstract class of the project": """
        class Service(ABC):
            async def mark(self): ...
    """,
    "the wrapper of a decorator that decorates nothing": """
        def decorator(function):
            @functools.wraps(function)
            async def mark():
                return await function()
            return mark
    """,
    "a variable of the same name is handed on": """
        async def mark(): ...
        @app.get("/a")
        async def route():
            mark = 1
            return str(mark)
    """,
    "another function of its name is handed on": """
        class Other:
            async def mark(self): ...
        app.state.handler = Other().mark
        async def mark(): ...
    """,
    "in a branch that never runs": """
        async def mark(): ...
        if False:
            mark()
    """,
}


def runs(source: str) -> bool:
    program = program_of(dedent(APP) + dedent(source))
    (module,) = program.modules
    taken = frozenset(id(entry.ref.function) for entry in entries(program))
    function = [each for each in module.all_functions if each.name == "mark"][-1]
    return Callers(program, (module,), taken).runs(function)


@pytest.mark.parametrize("source", RUN.values(), ids=RUN)
def test_runs(source: str) -> None:
    assert runs(source)


@pytest.mark.parametrize("source", REST.values(), ids=REST)
def test_does_not_run(source: str) -> None:
    assert not runs(source)
