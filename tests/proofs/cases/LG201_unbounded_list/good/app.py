"""The same loop with the last notes only."""

from typing import TypedDict

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    step: int
    history: list[str]


def work(state: State) -> State:
    step = state["step"] + 1
    history = state.get("history", [])[-19:]
    return {"step": step, "history": [*history, f"note {step}: ".ljust(1000, ".")]}


def again(state: State) -> str:
    return "work" if state["step"] < 200 else END


builder = StateGraph(State)
builder.add_node("work", work)
builder.add_edge(START, "work")
builder.add_conditional_edges("work", again, ["work", END])
graph = builder.compile(checkpointer=InMemorySaver())

QUESTION: State = {"step": 0}
