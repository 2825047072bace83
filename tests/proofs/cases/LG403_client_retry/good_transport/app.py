"""A route whose first run breaks off after its first event."""

import itertools
import json
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph
from proof_models import FlakyService


class State(TypedDict, total=False):
    run: str
    plan: str
    answer: str


service = FlakyService()
runs = itertools.count()


async def plan(state: State) -> State:
    next(runs)
    return {"plan": f"look up {state['run']}"}


async def lookup(state: State) -> State:
    return {"answer": await service.fetch(state["run"])}


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


async def events(question: str) -> AsyncIterator[str]:
    async for update in graph.astream({"run": question}, stream_mode="updates"):
        yield f"data: {json.dumps(update)}\n\n"


@app.post("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")
