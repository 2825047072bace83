"""A step that returns the old notes to a reducer that adds them again."""

import operator
from typing import Annotated, TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    step: int
    notes: Annotated[list[str], operator.add]


def work(state: State) -> State:
    step = state["step"] + 1
    return {"step": step, "notes": state["notes"] + [f"note {step}"]}


def again(state: State) -> str:
    return "work" if state["step"] < 8 else END


builder = StateGraph(State)
builder.add_node("work", work)
builder.add_edge(START, "work")
builder.add_conditional_edges("work", again, ["work", END])
graph = builder.compile()

QUESTION: State = {"step": 0, "notes": ["start"]}
