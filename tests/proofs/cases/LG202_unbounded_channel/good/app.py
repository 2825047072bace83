"""A conversation whose reducer keeps the last entries of the log."""

from typing import Annotated, TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph


def keep_last(old: list[str], new: list[str]) -> list[str]:
    return [*old, *new][-20:]


class State(TypedDict, total=False):
    question: str
    log: Annotated[list[str], keep_last]


def answer(state: State) -> State:
    return {"log": [f"{state['question']}: ".ljust(1000, ".")]}


builder = StateGraph(State)
builder.add_node("answer", answer)
builder.add_edge(START, "answer")
builder.add_edge("answer", END)
graph = builder.compile(checkpointer=InMemorySaver())

QUESTION: State = {"question": "And then?"}
