"""A conversation whose log only ever grows: one entry a turn, kept by the saver."""

import operator
from typing import Annotated, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    question: str
    log: Annotated[list[str], operator.add]


def answer(state: State) -> State:
    return {"log": [f"{state['question']}: ".ljust(1000, ".")]}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile(checkpointer=InMemorySaver())

QUESTION: State = {"question": "And then?"}
