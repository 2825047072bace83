"""ASGI middleware that counts chunks on their way through."""

import json
import logging
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from proof_models import ScriptedModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


class CountingMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            logger.info("%d bytes", len(message.get("body", b"")))
            await send(message)

        await self.app(scope, receive, counted)


app.add_middleware(CountingMiddleware)


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
