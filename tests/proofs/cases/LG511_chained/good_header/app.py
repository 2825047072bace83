"""A stream that two proxies carry to its client."""

import json
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from proof_models import ScriptedModel

model: BaseChatModel = ScriptedModel(tokens=list("abcdefgh"), pause=0.15)


async def answer(state: MessagesState) -> MessagesState:
    return {"messages": [await model.ainvoke(state["messages"])]}


builder = StateGraph(MessagesState)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    messages = [{"role": "user", "content": question}]
    async for chunk, _ in graph.astream({"messages": messages}, stream_mode="messages"):
        yield f"data: {json.dumps(chunk.text)}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(question), media_type="text/event-stream", headers=headers)
