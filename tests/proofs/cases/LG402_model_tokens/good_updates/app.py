"""A retried node under `stream_mode="updates"`: no token leaves it before it is done."""

import json
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.types import RetryPolicy
from proof_models import ScriptedModel

model: BaseChatModel = ScriptedModel(tokens=list("abcdef"), failures=1)


async def answer(state: MessagesState) -> MessagesState:
    return {"messages": [await model.ainvoke(state["messages"])]}


builder = StateGraph(MessagesState)
retry = RetryPolicy(initial_interval=0.05, jitter=False)
builder.add_node("answer", answer, retry_policy=retry)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    messages = [{"role": "user", "content": question}]
    async for update in graph.astream({"messages": messages}, stream_mode="updates"):
        (message,) = update["answer"]["messages"]
        yield f"data: {json.dumps(message.text)}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")
