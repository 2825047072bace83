"""stamina re-runs an async generator from its start, after chunks went out."""

import json
from collections.abc import AsyncIterator
from typing import TypedDict

import stamina
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph
from proof_models import FlakyService


class State(TypedDict, total=False):
    run: str
    plan: str
    answer: str


service = FlakyService()


async def plan(state: State) -> State:
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


@stamina.retry(on=ConnectionError, attempts=3, wait_initial=0.05, wait_jitter=0)
async def events(question: str) -> AsyncIterator[str]:
    async for update in graph.astream({"run": question}, stream_mode="updates"):
        yield f"data: {json.dumps(update)}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")
