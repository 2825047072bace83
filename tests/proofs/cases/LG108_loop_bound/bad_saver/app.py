"""Each turn has a loop of its own, and all share a saver."""

import asyncio
import json
from collections.abc import Iterator
from typing import TypedDict

import aiosqlite
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    answer: str


async def answer(state: State) -> State:
    return {"answer": state["question"]}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)

app = FastAPI()
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@app.get("/ping")
async def ping() -> str:
    return "pong"


saver: AsyncSqliteSaver | None = None


async def answered(question: str) -> str:
    global saver
    if saver is None:
        saver = AsyncSqliteSaver(await aiosqlite.connect(":memory:"))
    graph = builder.compile(checkpointer=saver)
    result = await graph.ainvoke({"question": question}, {"configurable": {"thread_id": "a"}})
    return f"about {result['answer']}"


def events(question: str) -> Iterator[str]:
    try:
        answer = asyncio.run(answered(question))
        yield f"data: {json.dumps(answer)}\n\n"
    except Exception as error:
        yield f"event: error\ndata: {json.dumps(str(error))}\n\n"
    yield "event: end\ndata: {}\n\n"


@app.get("/run")
def run(question: str) -> StreamingResponse:
    body = events(question)
    return StreamingResponse(body, media_type="text/event-stream", headers=HEADERS)
