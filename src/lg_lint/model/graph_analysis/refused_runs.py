"""Runs that a graph refuses: for its nodes, its middleware, or its saver."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.graph import Graph, GraphRun, Saver
from lg_lint.model.graph_analysis.reachability import is_reached
from lg_lint.model.langgraph.agent_hooks import WRAPPERS
from lg_lint.model.langgraph.checkpointers import saver_in
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.module_state import values_at_calls
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    NONE,
    ExternalObject,
    FunctionRef,
    Instance,
    Value,
    Values,
    behind_partials,
)

_SYNC = frozenset({"sync"})
_ASYNC = frozenset({"async"})
_BOTH = frozenset({"sync", "async"})
_LAMBDA = named("runnable_lambda")
_MIDDLEWARE = named("agent_middleware")


class AsyncPart(Struct, frozen=True):
    """A node or router of a graph that only an async run can call."""

    title: str
    site: Site
    ref: FunctionRef


def async_parts(
    program: Program, graph: Graph, seen: set[Graph] | None = None
) -> Iterator[AsyncPart]:
    """The nodes and routers of a graph and its subgraphs that have no sync form, each once."""
    seen = set() if seen is None else seen
    if graph in seen:
        return
    seen.add(graph)
    for node in graph.nodes.values():
        if node.subgraph is not None:
            yield from async_parts(program, node.subgraph, seen)
        refs = [_async_only(program, value) for value in node.values or node.functions]
        for ref in refs:
            if ref is not None and all(refs):
                kind = "entrypoint" if graph.kind == "entrypoint" else f'node "{node.name}" of'
                yield AsyncPart(f"{kind} {graph.name}", node.site, ref)
                break
    for router in graph.routers:
        for ref in router.functions:
            if ref.function.is_async and len(router.functions) == 1:
                title = f"router {ref.function.name}() of {graph.name}"
                yield AsyncPart(title, router.site, ref)


def _async_only(program: Program, value: Value) -> FunctionRef | None:
    """The async function that is all there is to call in a node's value."""
    value = behind_partials(value)
    if isinstance(value, Instance):
        method = inference.find_method(program, value.cls, "__call__")
        runnable = inference.find_method(program, value.cls, "invoke")
        value = FunctionRef(method, bound=value) if method and not runnable else value
    if isinstance(value, ExternalObject) and value.type == _LAMBDA and value.base is not None:
        value = value.base
    return value if isinstance(value, FunctionRef) and value.function.is_async else None


# --- middleware ----------------------------------------------------------------------------


def async_runs(project: Project, graph: Graph, below: tuple[Graph, ...] = ()) -> Iterator[GraphRun]:
    """The async runs of a graph, and of the graphs that it is a node of, that something reaches."""
    for run in graph.runs:
        row = methods()[run.method]
        streams = row["kind"] == "async" and methods().get(str(row["twin"]), row)["kind"] != "state"
        if streams and is_reached(project, run.site.env.scope):
            yield run
    for parent in graph.parents:
        if parent not in below:
            yield from async_runs(project, parent, (*below, graph))


def sync_only_hooks(program: Program, value: Value) -> Iterator[tuple[str, Function]]:
    """The hooks of a middleware that wrap calls and have no async form, which async runs need."""
    if isinstance(value, Instance):
        if set(inference.external_bases(program, value.cls)) - {_MIDDLEWARE, "typing.Generic"}:
            return
        for name in WRAPPERS:
            plain = inference.find_method(program, value.cls, name)
            twin = inference.find_method(program, value.cls, f"a{name}")
            if plain is not None and twin is None:
                yield name, plain
    elif isinstance(value, ExternalObject) and isinstance(value.base, FunctionRef):
        function = value.base.function
        for decorator in function.decorators:
            called = decorator.func if isinstance(decorator, t.Call) else decorator
            wrapper = terminal_name(called)
            if wrapper in WRAPPERS and not function.is_async:
                yield str(wrapper), function


# --- savers --------------------------------------------------------------------------------


