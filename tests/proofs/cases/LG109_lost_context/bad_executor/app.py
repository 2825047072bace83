"""A thread of the loop's executor asks for the writer."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    answer: str


def note(page: int) -> str:
    get_stream_writer()({"page": page})
    return f"page {page}"


async def answer(_: State) -> State:
    loop = asyncio.get_running_loop()
    return {"answer": await loop.run_in_executor(None, note, 1)}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    async for update in graph.astream({"question": question}, stream_mode="custom"):
        yield f"data: {json.dumps(update)}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")
