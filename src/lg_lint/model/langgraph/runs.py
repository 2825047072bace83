"""Calls that run a graph or touch its state, and those whose receiver stays unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.graph import Graph, GraphRun
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.langgraph.loop_unrolling import rounds
from lg_lint.program import inference
from lg_lint.program.import_closure import reached
from lg_lint.program.inference import MethodCall
from lg_lint.program.scopes import CallSite
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    Container,
    Env,
    ExternalMethod,
    ExternalObject,
    Unknown,
    Value,
    Values,
    behind_partials,
    strings,
)

if TYPE_CHECKING:
    from lg_lint.model.langgraph.registry import Graphs

_DISTINCT = {
    "get_state_history", "update_state", "bulk_update_state", "astream_events", "aget_state",
    "aupdate_state", "aget_state_history", "get_state",
}  # fmt: skip
_STREAMS = {"stream", "astream"}
_REMOTE = named("remote_graph")
_GRAPH_WORDS = ("graph", "agent", "workflow", "app")


class UnresolvedCall(Struct, frozen=True):
    """A call named like a run of a graph, on a receiver that could not be resolved."""

    site: Site
    method: str


def methods() -> dict[str, dict[str, object]]:
    """The methods that run a graph or touch its state, as the table says."""
    rows: dict[str, dict[str, object]] = table("graphs")["runs"]
    return rows


def has_sync_runs_alone(graph: Graph) -> bool:
    """Whether a graph, and the graphs that it is a node of, are only ever run synchronously.

    A notebook's graph that the notebook does not run counts: nothing can import it.
    """
    whole = reached([graph], lambda each: each.parents)
    if any(each.served for each in whole):
        return False
    kinds = {methods()[run.method]["kind"] for each in whole for run in each.runs}
    return "async" not in kinds and ("run" in kinds or graph.site.env.scope.module.is_notebook)


def stream_modes(program: Program, graph: Graph) -> set[str]:
    """The stream modes that runs of a graph are seen to ask for, by default "updates".

    Empty where no run is seen to stream, or only with modes that are not known.
    """
    found: set[str] = set()
    for run in graph.runs:
        if run.method in _STREAMS:
            mode = run.call.argument("stream_mode")
            found |= set(modes_of(program, mode, run.site.env)) if mode is not None else {"updates"}
    return found


def modes_of(program: Program, mode: t.Expr, env: Env) -> Iterator[str]:
    """The stream modes that an argument names."""
    for value in inference.infer(program, mode, env):
        items = inference.items_of(program, value) if isinstance(value, Container) else [(value,)]
        for item in items:
            yield from strings(item)


def find(program: Program, graphs: Graphs) -> tuple[list[GraphRun], list[UnresolvedCall]]:
    """All runs of the program's graphs, and the calls that only look like runs."""
    found: list[GraphRun] = []
    unresolved: list[UnresolvedCall] = []
    for method in methods():
        for site in inference.sites_of_method(program, method):
            env = program.env(site.scope)
            calls = list(_method_calls(program, site, method))
            receivers = inference.union((call.receiver,) for call in calls)
            place = Site(site.node, env)
            run = run_of(graphs, program, place, method, receivers)
            if run is not None:
                run.given = tuple(dict.fromkeys((call.site.node, call.env) for call in calls))
                found.append(run)
            elif _looks_like_run(site, method, receivers):
                unresolved.append(UnresolvedCall(place, method))
    return found, unresolved


def _method_calls(program: Program, site: CallSite, method: str) -> Iterator[MethodCall]:
    """What a call runs a method of: in each call of its function, where that hands on its own."""
    env = program.env(site.scope)
    hands_on = any(arg.star for arg in site.node.args)
    for inner in rounds(program, site, env) if hands_on else (env,):
        yield from inference.method_calls(program, site, method, inner)


def run_of(
    graphs: Graphs, program: Program, site: Site, method: str, receivers: Values
) -> GraphRun | None:
    """The run that a call is, where its receiver may be a compiled graph."""
    compiled = [value for value in receivers if is_graph(program, value)]
    if methods()[method].get("remote"):
        compiled = [value for value in compiled if getattr(value, "type", "") == _REMOTE]
    if not compiled:
        return None
    owners: list[Graph] = []
    for value in compiled:
        graph = graphs.of(value)
        if graph is not None and graph not in owners:
            owners.append(graph)
    assert isinstance(compiled[0], ExternalObject)
    return GraphRun(site, method, owners, compiled[0], receivers)


def bound_run(program: Program, value: Value) -> tuple[str, ExternalObject] | None:
    """The method of a graph that a value is, and the graph: `graph.invoke`, a partial of it."""
    value = behind_partials(value)
    if isinstance(value, ExternalMethod) and is_graph(program, value.receiver):
        assert isinstance(value.receiver, ExternalObject)
        row = methods().get(value.name)
        if row is not None and not row.get("remote"):
            return value.name, value.receiver
    return None


def _looks_like_run(site: CallSite, method: str, receivers: Values) -> bool:
    func = site.node.func
    if not isinstance(func, t.Attribute) or func.attr != method:
        return False
    if receivers and not any(isinstance(value, Unknown) for value in receivers):
        return False
    if methods()[method].get("remote"):
        return False
    name = (terminal_name(func.value) or "").lower()
    return method in _DISTINCT or any(word in name for word in _GRAPH_WORDS)
