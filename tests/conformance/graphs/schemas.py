"""Every form in which a state is declared, and what brings a schema to a graph."""

# ruff: noqa

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Dict, List, Optional, Sequence, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.channels import EphemeralValue, LastValue, Topic, UntrackedValue
from langgraph.channels.any_value import AnyValue
from langgraph.channels.binop import BinaryOperatorAggregate
from langgraph.graph import END, START, MessagesState, StateGraph, add_messages
from langgraph.managed import IsLastStep, RemainingSteps
from pydantic import BaseModel, Field
from typing_extensions import NotRequired, Required


def keep(left: list[str] | None, right: list[str] | None) -> list[str]:
    return [*(left or []), *(right or [])][-5:]


def node(state: Any) -> dict[str, Any]:
    return {}


class Typed(TypedDict):
    text: str
    items: Annotated[list[str], operator.add]
    messages: Annotated[list[AnyMessage], add_messages]


class Partial(TypedDict, total=False):
    text: Required[str]
    items: NotRequired[Annotated[list[str], operator.add]]
    other: Annotated[NotRequired[list[str]], keep]


class Inherited(Typed):
    more: int


class Overriding(Typed):
    items: Annotated[list[str], keep]  # type: ignore[misc]


class Chat(MessagesState):
    topic: str
    notes: Annotated[list[str], operator.add]


@dataclass
class Data:
    text: str = ""
    items: Annotated[list[str], operator.add] = field(default_factory=list)


@dataclass(kw_only=True)
class MoreData(Data):
    count: int = 0


class Model(BaseModel):
    text: str = ""
    items: Annotated[list[str], operator.add] = Field(default_factory=list)
    chosen: Optional[str] = None


class Metadata(TypedDict):
    described: Annotated[str, "a description"]
    twice: Annotated[list[str], "a description", operator.add]
    nested: Annotated[Annotated[list[str], operator.add], "note"]
    own: Annotated[list[str], keep]
    anonymous: Annotated[list[int], lambda left, right: left + right]
    plain: Dict[str, List[str]]
    sequence: Sequence[str]


class Channels(TypedDict):
    last: Annotated[str, LastValue(str)]
    ephemeral: Annotated[str, EphemeralValue(str)]
    ephemeral_class: Annotated[str, EphemeralValue]
    topic: Annotated[list[str], Topic(str)]
    untracked: Annotated[str, UntrackedValue(str)]
    anything: Annotated[str, AnyValue(str)]
    counted: Annotated[int, BinaryOperatorAggregate(int, operator.add)]


class Managed(TypedDict):
    text: str
    is_last_step: IsLastStep
    remaining_steps: RemainingSteps


class Input(TypedDict):
    question: str


class Output(TypedDict):
    answer: str


class Overall(Input, Output):
    steps: Annotated[list[str], operator.add]


class Private(TypedDict):
    secret: str
    hints: Annotated[list[str], operator.add]


class RouterView(TypedDict):
    mood: str


Notes = Annotated[list[str], operator.add]


class Aliased(TypedDict):
    notes: Notes


Functional = TypedDict("Functional", {"text": str, "items": Annotated[list[str], operator.add]})


def one(schema: Any) -> None:
    """Not called: graphs are made one by one below, since each call is a graph of its own."""


typed = StateGraph(Typed)
typed.add_node("a", node)
typed.add_edge(START, "a")
typed.compile()

partial = StateGraph(Partial)
partial.add_node("a", node)
partial.add_edge(START, "a")
partial.compile()

inherited = StateGraph(Inherited)
inherited.add_node("a", node)
inherited.add_edge(START, "a")
inherited.compile()

overriding = StateGraph(Overriding)
overriding.add_node("a", node)
overriding.add_edge(START, "a")
overriding.compile()

chat = StateGraph(Chat)
chat.add_node("a", node)
chat.add_edge(START, "a")
chat.compile()

messages_state = StateGraph(MessagesState)
messages_state.add_node("a", node)
messages_state.add_edge(START, "a")
messages_state.compile()

data = StateGraph(Data)
data.add_node("a", node)
data.add_edge(START, "a")
data.compile()

more_data = StateGraph(MoreData)
more_data.add_node("a", node)
more_data.add_edge(START, "a")
more_data.compile()

model = StateGraph(Model)
model.add_node("a", node)
model.add_edge(START, "a")
model.compile()

metadata = StateGraph(Metadata)
metadata.add_node("a", node)
metadata.add_edge(START, "a")
metadata.compile()

channels = StateGraph(Channels)
channels.add_node("a", node)
channels.add_edge(START, "a")
channels.compile()

managed = StateGraph(Managed)
managed.add_node("a", node)
managed.add_edge(START, "a")
managed.compile()

aliased = StateGraph(Aliased)
aliased.add_node("a", node)
aliased.add_edge(START, "a")
aliased.compile()

functional = StateGraph(Functional)
functional.add_node("a", node)
functional.add_edge(START, "a")
functional.compile()

in_and_out = StateGraph(Overall, input_schema=Input, output_schema=Output)
in_and_out.add_node("a", node)
in_and_out.add_edge(START, "a")
in_and_out.add_edge("a", END)
in_and_out.compile()


def writes_private(state: Input) -> Private:
    return {"secret": "x", "hints": []}


def reads_private(state: Private) -> Output:
    return {"answer": state["secret"]}


def by_mood(state: RouterView) -> str:
    return END


private = StateGraph(Overall)
private.add_node(writes_private)
private.add_node(reads_private)
private.add_edge(START, "writes_private")
private.add_edge("writes_private", "reads_private")
private.compile()

by_argument = StateGraph(Overall)
by_argument.add_node("a", node, input_schema=Private)
by_argument.add_edge(START, "a")
by_argument.compile()

router_schema = StateGraph(Overall)
router_schema.add_node("a", node)
router_schema.add_edge(START, "a")
router_schema.add_conditional_edges("a", by_mood, [END])
router_schema.compile()


class View:
    def __call__(self, state: Private) -> dict[str, Any]:
        return {}


object_schema = StateGraph(Overall)
object_schema.add_node("a", View())
object_schema.add_edge(START, "a")
object_schema.compile()

plain_dict = StateGraph(dict)
plain_dict.add_node("a", node)
plain_dict.add_edge(START, "a")
plain_dict.compile()

root_list = StateGraph(Annotated[list, operator.add])
root_list.add_node("a", lambda state: [1])
root_list.add_edge(START, "a")
root_list.compile()
