"""Two short steps and a long one, on a server that asks whether its workers live."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    notes: str


async def plan(state: State) -> State:
    await asyncio.sleep(0.2)
    return {"notes": f"{state.get('notes', '')} planned"}


async def search(state: State) -> State:
    time.sleep(6)
    return {"notes": f"{state['notes']} found"}


builder = StateGraph(State)
builder.add_node("plan", plan)
builder.add_node("outline", plan)
builder.add_node("search", search)
builder.add_edge(START, "plan")
builder.add_edge("plan", "outline")
builder.add_edge("outline", "search")
builder.add_edge("search", END)
graph = builder.compile()

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events() -> AsyncIterator[str]:
    async for update in graph.astream({"question": "?"}, stream_mode="updates"):
        yield f"data: {json.dumps(update)}\n\n"


@app.get("/run")
async def run() -> StreamingResponse:
    return StreamingResponse(events(), media_type="text/event-stream")
