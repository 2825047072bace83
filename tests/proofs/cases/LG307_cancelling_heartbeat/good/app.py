"""`asyncio.wait` leaves the task of the next update running."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TypedDict

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
    updates = graph.astream({"question": question}, stream_mode="updates")
    task = asyncio.ensure_future(updates.__anext__())
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=0.3)
            if not done:
                yield ": ping\n\n"
                continue
            try:
                update = task.result()
            except StopAsyncIteration:
                break
            yield f"data: {json.dumps(update)}\n\n"
            task = asyncio.ensure_future(updates.__anext__())
    except Exception:
        yield "event: error\ndata: {}\n\n"
    finally:
        task.cancel()
    yield "event: end\ndata: {}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
