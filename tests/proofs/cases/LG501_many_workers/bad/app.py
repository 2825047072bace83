"""A thread goes on from turn to turn; the answer says how many turns its process knows."""

import json
import operator
import os
from collections.abc import AsyncIterator
from typing import Annotated, TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    turns: Annotated[list[str], operator.add]
    answer: str


def answer(state: State) -> State:
    return {"answer": f"turn {len(state['turns'])}"}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile(checkpointer=InMemorySaver())

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(thread: str, turn: str) -> AsyncIterator[str]:
    config = {"configurable": {"thread_id": thread}}
    async for state in graph.astream({"turns": [turn]}, config, stream_mode="values"):
        known = {"turns": len(state["turns"]), "process": os.getpid()}
        yield f"data: {json.dumps(known)}\n\n"


@app.get("/run")
async def run(thread: str, turn: str) -> StreamingResponse:
    return StreamingResponse(events(thread, turn), media_type="text/event-stream")
