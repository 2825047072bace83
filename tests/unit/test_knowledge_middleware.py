"""Middleware of agents: what each class brings, and where its hooks run, seen in an agent."""

from __future__ import annotations

import asyncio
import inspect
import threading
from importlib import metadata
from typing import Any

import pytest
from langchain.agents import create_agent, middleware
from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolCall
from packaging.version import Version

from lg_lint.knowledge import table

HOOKS: dict[str, str] = table("middleware")["hooks"]
INSTALLED = Version(metadata.version("langchain"))
ROWS: dict[str, dict[str, Any]] = {
    name: row
    for name, row in table("middleware")["middleware"].items()
    if Version(row.get("since", "1.0")) <= INSTALLED
}
CLASSES = {
    name: cls
    for name, cls in vars(middleware).items()
    if inspect.isclass(cls) and issubclass(cls, AgentMiddleware) and cls is not AgentMiddleware
}


def own(cls: type, name: str) -> bool:
    """Whether a class has a hook of its own, in either form."""
    return any(
        getattr(cls, each) is not getattr(AgentMiddleware, each) for each in (name, f"a{name}")
    )


# --- the classes of LangChain --------------------------------------------------------------


def test_every_class_has_a_row() -> None:
    """Of the installed version: the pinned one, or under `python -m tests.drift` the newest."""
    assert set(ROWS) == set(CLASSES)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_hooks_of_a_class(name: str) -> None:
    nodes = [hook for hook, run in HOOKS.items() if run == "loop"]
    assert [hook for hook in nodes if own(CLASSES[name], hook)] == [
        hook for hook in nodes if hook in ROWS[name].get("hooks", ())
    ]
    assert own(CLASSES[name], "wrap_model_call") == ROWS[name].get("wraps", False)


@pytest.mark.parametrize("name", sorted(ROWS))
def test_channels_of_a_class(name: str) -> None:
    state = getattr(CLASSES[name], "state_schema", AgentState)
    added = set(state.__annotations__) - set(AgentState.__annotations__)
    assert added == set(ROWS[name].get("channels", {}))


@pytest.mark.parametrize("name", sorted(name for name, row in ROWS.items() if "label" in row))
def test_labels_are_parameters(name: str) -> None:
    assert ROWS[name]["label"] in inspect.signature(CLASSES[name].__init__).parameters


MADE: dict[str, AgentMiddleware] = {
    "FilesystemFileSearchMiddleware": middleware.FilesystemFileSearchMiddleware(root_path="."),
    "ShellToolMiddleware": middleware.ShellToolMiddleware(),
    "TodoListMiddleware": middleware.TodoListMiddleware(),
}


@pytest.mark.parametrize("name", sorted(name for name, row in ROWS.items() if row.get("tools")))
def test_tools_or_a_wrapper_of_tools(name: str) -> None:
    """Either makes create_agent add a node for tools."""
    assert own(CLASSES[name], "wrap_tool_call") or MADE[name].tools


@pytest.mark.parametrize("name", sorted(name for name, row in ROWS.items() if not row.get("tools")))
def test_no_wrapper_of_tools(name: str) -> None:
    assert not own(CLASSES[name], "wrap_tool_call")


@pytest.mark.parametrize(
    ("name", "hook"),
    [(name, hook) for name, row in ROWS.items() for hook in row.get("jumps", {})],
)
def test_jumps_are_declared(name: str, hook: str) -> None:
    declared = getattr(getattr(CLASSES[name], hook), "__can_jump_to__", [])
    assert list(declared) == ROWS[name]["jumps"][hook]


# --- where hooks run -----------------------------------------------------------------------


def agent_with(hook: str, function: Any) -> Any:
    """An agent that calls a tool once, with one hook."""
    cls = type("Noting", (AgentMiddleware,), {hook: function})
    call = ToolCall(name="look", args={}, id="1")
    answers = iter([AIMessage("", tool_calls=[call]), AIMessage("done")])

    def look() -> str:
        """Look."""
        return "seen"

    class Model(GenericFakeChatModel):
        def bind_tools(self, tools: Any, **kwargs: Any) -> Any:  # noqa: ARG002
            return self

    return create_agent(Model(messages=answers), tools=[look], middleware=[cls()])


async def stream(agent: Any) -> None:
    async for _ in agent.astream({"messages": [("user", "why")]}):
        pass


def noting(threads: list[int], hook: str) -> Any:
    def node(self: Any, state: Any, runtime: Any) -> None:  # noqa: ARG001
        threads.append(threading.get_ident())

    def wrapper(self: Any, request: Any, handler: Any) -> Any:  # noqa: ARG001
        threads.append(threading.get_ident())
        return handler(request)

    return wrapper if hook.startswith("wrap") else node


@pytest.mark.parametrize("hook", sorted(name for name, run in HOOKS.items() if run == "loop"))
def test_a_plain_hook_runs_on_the_loop(hook: str) -> None:
    threads: list[int] = []
    asyncio.run(stream(agent_with(hook, noting(threads, hook))))
    assert set(threads) == {threading.get_ident()}


@pytest.mark.parametrize("hook", sorted(name for name, run in HOOKS.items() if run == "refused"))
def test_a_plain_wrapper_is_refused(hook: str) -> None:
    threads: list[int] = []
    with pytest.raises(NotImplementedError, match=f"a{hook}"):
        asyncio.run(stream(agent_with(hook, noting(threads, hook))))
    assert threads == []


def test_no_hook_is_missing() -> None:
    public = {
        name
        for name in vars(AgentMiddleware)
        if callable(getattr(AgentMiddleware, name)) and hasattr(AgentMiddleware, f"a{name}")
    }
    assert public == set(HOOKS)
