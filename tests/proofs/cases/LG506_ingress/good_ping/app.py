"""The same silence, in a response that pings every second."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph
from sse_starlette import EventSourceResponse, ServerSentEvent


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


async def events(question: str) -> AsyncIterator[ServerSentEvent]:
    try:
        async for update in graph.astream({"question": question}):
            yield ServerSentEvent(json.dumps(update), sep="\n")
    except Exception:
        yield ServerSentEvent("{}", event="error", sep="\n")
    yield ServerSentEvent("{}", event="end", sep="\n")


@app.get("/run")
async def run(question: str) -> EventSourceResponse:
    return EventSourceResponse(events(question), ping=1, sep="\n")
