"""A saver with sync methods, under a sync run in Starlette's thread pool."""

import json
import sqlite3
from collections.abc import Iterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    answer: str


def lookup(state: State) -> State:
    return {"answer": f"found {state['question']}"}


builder = StateGraph(State)
builder.add_node("lookup", lookup)
builder.add_edge(START, "lookup")
builder.add_edge("lookup", END)
connection = sqlite3.connect(":memory:", check_same_thread=False)
graph = builder.compile(checkpointer=SqliteSaver(connection))

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


def events(question: str) -> Iterator[str]:
    config: RunnableConfig = {"configurable": {"thread_id": question}}
    for update in graph.stream({"question": question}, config, stream_mode="updates"):
        yield f"data: {json.dumps(update)}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")
