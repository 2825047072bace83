"""Each turn has a loop of its own, and all share an HTTP client."""

import asyncio
import json
from collections.abc import Iterator
from typing import TypedDict

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    answer: str


client = httpx.AsyncClient(trust_env=False)


async def answer(state: State) -> State:
    reply = await client.get(state["question"])
    return {"answer": reply.text}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()

app = FastAPI()
HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def answered(base: str, question: str) -> str:
    result = await graph.ainvoke({"question": f"{base}ping?{question}"})
    return f"about {result['answer']}"


def events(base: str, question: str) -> Iterator[str]:
    try:
        answer = asyncio.run(answered(base, question))
        yield f"data: {json.dumps(answer)}\n\n"
    except Exception as error:
        yield f"event: error\ndata: {json.dumps(str(error))}\n\n"
    yield "event: end\ndata: {}\n\n"


@app.get("/run")
def run(request: Request, question: str) -> StreamingResponse:
    body = events(str(request.base_url), question)
    return StreamingResponse(body, media_type="text/event-stream", headers=HEADERS)
