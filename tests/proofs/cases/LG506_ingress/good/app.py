"""A node that is silent for longer than nginx waits."""

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


async def wait(state: State) -> State:
    await asyncio.sleep(4)
    return {"notes": f"{state['notes']}: ready"}


builder = StateGraph(State)
builder.add_node("plan", plan)
builder.add_node("wait", wait)
builder.add_edge(START, "plan")
builder.add_edge("plan", "wait")
builder.add_edge("wait", END)
graph = builder.compile()

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    try:
        async for update in graph.astream({"question": question}):
            yield f"data: {json.dumps(update)}\n\n"
    except Exception:
        yield "event: error\ndata: {}\n\n"
    yield "event: end\ndata: {}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(
        events(question),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
