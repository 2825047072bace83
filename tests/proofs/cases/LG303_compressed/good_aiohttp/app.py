"""A stream of aiohttp as it is."""

import json
from typing import Any

from aiohttp import web
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from proof_models import ScriptedModel

model: BaseChatModel = ScriptedModel(tokens=list("abcdefgh"), pause=0.15)
HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-cache",
    "X-Accel-Buffering": "no",
}


async def answer(state: MessagesState) -> dict[str, Any]:
    return {"messages": [await model.ainvoke(state["messages"])]}


builder = StateGraph(MessagesState)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile()


async def ping(_: web.Request) -> web.Response:
    return web.Response(text="pong")


async def run(request: web.Request) -> web.StreamResponse:
    messages = [{"role": "user", "content": request.query["question"]}]
    response = web.StreamResponse(headers=HEADERS)
    await response.prepare(request)
    try:
        async for chunk, _ in graph.astream({"messages": messages}, stream_mode="messages"):
            await response.write(f"data: {json.dumps(chunk.text)}\n\n".encode())
    except Exception:
        await response.write(b"event: error\ndata: {}\n\n")
    await response.write_eof()
    return response


app = web.Application()
app.router.add_get("/ping", ping)
app.router.add_get("/run", run)
