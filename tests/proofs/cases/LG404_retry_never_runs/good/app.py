"""tenacity around the call that fails, a coroutine inside the node."""

import json
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph
from proof_models import FlakyService
from tenacity import retry, stop_after_attempt, wait_fixed


class State(TypedDict, total=False):
    run: str
    plan: str
    answer: str


service = FlakyService()


@retry(stop=stop_after_attempt(3), wait=wait_fixed(0.05))
async def fetch(run: str) -> str:
    return await service.fetch(run)


async def plan(state: State) -> State:
    return {"plan": f"look up {state['run']}"}


async def lookup(state: State) -> State:
    return {"answer": await fetch(state["run"])}


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


async def events(question: str) -> AsyncIterator[str]:
    async for update in graph.astream({"run": question}, stream_mode="updates"):
        yield f"data: {json.dumps(update)}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")
