"""Middleware that logs whole bodies."""

import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable

from fastapi import FastAPI, Request, Response
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


logger = logging.getLogger(__name__)
Next = Callable[[Request], Awaitable[Response]]


@app.middleware("http")
async def log_bodies(request: Request, call_next: Next) -> Response:
    response = await call_next(request)
    body = b"".join([chunk async for chunk in response.body_iterator])
    logger.info("%s: %d bytes", request.url.path, len(body))
    return Response(body, response.status_code, dict(response.headers))


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    messages = [{"role": "user", "content": question}]
    try:
        async for chunk, _ in graph.astream({"messages": messages}, stream_mode="messages"):
            yield f"data: {json.dumps(chunk.text)}\n\n"
    except Exception:
        yield "event: error\ndata: the run failed\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(
        events(question),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
