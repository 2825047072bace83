"""Trimming helpers shorten what the table says: each is run in a graph, turn by turn."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import (
    ClearToolUsesEdit,
    ContextEditingMiddleware,
    SummarizationMiddleware,
)
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    HumanMessage,
    RemoveMessage,
    ToolCall,
    ToolMessage,
    filter_messages,
    trim_messages,
)
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import Overwrite

from lg_lint.knowledge import table, type_table
from test_knowledge import installed

FUNCTIONS: dict[str, dict[str, str]] = table("trimming")["functions"]
MIDDLEWARE: dict[str, dict[str, str]] = table("trimming")["middleware"]
TURNS, KEPT = 12, 4
THREAD: Any = {"configurable": {"thread_id": "1"}}

Update = Callable[[list[Any]], Any]


def trimmed(messages: list[Any]) -> Any:
    return trim_messages(messages, max_tokens=KEPT, token_counter=len)


def filtered(messages: list[Any]) -> Any:
    return filter_messages(messages, include_ids=[message.id for message in messages[-KEPT:]])


def removed(messages: list[Any]) -> Any:
    return [RemoveMessage(id=message.id) for message in messages[:-KEPT]]


def replaced(messages: list[Any]) -> Any:
    return Overwrite(messages[-KEPT:])


UPDATES: dict[str, Update] = {
    "langchain_core.messages.utils.trim_messages": trimmed,
    "langchain_core.messages.utils.filter_messages": filtered,
    "langchain_core.messages.modifier.RemoveMessage": removed,
    "langgraph.types.Overwrite": replaced,
}
USED = {
    "langchain_core.messages.utils.trim_messages": trim_messages,
    "langchain_core.messages.utils.filter_messages": filter_messages,
    "langchain_core.messages.modifier.RemoveMessage": RemoveMessage,
    "langgraph.types.Overwrite": Overwrite,
}


def length(annotation: Any, update: Update) -> int:
    """Messages in the channel after some turns of one message, each trimmed at its end."""
    fields = {"messages": annotation}
    builder = StateGraph(TypedDict("State", fields))  # type: ignore[operator]
    builder.add_node("trim", lambda given: {"messages": update(given["messages"])})
    builder.add_edge(START, "trim")
    graph = builder.compile(checkpointer=InMemorySaver())
    messages: list[Any] = []
    for turn in range(TURNS):
        message = HumanMessage(f"turn {turn}", id=str(turn))
        accumulates = annotation is not list
        given = [message] if accumulates else [*messages, message]
        messages = graph.invoke({"messages": given}, THREAD)["messages"]
    return len(messages)


MESSAGES = Annotated[list[AnyMessage], add_messages]


def test_every_row_is_run() -> None:
    assert set(UPDATES) == set(FUNCTIONS)
    assert set(AGENTS) == set(MIDDLEWARE)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_the_name_is_the_function(name: str) -> None:
    assert installed(name)[1] is USED[name]
    assert type_table().canonical(name) == name


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_in_a_channel_of_messages(name: str) -> None:
    kept = length(MESSAGES, UPDATES[name])
    assert kept == (TURNS if FUNCTIONS[name]["gives"] == "copy" else KEPT)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_in_a_channel_that_takes_the_last_value(name: str) -> None:
    if FUNCTIONS[name]["gives"] == "copy":
        assert length(list, UPDATES[name]) == KEPT


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_in_a_channel_that_adds(name: str) -> None:
    """Copies come on top of what is there, and so do markers; a replacement replaces."""
    kept = length(Annotated[list, operator.add], UPDATES[name])
    assert (kept == KEPT) == (FUNCTIONS[name]["gives"] == "replacement")
    assert kept == KEPT or kept > TURNS


# --- middleware ----------------------------------------------------------------------------


def model() -> GenericFakeChatModel:
    return GenericFakeChatModel(messages=iter(AIMessage("fine") for _ in range(1000)))


AGENTS: dict[str, Callable[[], Any]] = {
    "langchain.agents.middleware.summarization.SummarizationMiddleware": lambda: (
        SummarizationMiddleware(model(), trigger=("messages", 6), keep=("messages", KEPT))
    ),
    "langchain.agents.middleware.context_editing.ContextEditingMiddleware": lambda: (
        ContextEditingMiddleware(edits=[ClearToolUsesEdit(trigger=1, keep=0)])
    ),
}


@pytest.mark.parametrize("name", sorted(MIDDLEWARE))
def test_middleware(name: str) -> None:
    made = AGENTS[name]()
    assert type(made) is installed(name)[1]
    agent = create_agent(model(), tools=[], middleware=[made], checkpointer=InMemorySaver())
    for turn in range(TURNS):
        messages = agent.invoke({"messages": [("user", f"turn {turn}")]}, THREAD)["messages"]
    grows = len(messages) == 2 * TURNS
    assert grows == (MIDDLEWARE[name]["trims"] == "request")
    assert grows or len(messages) <= 8


def test_what_shortens_the_request_does_so() -> None:
    """The model is sent less than the state keeps."""
    sent: list[str] = []

    class Model(GenericFakeChatModel):
        def _generate(self, messages: Any, *args: Any, **kwargs: Any) -> Any:
            sent.extend(message.text for message in messages)
            return super()._generate(messages, *args, **kwargs)

    made = AGENTS["langchain.agents.middleware.context_editing.ContextEditingMiddleware"]()
    agent = create_agent(Model(messages=iter([AIMessage("fine")])), tools=[], middleware=[made])
    call = ToolCall(name="look", args={}, id="1")
    history = [
        HumanMessage("why"), AIMessage("", tool_calls=[call]),
        ToolMessage("a long report", tool_call_id="1"), HumanMessage("and"),
    ]  # fmt: skip
    state = agent.invoke({"messages": history})["messages"]
    assert "a long report" not in sent
    assert "a long report" in [message.text for message in state]
