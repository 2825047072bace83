"""The same silence, filled with comment lines by a wait with a timeout."""

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
    updates = graph.astream({"question": question})
    following = asyncio.ensure_future(anext(updates, None))
    try:
        while True:
            done, _ = await asyncio.wait({following}, timeout=1)
            if not done:
                yield ": still working\n\n"
                continue
            update = following.result()
            if update is None:
                break
            yield f"data: {json.dumps(update)}\n\n"
            following = asyncio.ensure_future(anext(updates, None))
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
