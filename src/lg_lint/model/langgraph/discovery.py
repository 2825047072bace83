"""Finds the graphs of a program: every call that begins one, and what is done to it."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.graph import Graph, GraphRun
from lg_lint.model.langgraph import (
    agents,
    builder_calls,
    checkpointers,
    escaped_builders,
    runs,
    state_schema,
)
from lg_lint.model.langgraph.callables import BUILDER, COMPILED, decorated_as, is_builder, is_graph
from lg_lint.model.langgraph.registry import Graphs
from lg_lint.program import inference
from lg_lint.program.scopes import Scope
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import ExternalObject

_KINDS = {
    BUILDER: "state",
    named("message_builder"): "messages",
    named("remote_graph"): "remote",
    COMPILED: "state",
}


def build(program: Program) -> tuple[Graphs, list[GraphRun], list[runs.UnresolvedCall]]:
    """All graphs, wired, with channels and savers; all runs; calls that only look like runs."""
    graphs = Graphs(program)
    for graph in _constructions(program):
        graphs.add(graph)
    builder_calls.wire(program, graphs)
    escaped_builders.mark(program, graphs.all)
    agents.describe(program, graphs)
    for graph in graphs.all:
        state_schema.describe(program, graph)
        graph.name = _name(graph)
    for graph in graphs.all:
        builder_calls.route(program, graph)
    found, unresolved = runs.find(program, graphs)
    for run in found:
        for graph in run.graphs:
            graph.runs.append(run)
    checkpointers.describe(program, graphs)
    return graphs, found, unresolved


def _constructions(program: Program) -> Iterator[Graph]:
    names = {"StateGraph", "MessageGraph", "Graph", "RemoteGraph", "Pregel"}
    names |= {name.rpartition(".")[2] for name in table("graphs")["agents"]}
    seen: set[int] = set()
    for name in sorted(names):
        for site, scope in program.calls_named(name):
            if id(site.node) not in seen:
                seen.add(id(site.node))
                yield from _constructed(program, site.node, scope)
    yield from _entrypoints(program)


def _constructed(program: Program, node: t.Call, scope: Scope) -> Iterator[Graph]:
    env = program.env(scope)
    for value in inference.infer(program, node, env):
        if isinstance(value, ExternalObject) and value.site is node:
            if not is_builder(program, value) and not is_graph(program, value):
                continue
            callee = inference.infer(program, node.func, env)
            agent = any(getattr(item, "name", "") in table("graphs")["agents"] for item in callee)
            kind = "agent" if agent else _KINDS.get(value.type, "state")
            yield Graph(kind, Site(node, env), value)
            return


def _entrypoints(program: Program) -> Iterator[Graph]:
    for value, ref, site in decorated_as(program, COMPILED):
        graph = Graph("entrypoint", site, value, ref.function.name)
        builder_calls.add_entrypoint(graph, ref)
        yield graph


def _name(graph: Graph) -> str:
    """How messages call a graph: the variable or function that holds it."""
    if graph.name:
        return graph.name
    scope = graph.site.env.scope
    for bindings in scope.bindings.values():
        for binding in bindings:
            value = binding.value
            if value is not None and any(node is graph.site.node for node in t.walk(value)):
                return binding.name
    return scope.qualname.rpartition(".")[2] or "graph"
