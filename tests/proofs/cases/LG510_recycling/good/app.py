"""A route that streams one event each half second, for twelve seconds."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    step: int


async def step(state: State) -> State:
    await asyncio.sleep(0.5)
    return {"step": state.get("step", 0) + 1}


def more(state: State) -> str:
    return END if state["step"] == 24 else "step"


builder = StateGraph(State)
builder.add_node("step", step)
builder.add_edge(START, "step")
builder.add_conditional_edges("step", more, ["step", END])
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
