"""No fix is safe unless the twin that it awaits is a coroutine in the installed library."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from typing import Any

import pytest

from lg_lint.knowledge import table
from lg_lint.model.blocking.calls import BlockingCalls
from lg_lint.program.values import ExternalObject
from lg_lint.rules.telling.fix_planning import _OTHER_TWINS
from model.programs import program_of

NOT_INSTALLED: set[str] = set()
"""Classes with an async twin whose package the tests do not install: their fixes are not safe."""

ROWS = [row for row in table("blocking")["methods"] if "async" in row and not row.get("stub")]


def class_of(dotted: str) -> type | None:
    module, _, name = dotted.rpartition(".")
    try:
        found = getattr(importlib.import_module(module), name)
    except ModuleNotFoundError:
        return None
    return found if isinstance(found, type) else None


def below(cls: type) -> Iterator[type]:
    """A class, and all subclasses that are loaded."""
    yield cls
    for each in cls.__subclasses__():
        yield from below(each)


def is_awaitable(cls: type, name: str) -> bool:
    function = inspect.unwrap(getattr(cls, name))
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["class"]))
def test_twins_are_coroutines(row: dict[str, Any]) -> None:
    cls = class_of(row["class"])
    assert (cls is None) == (row["class"] in NOT_INSTALLED)
    for name in row["names"]:
        for each in below(cls) if cls is not None else ():
            assert is_awaitable(each, f"{row['async']}{name}"), f"{each}.{row['async']}{name}"


def test_runs_of_graphs_have_coroutines() -> None:
    from langgraph.pregel import Pregel
    from langgraph.pregel.remote import RemoteGraph

    checked = 0
    for name, row in table("graphs")["runs"].items():
        twin = row.get("twin")
        if row["kind"] == "async" or not isinstance(twin, str) or name in _OTHER_TWINS:
            continue
        for cls in (Pregel, RemoteGraph):
            if hasattr(cls, twin):
                assert is_awaitable(cls, twin), f"{cls}.{twin} of {name}"
                checked += 1
    assert checked > 10


def test_constructors_of_vector_stores_have_coroutines() -> None:
    from langchain_core.vectorstores import VectorStore

    for name in ("from_documents", "from_texts"):
        assert inspect.iscoroutinefunction(inspect.unwrap(getattr(VectorStore, f"a{name}")))


@pytest.mark.parametrize("row", table("blocking")["methods"], ids=lambda row: str(row["class"]))
def test_only_checked_rows_say_so(row: dict[str, Any]) -> None:
    calls = BlockingCalls(program_of(""))
    for name in row.get("names", ()):
        if "." not in name:
            found = calls._method(ExternalObject(row["class"]), (name,), 0)
            assert found is None or not found.awaitable or found.cure == f"a{name}"
            assert found is None or not found.awaitable or row["class"] not in NOT_INSTALLED
            if row.get("stub"):
                assert found is None or not found.awaitable
