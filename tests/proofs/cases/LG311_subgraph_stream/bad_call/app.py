"""A node asks an agent, and a stream of messages."""

import json
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, MessagesState, StateGraph
from proof_models import ScriptedModel

model: BaseChatModel = ScriptedModel(tokens=list("abcdefgh"), pause=0.15)
agent = create_agent(model, tools=[])


async def reporter(state: MessagesState) -> dict[str, Any]:
    result = await agent.ainvoke({"messages": state["messages"]})
    return {"messages": result["messages"][-1:]}


builder = StateGraph(MessagesState)
builder.add_node("reporter", reporter)
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
        async for chunk, _ in graph.astream(turn, stream_mode="messages"):
            yield f"data: {json.dumps(chunk.text)}\n\n"
        yield "event: end\ndata: {}\n\n"
    except Exception:
        yield "event: error\ndata: {}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
