"""The answer is stored where the end of the task is caught."""

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from proof_models import ScriptedModel
from transcripts import keep, kept

model: BaseChatModel = ScriptedModel(tokens=list("abcdef"), pause=0.2)


async def answer(state: MessagesState) -> MessagesState:
    return {"messages": [await model.ainvoke(state["messages"])]}


builder = StateGraph(MessagesState)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()

app = FastAPI()
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/kept")
async def stored() -> list[str]:
    return await kept()


async def events(question: str) -> AsyncIterator[str]:
    messages = [{"role": "user", "content": question}]
    parts: list[str] = []
    try:
        async for chunk, _ in graph.astream({"messages": messages}, stream_mode="messages"):
            parts.append(chunk.text)
            yield f"data: {json.dumps(chunk.text)}\n\n"
    except asyncio.CancelledError:
        await keep("".join(parts))
        raise
    except Exception as error:
        yield f"event: error\ndata: {json.dumps(type(error).__name__)}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
