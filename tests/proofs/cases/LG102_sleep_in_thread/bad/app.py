"""A plain node that waits with time.sleep: one thread of the pool waits with it."""

import time
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    answer: str


def lookup(state: State) -> State:
    writer = get_stream_writer()
    writer("searching")
    time.sleep(0.6)
    writer("found")
    return {"answer": state["question"].upper()}


builder = StateGraph(State)
builder.add_node("lookup", lookup)
builder.add_edge(START, "lookup")
builder.add_edge("lookup", END)
graph = builder.compile()

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    async for progress in graph.astream({"question": question}, stream_mode="custom"):
        yield f"data: {progress}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")
