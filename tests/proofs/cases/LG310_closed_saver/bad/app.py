"""The response leaves the block of its saver."""

import json
import tempfile
from collections.abc import AsyncIterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    answer: str


async def answer(state: State) -> State:
    return {"answer": f"about {state['question']}"}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)

PATH = tempfile.mktemp(suffix=".db")
app = FastAPI()
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
CONFIG = {"configurable": {"thread_id": "one"}}


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/run")
async def talk(question: str) -> StreamingResponse:
    async with AsyncSqliteSaver.from_conn_string(PATH) as saver:
        graph = builder.compile(checkpointer=saver)

        async def events() -> AsyncIterator[str]:
            try:
                async for update in graph.astream({"question": question}, CONFIG):
                    yield f"data: {json.dumps(update)}\n\n"
            except Exception:
                yield "event: error\ndata: {}\n\n"
            yield "event: end\ndata: {}\n\n"

        return StreamingResponse(events(), media_type="text/event-stream", headers=HEADERS)
