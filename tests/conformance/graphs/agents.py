"""Prebuilt agents: the nodes and edges that they bring."""

# ruff: noqa

from __future__ import annotations

from typing import Any

from langchain.agents import AgentState, create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    HumanInTheLoopMiddleware,
    ModelCallLimitMiddleware,
    PIIMiddleware,
    SummarizationMiddleware,
    TodoListMiddleware,
    ToolCallLimitMiddleware,
    ToolRetryMiddleware,
    after_model,
    before_agent,
    before_model,
    hook_config,
    wrap_tool_call,
)
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import create_react_agent
from pydantic import BaseModel


class Model(GenericFakeChatModel):
    def bind_tools(self, tools: Any, **kwargs: Any) -> Any:
        return self

    def with_structured_output(self, schema: Any, **kwargs: Any) -> Any:
        return self


class Answer(BaseModel):
    text: str


class CustomState(AgentState):
    topic: str


model = Model(messages=iter([]))


@tool
def search(query: str) -> str:
    """Search."""
    return query


@tool(return_direct=True)
def final(query: str) -> str:
    """Answer at once."""
    return query


def hook(state: Any) -> dict[str, Any]:
    return {}


@before_model
def trim(state: Any, runtime: Any) -> None:
    return None


@after_model(can_jump_to=["end"])
def stop(state: Any, runtime: Any) -> None:
    return None


@before_agent
def greet(state: Any, runtime: Any) -> None:
    return None


@wrap_tool_call
def watch(request: Any, handler: Any) -> Any:
    return handler(request)


class Guard(AgentMiddleware):
    @hook_config(can_jump_to=["end", "tools"])
    def before_agent(self, state: Any, runtime: Any) -> None:
        return None

    def after_model(self, state: Any, runtime: Any) -> None:
        return None

    async def aafter_agent(self, state: Any, runtime: Any) -> None:
        return None


class StatefulState(AgentState):
    seen: int


class Stateful(AgentMiddleware):
    state_schema = StatefulState

    def before_model(self, state: Any, runtime: Any) -> None:
        return None


agent = create_agent(model, [search])
bare = create_agent(model)
empty_tools = create_agent(model, tools=[])
direct = create_agent(model, tools=[final])
hooked = create_agent(model, tools=[search], middleware=[trim, Guard()])
hooked_without_tools = create_agent(model, middleware=[greet, stop])
wrapped = create_agent(model, tools=[search], middleware=[watch])
summarizing = create_agent(model, tools=[search], middleware=[SummarizationMiddleware(model)])
limited = create_agent(
    model,
    [search],
    middleware=[ModelCallLimitMiddleware(run_limit=3), ToolCallLimitMiddleware(run_limit=3)],
)
guarded = create_agent(model, [search], middleware=[PIIMiddleware("email"), TodoListMiddleware()])
asked = create_agent(model, [search], middleware=[HumanInTheLoopMiddleware({"search": True})])
retried = create_agent(model, middleware=[ToolRetryMiddleware()])
stateful = create_agent(model, tools=[search], middleware=[Stateful()], state_schema=CustomState)
structured = create_agent(model, tools=[search], response_format=Answer)

structured_alone = create_agent(model, response_format=Answer)

react = create_react_agent(model, [search])
react_without_tools = create_react_agent(model, [])
react_direct = create_react_agent(model, tools=[final])
react_hooks = create_react_agent(model, [search], pre_model_hook=hook, post_model_hook=hook)
react_structured = create_react_agent(model, [search], response_format=Answer)
react_all = create_react_agent(
    model, [], pre_model_hook=hook, post_model_hook=hook, response_format=Answer
)

team = StateGraph(MessagesState)
team.add_node("agent", agent)
team.add_node(create_agent(model, [search], name="helper"))
team.add_edge(START, "agent")
team.add_edge("agent", "helper")
team.compile()
