"""Every form in which a node is added."""

# ruff: noqa

from __future__ import annotations

import functools
from enum import Enum
from typing import Any, TypedDict

from langchain_core.messages import AIMessage
from langchain_core.runnables import RunnableLambda, RunnablePassthrough
from langchain_core.tools import tool
from langgraph.graph import END, START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode

from .names import PLAN, WRITE, Step


class State(TypedDict, total=False):
    text: str
    count: int


class Kind(Enum):
    READ = "read"
    ANSWER = "answer"


class TextKind(str, Enum):
    READ = "read"
    ANSWER = "answer"


def read(state: State) -> dict[str, Any]:
    return {"text": "read"}


async def answer(state: State) -> dict[str, Any]:
    return {"text": "answer"}


def scaled(factor: int, state: State) -> dict[str, Any]:
    return {"count": factor}


class Desk:
    def plan(self, state: State) -> dict[str, Any]:
        return {"text": "plan"}

    @staticmethod
    def tidy(state: State) -> dict[str, Any]:
        return {"text": "tidy"}

    @classmethod
    def close(cls, state: State) -> dict[str, Any]:
        return {"text": "close"}


class Caller:
    def __call__(self, state: State) -> dict[str, Any]:
        return {"text": "called"}


@tool
def look_up(word: str) -> str:
    """Look a word up."""
    return word


name_and_function = StateGraph(State)
name_and_function.add_node("reader", read)
name_and_function.add_node("writer", answer)
name_and_function.add_edge(START, "reader")
name_and_function.add_edge("reader", "writer")
name_and_function.add_edge("writer", END)
name_and_function.compile()

function_only = StateGraph(State)
function_only.add_node(read)
function_only.add_node(answer)
function_only.add_edge(START, "read")
function_only.add_edge("read", "answer")
function_only.compile()

keywords = StateGraph(state_schema=State)
keywords.add_node(node="reader", action=read)
keywords.add_node(node=answer)
keywords.add_edge(start_key=START, end_key="reader")
keywords.add_edge(start_key="reader", end_key="answer")
keywords.compile()

partials = StateGraph(State)
partials.add_node("twice", functools.partial(scaled, 2))
partials.add_node("thrice", functools.partial(scaled, 3))
partials.add_edge(START, "twice")
partials.add_edge("twice", "thrice")
partials.compile()

lambdas = StateGraph(State)
lambdas.add_node("short", lambda state: {"count": 1})
named = lambda state: {"count": 2}
lambdas.add_node("named", named)
lambdas.add_edge(START, "short")
lambdas.add_edge("short", "named")
lambdas.compile()

desk = Desk()
methods = StateGraph(State)
methods.add_node("planner", desk.plan)
methods.add_node(desk.tidy)
methods.add_node(Desk.close)
methods.add_edge(START, "planner")
methods.add_edge("planner", "tidy")
methods.add_edge("tidy", "close")
methods.compile()

objects = StateGraph(State)
objects.add_node("caller", Caller())
objects.add_node(Caller())
objects.add_edge(START, "caller")
objects.add_edge("caller", "Caller")
objects.compile()

runnables = StateGraph(State)
runnables.add_node("wrapped", RunnableLambda(read))
runnables.add_node(RunnableLambda(answer))
runnables.add_node(RunnableLambda(read, name="renamed"))
runnables.add_node("sequence", RunnablePassthrough() | RunnableLambda(read))
runnables.add_node("parallel", {"text": lambda state: "x", "count": lambda state: 1})
runnables.add_edge(START, "wrapped")
runnables.add_edge("wrapped", "answer")
runnables.add_edge("answer", "renamed")
runnables.add_edge("renamed", "sequence")
runnables.add_edge("sequence", "parallel")
runnables.compile()

inner = StateGraph(State).add_node(read).add_edge(START, "read").compile(name="inner")
subgraphs = StateGraph(State)
subgraphs.add_node("first", inner)
subgraphs.add_node(inner)
subgraphs.add_edge(START, "first")
subgraphs.add_edge("first", "inner")
subgraphs.compile()

unnamed = StateGraph(State).add_node(read).add_edge(START, "read").compile()
subgraph_without_name = StateGraph(State)
subgraph_without_name.add_node(unnamed)
subgraph_without_name.add_edge(START, "LangGraph")
subgraph_without_name.compile()

tools = StateGraph(MessagesState)
tools.add_node("model", lambda state: {"messages": [AIMessage("x")]})
tools.add_node("tools", ToolNode([look_up]))
tools.add_edge(START, "model")
tools.add_edge("model", "tools")
tools.compile()

tool_node_only = StateGraph(MessagesState)
tool_node_only.add_node(ToolNode([look_up]))
tool_node_only.add_node(ToolNode([look_up], name="others"))
tool_node_only.add_edge(START, "tools")
tool_node_only.add_edge("tools", "others")
tool_node_only.compile()

sequence = StateGraph(State)
sequence.add_sequence([read, ("second", answer), desk.plan])
sequence.add_edge(START, "read")
sequence.compile()

STEPS = [("one", read), ("two", answer), ("three", desk.plan)]
looped = StateGraph(State)
previous = START
for name, function in STEPS:
    looped.add_node(name, function)
for name, _ in STEPS:
    looped.add_edge(START, name)
looped.compile()

TABLE = {"alpha": read, "beta": answer}
from_table = StateGraph(State)
for key, value in TABLE.items():
    from_table.add_node(key, value)
for key in TABLE:
    from_table.add_edge(START, key)
from_table.compile()

zipped = StateGraph(State)
for label, function in zip(["x", "y"], [read, answer]):
    zipped.add_node(label, function)
    zipped.add_edge(START, label)
zipped.compile()

counted = StateGraph(State)
for index, function in enumerate([read, answer]):
    counted.add_node(f"step_{index}", function)
counted.add_edge(START, "step_0")
counted.add_edge("step_0", "step_1")
counted.compile()

ranged = StateGraph(State)
for number in range(3):
    ranged.add_node(f"worker_{number}", read)
    ranged.add_edge(START, f"worker_{number}")
ranged.compile()

PREFIX = "desk"
formatted = StateGraph(State)
formatted.add_node(f"{PREFIX}_read", read)
formatted.add_node(PREFIX + "_answer", answer)
formatted.add_edge(START, f"{PREFIX}_read")
formatted.add_edge(f"{PREFIX}_read", f"{PREFIX}_answer")
formatted.compile()

enums = StateGraph(State)
enums.add_node(Kind.READ.value, read)
enums.add_node(TextKind.ANSWER, answer)
enums.add_edge(START, Kind.READ.value)
enums.add_edge(Kind.READ.value, TextKind.ANSWER.value)
enums.compile()

constants = StateGraph(State)
constants.add_node(PLAN, read)
constants.add_node(WRITE, answer)
constants.add_node(Step.CHECK, read)
constants.add_edge(START, PLAN)
constants.add_edge(PLAN, WRITE)
constants.add_edge(WRITE, Step.CHECK)
constants.compile()

functions = [read, answer]
unnamed_loop = StateGraph(State)
for function in functions:
    unnamed_loop.add_node(function)
unnamed_loop.add_edge(START, "read")
unnamed_loop.add_edge("read", "answer")
unnamed_loop.compile()

dunder_names = StateGraph(State)
for function in (read, answer):
    dunder_names.add_node(function.__name__, function)
dunder_names.add_edge(START, read.__name__)
dunder_names.add_edge(read.__name__, answer.__name__)
dunder_names.compile()
