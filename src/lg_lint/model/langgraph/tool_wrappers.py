"""Functions that the calls of an agent's or a ToolNode's tools go through."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph
from lg_lint.model.langgraph.agents import decorator_of
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import ExternalObject, FunctionRef, Instance, Value

_NAMES = ("wrap_tool_call", "awrap_tool_call")


class ToolWrapper(Struct, frozen=True):
    """A function around calls of tools; `handler` is the parameter that runs the tool."""

    ref: FunctionRef
    handler: str


def tool_wrappers(program: Program, graph: Graph) -> Iterator[ToolWrapper]:
    """Those of an agent's middleware, and of the ToolNodes that a graph has."""
    found = [ref for value in graph.middleware for ref in _of_middleware(program, value)]
    for node in graph.nodes.values():
        for value in node.values:
            found += _of_tool_node(program, value)
    for ref in found:
        params = [param.name for param in ref.function.params if param.kind == "positional"]
        if ref.bound is not None and ref.function.self_name:
            params = params[1:]
        if len(params) > 1:
            yield ToolWrapper(ref, params[1])


def _of_middleware(program: Program, value: Value) -> Iterator[FunctionRef]:
    if isinstance(value, Instance):
        for name in _NAMES:
            method = inference.find_method(program, value.cls, name)
            if method is not None:
                yield FunctionRef(method, bound=value)
    elif isinstance(value, ExternalObject) and decorator_of(value) in _NAMES:
        assert isinstance(value.base, FunctionRef)
        yield value.base


def loop_wrappers(program: Program, value: Value) -> list[FunctionRef]:
    """The plain functions around the tools of a ToolNode that has no coroutine function for it.

    Under `astream` they run on the loop, and so do the tools that they run (langgraph
    `prebuilt/tool_node.py`, `ToolNode._arun_one`).
    """
    plain, awaited = (list(_given(program, value, name)) for name in _NAMES)
    return [ref for ref in plain if not ref.function.is_async] if not awaited else []


def _of_tool_node(program: Program, value: Value) -> Iterator[FunctionRef]:
    for name in _NAMES:
        yield from _given(program, value, name)


def _given(program: Program, value: Value, name: str) -> Iterator[FunctionRef]:
    made = value.site if isinstance(value, ExternalObject) else None
    if not isinstance(value, ExternalObject) or not isinstance(made, t.Call) or value.env is None:
        return
    given = made.argument(name)
    values = inference.infer(program, given, value.env) if given is not None else ()
    yield from (each for each in values if isinstance(each, FunctionRef))
