"""The fixtures of the wiring rules do what their messages say, run under LangGraph."""

from __future__ import annotations

import asyncio
import importlib
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from langgraph.errors import GraphRecursionError, InvalidUpdateError

from fixture_cases import FIXTURES

THREAD = {"configurable": {"thread_id": "1"}}


@contextmanager
def loaded(case: str) -> Iterator[ModuleType]:
    """The module `graph` of a fixture."""
    sys.path.insert(0, str(FIXTURES / case))
    sys.modules.pop("graph", None)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield importlib.import_module("graph")
    finally:
        sys.path.remove(str(FIXTURES / case))
        sys.modules.pop("graph", None)


def steps(case: str, state: dict[str, Any]) -> list[str]:
    """The nodes that a run starts, in order."""
    with loaded(case) as module:
        return [name for chunk in module.graph.stream(state, THREAD) for name in chunk]


def final(case: str, state: dict[str, Any]) -> dict[str, Any]:
    with loaded(case) as module:
        result: dict[str, Any] = module.graph.invoke(state, THREAD)
        return result


def cases(rule: str, kind: str = "bad") -> list[str]:
    return [f"{rule}/{kind}/{path.name}" for path in sorted((FIXTURES / rule / kind).iterdir())]


# --- LG601: the run ends without an error --------------------------------------------------


@pytest.mark.parametrize(
    ("name", "state", "started"),
    [
        ("router_without_map", {"text": "x"}, ["draft"]),
        ("command_goto", {"text": "x"}, ["review"]),
        ("send_to_unknown", {"items": ["x"]}, ["draft"]),
        ("one_of_two_values", {}, ["review"]),
    ],
)
def test_unknown_target_ends_the_run(name: str, state: dict[str, Any], started: list[str]) -> None:
    assert steps(f"LG601/bad/{name}", state) == started


def test_known_target_goes_on() -> None:
    assert steps("LG601/bad/one_of_two_values", {"text": "x"}) == ["review", "publish"]


# --- LG602: KeyError -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "state", "key"),
    [
        ("missing_entry", {}, "retry"),
        ("list_map", {}, "__end__"),
        ("literal_of_the_state", {}, "stop"),
        ("boolean_router", {"items": []}, False),
    ],
)
def test_unmapped_value_raises(name: str, state: dict[str, Any], key: object) -> None:
    with pytest.raises(KeyError) as error:
        final(f"LG602/bad/{name}", state)
    assert error.value.args == (key,)


# --- LG604: the interrupt is swallowed -----------------------------------------------------


@pytest.mark.parametrize("case", cases("LG604"))
def test_swallowed_interrupt_does_not_pause(case: str) -> None:
    if case.endswith("turned_into_another_error"):
        with pytest.raises(RuntimeError, match="approval failed"):
            final(case, {"status": "new"})
        return
    result = final(case, {"status": "new"})
    assert "__interrupt__" not in result
    assert result["status"] in ("failed", "no")


@pytest.mark.parametrize("name", ["passed_on", "outside_the_try"])
def test_interrupt_that_is_let_through_pauses(name: str) -> None:
    assert "__interrupt__" in final(f"LG604/good/{name}", {"status": "new"})


# --- LG605: no way to go on ----------------------------------------------------------------


def test_interrupt_without_checkpointer_cannot_be_resumed() -> None:
    from langgraph.types import Command

    with loaded("LG605/bad/no_checkpointer") as module:
        assert "__interrupt__" in module.graph.invoke({"status": "new"})
        with pytest.raises(RuntimeError, match="without checkpointer"):
            module.graph.invoke(Command(resume="yes"))


# --- LG606: InvalidUpdateError -------------------------------------------------------------


@pytest.mark.parametrize("case", cases("LG606"))
def test_parallel_write_raises(case: str) -> None:
    with pytest.raises(InvalidUpdateError, match="Can receive only one value"):
        final(case, {"items": ["a", "b"], "result": "r"})


@pytest.mark.parametrize("case", cases("LG606", "good"))
def test_writes_that_do_not_meet_pass(case: str) -> None:
    assert final(case, {"items": ["a", "b"]})


# --- LG607: the key is dropped -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("misspelt_key", "texts"),
        ("state_returned_with_a_new_key", "status"),
        ("command_update", "sources"),
        ("last_yield_of_generator", "message"),
    ],
)
def test_unknown_key_is_dropped(name: str, key: str) -> None:
    result = final(f"LG607/bad/{name}", {"text": "question"})
    assert key not in result
    assert set(result) == {"text"}


# --- LG608, LG609, LG610, LG611 ------------------------------------------------------------


@pytest.mark.parametrize("case", cases("LG608"))
def test_endless_cycle_runs_into_the_limit(case: str) -> None:
    with loaded(case) as module, pytest.raises(GraphRecursionError):
        module.graph.invoke({"text": "x"}, {"recursion_limit": 30})


@pytest.mark.parametrize(
    ("name", "state", "both"),
    [
        ("edge_beside_command", {"text": "x"}, {"publish", "draft"}),
        ("edge_beside_conditional_edge", {"text": ""}, {"publish"}),
    ],
)
def test_plain_edge_is_taken_as_well(name: str, state: dict[str, Any], both: set[str]) -> None:
    assert both <= set(steps(f"LG609/bad/{name}", state))


@pytest.mark.parametrize("case", cases("LG610"))
@pytest.mark.filterwarnings("ignore:coroutine")
def test_node_that_returns_a_coroutine_raises(case: str) -> None:
    with loaded(case) as module:
        with pytest.raises(InvalidUpdateError, match="coroutine"):
            module.graph.invoke({"text": "x"})
        with pytest.raises(InvalidUpdateError, match="coroutine"):
            asyncio.run(module.graph.ainvoke({"text": "x"}))


def test_uneven_join_runs_twice_and_a_list_edge_once() -> None:
    assert steps("LG611/bad/short_and_long_branch", {}).count("merge") == 2
    for name in ("list_edge", "deferred_join", "same_length"):
        assert steps(f"LG611/good/{name}", {}).count("merge") == 1
