"""Where a graph's checkpoints go, by every way that a checkpointer arrives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, Saver
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.langgraph.platform_files import served_values
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import (
    Const,
    ExternalObject,
    FunctionRef,
    Instance,
    Unknown,
    Value,
    Values,
)

if TYPE_CHECKING:
    from lg_lint.model.langgraph.registry import Graphs


def describe(program: Program, graphs: Graphs) -> None:
    """Sets `saver` on each graph: compile argument, attribute assignment, the platform."""
    for graph in graphs.all:
        for site, values in _arguments(program, graph):
            graph.saver = _better(graph.saver, saver_in(program, values, site))
    for write in program.writes_of("checkpointer"):
        if write.scope.module.is_test or write.value is None:
            continue
        env = program.env(write.scope)
        for value in inference.infer(program, write.target.value, env):
            owner = graphs.of(value) if is_graph(program, value) else None
            if owner is not None:
                values = inference.infer(program, write.value, env)
                saver = saver_in(program, values, Site(write.target, env))
                owner.saver = _better(owner.saver, saver)
    _platform(program, graphs)


def _arguments(program: Program, graph: Graph) -> Iterator[tuple[Site, Values]]:
    """What is given as checkpointer where the graph is compiled or built, and where it is."""
    calls = [*graph.compiles]
    if graph.kind in ("agent", "entrypoint"):
        calls.append(graph.site)
    for site in calls:
        if not isinstance(site.node, t.Call):
            continue
        position = 0 if site in graph.compiles else None
        expr = site.node.argument("checkpointer", position)
        if expr is not None:
            yield Site(expr, site.env), inference.infer(program, expr, site.env)
            continue
        for arg in site.node.args:
            if arg.star == "**":
                values = inference.keyword_of(program, arg.value, site.env, "checkpointer")
                yield Site(arg.value, site.env), values


def saver_in(program: Program, values: Values, site: Site) -> Saver | None:
    """The saver that a value is; None for no saver at all."""
    types: list[str] = []
    certain = True
    for value in values:
        if isinstance(value, ExternalObject):
            types.append(value.type)
        elif isinstance(value, Instance):
            types += inference.external_bases(program, value.cls) or [value.cls.name]
        elif isinstance(value, Unknown):
            certain = False
        elif isinstance(value, Const):
            continue
        else:
            certain = False
    if types:
        return Saver(tuple(dict.fromkeys(types)), site, certain)
    if not certain:
        return Saver((), site, certain=False)
    return None


def made_at(program: Program, given: Site, kind: str) -> Site | None:
    """The call that makes a saver of the class `kind`, for the expression that a graph is given.

    The first call of a chain such as `Saver.from_conn_string(...)`; None where no value of that
    class can be seen there, or nothing is seen to make it.
    """
    for value in inference.infer(program, given.node, given.env):  # type: ignore[arg-type]
        if not isinstance(value, ExternalObject) or value.type != kind:
            continue
        while isinstance(value.base, ExternalObject):
            value = value.base
        if value.site is not None and value.env is not None:
            return Site(value.site, value.env)
    return None


def _better(first: Saver | None, second: Saver | None) -> Saver | None:
    """The one that says more."""
    if first is None or second is None:
        return first or second
    return second if second.types and not first.types else first


def _platform(program: Program, graphs: Graphs) -> None:
    """Graphs named in a `langgraph.json`, or a file of its form, get the platform's saver."""
    for _, value in served_values(program):
        for made in (value, *_called(program, value)):
            graph = graphs.of(made)
            if graph is not None:
                graph.served = True
                graph.saver = graph.saver or Saver((), None, certain=True, platform=True)


def _called(program: Program, value: Value) -> Values:
    if isinstance(value, FunctionRef):
        return inference.returned_values(program, value, None)
    return ()
