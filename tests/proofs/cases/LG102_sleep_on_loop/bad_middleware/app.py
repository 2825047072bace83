"""A plain `def` hook of an agent's middleware: it runs on the event loop all the same."""

import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain.agents import AgentState, create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain_core.language_models import BaseChatModel
from langgraph.runtime import Runtime
from proof_models import ScriptedModel

model: BaseChatModel = ScriptedModel(tokens=["ok"])


class Throttle(AgentMiddleware):
    def before_model(self, state: AgentState[Any], runtime: Runtime[None]) -> dict[str, Any] | None:
        runtime.stream_writer(f"waiting after {len(state['messages'])} messages")
        time.sleep(0.8)
        runtime.stream_writer("asking")
        return None


graph = create_agent(model, tools=[], middleware=[Throttle()])

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


async def events(question: str) -> AsyncIterator[str]:
    messages = [{"role": "user", "content": question}]
    async for progress in graph.astream({"messages": messages}, stream_mode="custom"):
        yield f"data: {progress}\n\n"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    return StreamingResponse(events(question), media_type="text/event-stream")
