"""What is used after the block that closes it, or without ever having been entered."""

from __future__ import annotations

import textwrap

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.streams.closed_blocks import Closed, closed_before_use
from model.programs import program_of

HEAD = """
import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
import httpx
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from sqlalchemy.ext.asyncio import async_sessionmaker
sessions = async_sessionmaker(None)
def answer(state): return {}
builder = StateGraph(MessagesState).add_node(answer).add_edge(START, "answer")
app = FastAPI()
async def frames(graph):
    async for step in graph.astream({}):
        yield step
async def rows(session):
    async for row in await session.stream("x"):
        yield row
"""


def closed(text: str) -> list[Closed]:
    project, _ = build.project(program_of(HEAD + textwrap.dedent(text)))
    return list(closed_before_use(project))


BAD = {
    "graph given to the generator": """
        @app.get("/")
        async def talk():
            async with AsyncSqliteSaver.from_conn_string("x") as saver:
                graph = builder.compile(checkpointer=saver)
                return StreamingResponse(frames(graph))
        """,
    "sync block": """
        @app.get("/")
        async def talk():
            with SqliteSaver.from_conn_string("x") as saver:
                return StreamingResponse(frames(builder.compile(checkpointer=saver)))
        """,
    "session": """
        @app.get("/")
        async def talk():
            async with sessions() as session:
                chunks = rows(session)
                return StreamingResponse(chunks)
        """,
    "client closed over": """
        @app.get("/")
        async def talk():
            async with httpx.AsyncClient() as client:
                async def lines():
                    async with client.stream("GET", "http://x") as answer:
                        async for line in answer.aiter_lines():
                            yield line
                return StreamingResponse(lines())
        """,
    "object of the project": """
        class Desk:
            def __init__(self, saver):
                self.graph = builder.compile(checkpointer=saver)
            async def talk(self):
                async for step in self.graph.astream({}):
                    yield step
        @app.get("/")
        async def talk():
            async with AsyncSqliteSaver.from_conn_string("x") as saver:
                desk = Desk(saver)
                return StreamingResponse(desk.talk())
        """,
    "own context": """
        @asynccontextmanager
        async def opened():
            async with AsyncSqliteSaver.from_conn_string("x") as saver:
                yield saver
        @app.get("/")
        async def talk():
            async with opened() as saver:
                graph = builder.compile(checkpointer=saver)
                return StreamingResponse(frames(graph))
        """,
    "graph returned": """
        async def made():
            async with AsyncSqliteSaver.from_conn_string("x") as saver:
                return builder.compile(checkpointer=saver)
        async def run():
            graph = await made()
            async for step in graph.astream({}):
                print(step)
        """,
    "graph of the module": """
        with SqliteSaver.from_conn_string("x") as saver:
            pass
        def made():
            with SqliteSaver.from_conn_string("x") as saver:
                graph = builder.compile(checkpointer=saver)
            return graph
        def run():
            return made().invoke({})
        """,
    "not entered": "graph = builder.compile(checkpointer=SqliteSaver.from_conn_string('x'))",
    "not entered, with a name": """
        saver = SqliteSaver.from_conn_string("x")
        graph = builder.compile(checkpointer=saver)
        """,
}

GOOD = {
    "block in the generator": """
        async def lines():
            async with AsyncSqliteSaver.from_conn_string("x") as saver:
                graph = builder.compile(checkpointer=saver)
                async for step in graph.astream({}):
                    yield step
        @app.get("/")
        async def talk():
            return StreamingResponse(lines())
        """,
    "lifespan": """
        @asynccontextmanager
        async def lifespan(app):
            async with AsyncSqliteSaver.from_conn_string("x") as saver:
                app.state.graph = builder.compile(checkpointer=saver)
                yield
        async def run():
            async for step in app.state.graph.astream({}):
                print(step)
        """,
    "server in the block": """
        async def main():
            async with AsyncSqliteSaver.from_conn_string("x") as saver:
                app.state.graph = builder.compile(checkpointer=saver)
                await uvicorn.Server(uvicorn.Config(app)).serve()
        async def run():
            async for step in app.state.graph.astream({}):
                print(step)
        """,
    "run called in the block": """
        async def ask(graph):
            async for step in graph.astream({}):
                print(step)
        async def main():
            async with AsyncSqliteSaver.from_conn_string("x") as saver:
                await ask(builder.compile(checkpointer=saver))
        """,
    "data of a session": """
        @app.get("/")
        async def talk():
            async with sessions() as session:
                note = await session.scalar("x")
                return StreamingResponse(frames(note))
        """,
    "saver in memory": """
        @app.get("/")
        async def talk():
            with InMemorySaver() as saver:
                return StreamingResponse(frames(builder.compile(checkpointer=saver)))
        """,
    "exit stack": """
        async def made():
            stack = AsyncExitStack()
            saver = await stack.enter_async_context(AsyncSqliteSaver.from_conn_string("x"))
            return builder.compile(checkpointer=saver)
        async def run():
            await (await made()).ainvoke({})
        """,
    "entered by hand": """
        async def made():
            saver = await AsyncSqliteSaver.from_conn_string("x").__aenter__()
            return builder.compile(checkpointer=saver)
        """,
    "entered later": """
        async def run():
            opened = AsyncSqliteSaver.from_conn_string("x")
            async with opened as saver:
                await builder.compile(checkpointer=saver).ainvoke({})
        """,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_used_when_it_is_closed(text: str) -> None:
    assert len(closed(text)) == 1


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_open_while_it_is_used(text: str) -> None:
    assert closed(text) == []
