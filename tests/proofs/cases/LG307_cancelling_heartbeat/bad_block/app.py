"""The time is up for a block around the next event, and nothing asks whether it was."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TypedDict

import anyio
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    notes: str


def plan(state: State) -> State:
    return {"notes": f"about {state['question']}"}


async def search(state: State) -> State:
    await asyncio.sleep(1)
    return {"notes": f"{state['notes']}: found"}


builder = StateGraph(State)
builder.add_node("plan", plan)
builder.add_node("search", search)
builder.add_edge(START, "plan")
builder.add_edge("plan", "search")
builder.add_edge("search", END)
graph = builder.compile()

app = FastAPI()
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    updates = aiter(graph.astream({"question": question}, stream_mode="updates"))
    try:
        while True:
            update = None
            with anyio.move_on_after(0.3):
                update = await anext(updates, {})
            if update is None:
                yield ": ping\n\n"
                continue
            if not update:
                break
            yield f"data: {json.dumps(update)}\n\n"
    except Exception:
        yield "event: error\ndata: {}\n\n"
    yield "event: end\ndata: {}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
