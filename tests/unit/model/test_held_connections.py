"""Dependencies whose connection is out of the pool while a response streams."""

from __future__ import annotations

import textwrap

import pytest

from lg_lint.model.assembly import build
from lg_lint.model.streams.held_connections import Held, held_connections
from model.programs import program_of

HEAD = """
import os
from typing import Annotated
import asyncpg
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from langgraph.graph import START, MessagesState, StateGraph
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import create_engine, text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker
def answer(state): return {}
graph = StateGraph(MessagesState).add_node(answer).add_edge(START, "answer").compile()
app = FastAPI()
engine = create_async_engine(os.environ["DATABASE_URL"])
sessions = async_sessionmaker(engine)
plain = sessionmaker(bind=create_engine(os.environ["DATABASE_URL"]))
pool = AsyncConnectionPool(os.environ["DATABASE_URL"])
async def get_session():
    async with sessions() as session:
        yield session
def get_db():
    db = plain()
    try:
        yield db
    finally:
        db.close()
async def get_connection():
    async with pool.connection() as connection:
        yield connection
async def events():
    async for step in graph.astream({}):
        yield step
"""


def held(text: str, head: str = HEAD) -> list[Held]:
    project, _ = build.project(program_of(head + textwrap.dedent(text)))
    return list(held_connections(project))


def route(body: str, param: str = "session: AsyncSession = Depends(get_session)") -> str:
    lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
    return f'@app.get("/ask")\nasync def ask({param}):\n{lines}\n    return StreamingResponse(events())\n'


BAD = {
    "executed": route("await session.execute(text('x'))"),
    "got": route("await session.get(int, 1)"),
    "sync session": route("db.query(int).first()", "db: Session = Depends(get_db)"),
    "annotated": route(
        "await session.scalar(text('x'))", "session: Annotated[AsyncSession, Depends(get_session)]"
    ),
    "alias": "DB = Annotated[AsyncSession, Depends(get_session)]\n"
    + route("await session.scalar(text('x'))", "session: DB"),
    "connection of a pool, unused": route("pass", "connection = Depends(get_connection)"),
    "committed, then refreshed": route("await session.commit()\nawait session.refresh(1)"),
    "closed where it leaves alone": route(
        """
        found = await session.get(int, 1)
        if found is None:
            await session.close()
            raise HTTPException(404)
        """
    ),
    "given to a helper": "async def load(db): return await db.execute(text('x'))\n"
    + route("await load(session)"),
    "given by keyword": "async def load(*, db): return await db.execute(text('x'))\n"
    + route("await load(db=session)"),
    "in a repository": """
class Rooms:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
    async def find(self):
        return await self.session.execute(text("x"))
def rooms(session: AsyncSession = Depends(get_session)) -> Rooms:
    return Rooms(session)
"""
    + route("await rooms.find()", "rooms: Rooms = Depends(rooms)"),
    "behind the signed-in user": """
async def user(session: AsyncSession = Depends(get_session)):
    return await session.scalar(text("x"))
async def admin(who = Depends(user)):
    return who
"""
    + route("pass", "who = Depends(admin)"),
    "in the decorator": """
async def user(session: AsyncSession = Depends(get_session)):
    return await session.scalar(text("x"))
@app.get("/ask", dependencies=[Depends(user)])
async def ask():
    return StreamingResponse(events())
""",
    "used before its yield": """
async def scoped():
    async with sessions() as session:
        await session.execute(text("set role reader"))
        yield session
"""
    + route("pass", "session = Depends(scoped)"),
    "unseen factory, declared": """
async def unseen():
    async with app.state.sessions() as session:
        yield session
"""
    + route("await session.execute(text('x'))", "session: AsyncSession = Depends(unseen)"),
    "response made by a helper": """
def streamed(frames):
    return StreamingResponse(frames)
@app.get("/ask")
async def ask(session: AsyncSession = Depends(get_session)):
    await session.execute(text("x"))
    return streamed(events())
""",
    "router": "router = APIRouter()\n"
    + route("await session.execute(text('x'))").replace("@app", "@router")
    + "app.include_router(router)",
}

GOOD = {
    "never used": route("pass"),
    "closed": route("await session.execute(text('x'))\nawait session.close()"),
    "committed": route("await session.execute(text('x'))\nawait session.commit()"),
    "rolled back by a helper": "async def done(db): await db.rollback()\n"
    + route("await session.execute(text('x'))\nawait done(session)"),
    "its own block": route("async with session.begin():\n    await session.execute(text('x'))"),
    "scope": route(
        "await session.execute(text('x'))",
        "session: AsyncSession = Depends(get_session, scope='function')",
    ),
    "scope, annotated": route(
        "await session.execute(text('x'))",
        "session: Annotated[AsyncSession, Depends(get_session, scope='function')]",
    ),
    "not of a dependency": route(
        "async with sessions() as own:\n    await own.execute(text('x'))",
        "session: AsyncSession = Depends(get_session)",
    ),
    "another branch answers": route(
        """
        if session is None:
            await session.execute(text('x'))
            return {}
        """
    ),
    "used in the answer alone, and committed": """
async def told(session):
    async for step in graph.astream({}):
        yield step
    await session.execute(text("x"))
    await session.commit()
@app.get("/ask")
async def ask(session: AsyncSession = Depends(get_session)):
    return StreamingResponse(told(session))
""",
    "no stream": """
@app.get("/ask")
async def ask(session: AsyncSession = Depends(get_session)):
    await session.execute(text("x"))
    return {}
""",
    "not of a database": """
class Client:
    async def get(self, key): return key
async def client():
    yield Client()
"""
    + route("await client.get(1)", "client: Client = Depends(client)"),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_connection_is_held(text: str) -> None:
    assert len(held(text)) == 1


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_no_connection_is_held(text: str) -> None:
    assert held(text) == []


def test_an_engine_without_a_pool_has_none_to_hold() -> None:
    head = HEAD.replace('["DATABASE_URL"])', '["DATABASE_URL"], poolclass=NullPool)')
    assert held(BAD["executed"], head) == []
