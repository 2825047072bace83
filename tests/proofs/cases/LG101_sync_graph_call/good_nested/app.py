"""A chat route that leaves a plain generator to Starlette, which iterates it in a thread."""

import json
from collections.abc import Iterator
from typing import TypedDict

from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from langchain_core.language_models import BaseChatModel
from langgraph.graph import END, START, StateGraph
from proof_models import ScriptedModel

model: BaseChatModel = ScriptedModel(tokens=["ok"], pause=0.4)


class State(TypedDict, total=False):
    question: str
    notes: str
    draft: str
    answer: str


def research(state: State) -> State:
    return {"notes": model.invoke(state["question"]).text}


def write(state: State) -> State:
    return {"draft": model.invoke(state["notes"]).text}


def review(state: State) -> State:
    return {"answer": model.invoke(state["draft"]).text}


builder = StateGraph(State)
builder.add_node("research", research)
builder.add_node("write", write)
builder.add_node("review", review)
builder.add_edge(START, "research")
builder.add_edge("research", "write")
builder.add_edge("write", "review")
builder.add_edge("review", END)
graph = builder.compile()

app = FastAPI()


@app.get("/ping")
async def ping() -> str:
    return "pong"


@app.get("/run")
async def run(question: str) -> StreamingResponse:
    def gen() -> Iterator[str]:
        for update in graph.stream({"question": question}, stream_mode="updates"):
            yield f"data: {json.dumps(update)}\n\n"

    return StreamingResponse(gen(), media_type="text/event-stream")
