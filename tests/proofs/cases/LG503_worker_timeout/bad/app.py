"""A route that streams one event each half second."""

import json
import time
from collections.abc import Iterator
from typing import TypedDict

from flask import Flask, Response
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    step: int


def step(state: State) -> State:
    time.sleep(0.5)
    return {"step": state.get("step", 0) + 1}


def more(state: State) -> str:
    return END if state["step"] == 12 else "step"


builder = StateGraph(State)
builder.add_node("step", step)
builder.add_edge(START, "step")
builder.add_conditional_edges("step", more, ["step", END])
graph = builder.compile()

app = Flask(__name__)


@app.get("/ping")
def ping() -> str:
    return "pong"


def events() -> Iterator[str]:
    for update in graph.stream({"question": "?"}, stream_mode="updates"):
        yield f"data: {json.dumps(update)}\n\n"


@app.get("/run")
def run() -> Response:
    return Response(events(), mimetype="text/event-stream")
