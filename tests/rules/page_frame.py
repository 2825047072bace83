# ruff: noqa
"""What the examples of the rules' pages leave out, as every reader of them would fill it in.

An example gets from here what it uses and does not bind, each before its first use, and nothing
else. What only one page needs belongs into that page's example.
"""

import asyncio
import functools
import json
import logging
import operator
import sqlite3
import time
from contextlib import asynccontextmanager
from typing import Annotated, Literal, TypedDict

import anyio
import httpx
import requests
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import Response, StreamingResponse
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.messages import RemoveMessage
from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.postgres import PostgresSaver
from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import Command, Overwrite, RetryPolicy, Send, interrupt
from psycopg_pool import AsyncConnectionPool
from pymongo import AsyncMongoClient
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from tenacity import retry, stop_after_attempt

import settings

logger = logging.getLogger(__name__)
app = FastAPI()
url = settings.URL
model = ChatOpenAI(model="gpt-5-mini", streaming=True)
llm = model
tools = []
connection = sqlite3.connect("threads.db", check_same_thread=False)
transcripts = AsyncMongoClient(settings.DATABASE).chat.transcripts
pool = AsyncConnectionPool(settings.DATABASE)
engine = create_async_engine(settings.DATABASE)
rooms = Table("rooms", MetaData(), Column("id", Integer, primary_key=True))
HEADERS = {"X-Accel-Buffering": "no", "Cache-Control": "no-cache"}
saver = InMemorySaver()
config: RunnableConfig = {"configurable": {"thread_id": settings.THREAD}}


class State(TypedDict):
    question: str
    messages: list
    history: list
    facts: list
    notes: list
    answer: str
    reply: str
    plan: str
    status: str
    attempts: int
    ready: bool
    good: bool
    failed: bool


builder = StateGraph(State)


def step(state: State) -> dict:
    return {}


async def search(question: str) -> list:
    async with httpx.AsyncClient() as client:
        return (await client.get(url, params={"question": question})).json()


graph = builder.compile(checkpointer=saver)


def frame(chunk: dict) -> str:
    return f"data: {json.dumps(jsonable_encoder(chunk))}\n\n"


async def frames(question: str):
    try:
        modes = ["updates", "messages"]
        async for chunk in graph.astream({"question": question}, config, stream_mode=modes):
            yield frame(chunk)
        yield "event: end\ndata: {}\n\n"
    except Exception:
        logger.exception("the run failed")
        yield "event: error\ndata: {}\n\n"


events = frames


@app.post("/frame")
async def serve(question: str):
    return StreamingResponse(frames(question), media_type="text/event-stream", headers=HEADERS)
