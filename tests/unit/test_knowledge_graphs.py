"""The methods of a compiled graph are sync or async, lazy or not, as the table says."""

from __future__ import annotations

import inspect
from typing import Any

import pytest
from langgraph.pregel import Pregel
from langgraph.pregel.remote import RemoteGraph

from lg_lint.knowledge import table
from not_installed import is_excused
from test_knowledge import installed

RUNS: dict[str, dict[str, Any]] = table("graphs")["runs"]

LATER = {
    "stream_events": "the iterator that it returns runs the graph: GraphRunStream",
    "astream_events": "an async iterator, or with version 3 an awaitable one",
}


def is_async(name: str) -> bool:
    function = inspect.unwrap(getattr(Pregel, name))
    awaited = inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)
    return awaited or name == "astream_events"


@pytest.mark.parametrize("name", sorted(RUNS))
def test_kind(name: str) -> None:
    assert (RUNS[name]["kind"] == "async") == is_async(name)


@pytest.mark.parametrize("name", sorted(RUNS))
def test_twin(name: str) -> None:
    twin = RUNS[name]["twin"]
    if not twin:
        assert name == "astream_log"
        assert not hasattr(Pregel, "stream_log")
        return
    assert callable(getattr(Pregel, twin))
    assert is_async(twin) != is_async(name)
    assert twin not in RUNS or RUNS[twin]["twin"] == name


@pytest.mark.parametrize("name", sorted(RUNS))
def test_lazy(name: str) -> None:
    function = inspect.unwrap(getattr(Pregel, name))
    is_generator = inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function)
    assert bool(RUNS[name].get("lazy")) == (is_generator or name in LATER)


def test_what_only_a_remote_graph_does_over_the_network() -> None:
    remote = {name for name, row in RUNS.items() if row.get("remote")}
    assert remote == {"get_graph"}
    assert RemoteGraph.get_graph is not Pregel.get_graph


def test_no_method_that_runs_a_graph_is_missing() -> None:
    """All public methods that come in a sync and an async form, and run or change something."""
    pairs = {name for name in dir(Pregel) if hasattr(Pregel, f"a{name}")}
    harmless = {
        "clear_cache": "of nodes, no round trip of a run",
        "get_subgraphs": "walks the graph in memory",
        "with_alisteners": "",
    }
    assert pairs - RUNS.keys() <= harmless.keys()


@pytest.mark.parametrize("name", sorted(table("graphs")["agents"]))
def test_agents_take_their_functions_by_these_keywords(name: str) -> None:
    there, function = installed(name)
    if not there:
        assert is_excused(name), name
        return
    row = table("graphs")["agents"][name]
    parameters = list(inspect.signature(function).parameters)
    old = {"state_modifier", "messages_modifier"}  # until langgraph 0.2 and 0.3
    assert {*row["loop"], *row["nodes"], row["schema"]} - old <= set(parameters)
    if row["tools"] >= 0:
        assert parameters[row["tools"]] == "tools"
