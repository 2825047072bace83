"""A route that answers once its graph has something to say."""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    run: str
    plan: str
    answer: str


runs = itertools.count()


async def plan(state: State) -> State:
    next(runs)
    return {"plan": f"look up {state['run']}"}


async def lookup(state: State) -> State:
    await asyncio.sleep(1.5)
    return {"answer": state["plan"]}


builder = StateGraph(State)
builder.add_node("plan", plan)
builder.add_node("lookup", lookup)
builder.add_edge(START, "plan")
builder.add_edge("plan", "lookup")
builder.add_edge("lookup", END)
graph = builder.compile()

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/runs")
async def count() -> int:
    """How many runs there have been."""
    return next(runs)


async def events(stream: AsyncIterator[State], first: State) -> AsyncIterator[str]:
    yield f"data: {json.dumps(first)}\n\n"
    async for update in stream:
        yield f"data: {json.dumps(update)}\n\n"


@app.api_route("/run", methods=["GET", "POST"])
async def run(question: str) -> StreamingResponse:
    stream = graph.astream({"run": question}, stream_mode="values")
    async for first in stream:
        if "answer" in first:
            break
    return StreamingResponse(events(stream, first), media_type="text/event-stream")