def serves(program: Program, kind: str) -> frozenset[str] | None:
    """The calls that a class of savers serves: "sync", "async"; None where it is not known."""
    added = program.additions.savers.get(kind)
    if added is not None:
        return _BOTH if added == "both" else frozenset({added})
    row = table("savers")["savers"].get(kind)
    return None if row is None else frozenset(row)


def savers_of(program: Program, run: GraphRun) -> list[Saver]:
    """The savers that the graphs of a run may have, by the compile that made each."""
    found = []
    for value in _made(program, run):
        site = _argument(value)
        if site is None:
            continue
        values = inference.infer(program, site.node, site.env)  # type: ignore[arg-type]
        saver = saver_in(program, values, site)
        if saver is not None:
            found.append(saver)
    assigned = [graph.saver for graph in run.graphs if graph.saver is not None]
    later = [saver for saver in assigned if saver.site and isinstance(saver.site.node, t.Attribute)]
    return [*found, *(saver for saver in later if saver not in found)]


def _made(program: Program, run: GraphRun) -> Values:
    """What a run may run, as its function's callers give it."""
    if run.owner is None:
        return run.receivers
    return values_at_calls(program, run.owner, run.site.env)


def _argument(value: Value) -> Site | None:
    """The checkpointer that was given where a compiled graph was made."""
    while isinstance(value, ExternalObject):
        if isinstance(value.site, t.Call) and value.env is not None:
            name = terminal_name(value.site.func)
            expr = value.site.argument("checkpointer", 0 if name == "compile" else None)
            if expr is not None:
                return Site(expr, value.env)
        if value.base is None:
            return None
        value = value.base
    return None


class SyncOnlySaver(Struct, frozen=True):
    """A saver that refuses async calls: its class, and whether the graph has no other kind."""

    saver: Saver
    kind: str
    is_only_one: bool


def sync_only_saver(program: Program, run: GraphRun) -> SyncOnlySaver | None:
    """The saver of a run's graphs that has sync methods only.

    None where there is none, and where the graph may as well have one that cannot be seen or that
    serves async calls alone.
    """
    savers = savers_of(program, run)
    served = {kind: serves(program, kind) for saver in savers for kind in saver.types}
    refusing = [kind for kind, calls in served.items() if calls == _SYNC]
    others = [calls for calls in served.values() if calls != _SYNC]
    if not refusing or any(calls != _BOTH for calls in others):
        return None
    if not all(saver.certain for saver in savers):
        return None
    saver = next(saver for saver in savers if refusing[0] in saver.types)
    return SyncOnlySaver(saver, refusing[0], is_only_one=not others)


def has_async_saver(program: Program, run: GraphRun) -> bool:
    """Whether every saver of the run's graphs refuses sync calls on the loop that it lives on."""
    kinds = [serves(program, kind) for saver in savers_of(program, run) for kind in saver.types]
    return bool(kinds) and all(kind == _ASYNC for kind in kinds)


def asks_memory_only(program: Program, run: GraphRun) -> bool:
    """Whether a state method asks nothing but the memory of the process, for all that is known."""
    if methods()[run.method]["kind"] != "state":
        return False
    made = _made(program, run)
    savers = savers_of(program, run)
    return (
        bool(savers)
        and all(_argument(value) is not None for value in made if value != NONE)
        and all(saver.certain for saver in savers)
        and {kind for saver in savers for kind in saver.types}
        <= set(table("savers")["in_memory"]["types"])
    )


def refuses_sync(program: Program, run: GraphRun) -> bool:
    """Whether a sync run on an event loop fails at once, by another rule than that it blocks."""
    if has_async_saver(program, run):
        return True
    return has_async_part(program, run)


def has_async_part(program: Program, run: GraphRun) -> bool:
    """Whether a sync run gets to a node or router that has no sync form."""
    if methods()[run.method]["kind"] != "run" or not run.graphs:
        return False
    return all(next(async_parts(program, graph), None) is not None for graph in run.graphs)
