"""A compiled graph writes to the stream."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.language_models import BaseChatModel
from langgraph.config import get_stream_writer
from langgraph.graph import END, START, MessagesState, StateGraph
from proof_models import ScriptedModel

model: BaseChatModel = ScriptedModel(tokens=list("abcdefgh"), pause=0.15)


async def step(state: MessagesState) -> dict[str, Any]:
    get_stream_writer()({"stage": "reading"})
    return {"messages": [await model.ainvoke(state["messages"])]}


inner = StateGraph(MessagesState)
inner.add_node("step", step)
inner.add_edge(START, "step")
inner.add_edge("step", END)
desk = inner.compile()


builder = StateGraph(MessagesState)
builder.add_node("reporter", desk)
builder.add_edge(START, "reporter")
builder.add_edge("reporter", END)
graph = builder.compile()

app = FastAPI()
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    turn = {"messages": [{"role": "user", "content": question}]}
    try:
        async for chunk in graph.astream(turn, stream_mode="custom"):
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "event: end\ndata: {}\n\n"
    except Exception:
        yield "event: error\ndata: {}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
