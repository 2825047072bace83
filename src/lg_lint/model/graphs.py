"""Finds the graphs of a program: every call that begins one, and what is done to it."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model import agents, channels, handed_out, runs, savers, wiring
from lg_lint.model.callables import BUILDER, COMPILED, decorated_as, is_builder, is_graph
from lg_lint.model.graph import Graph, Run, Site
from lg_lint.program import inference
from lg_lint.program.program import Program
from lg_lint.program.scopes import Scope
from lg_lint.program.values import ExternalObject, FunctionRef, Value

_KINDS = {
    BUILDER: "state",
    "langgraph.graph.message.MessageGraph": "messages",
    "langgraph.pregel.remote.RemoteGraph": "remote",
    COMPILED: "state",
}


class Graphs:
    """The graphs of a program, found by the object that an expression is."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.all: list[Graph] = []
        self._by_site: dict[int, Graph] = {}

    def of(self, value: Value) -> Graph | None:
        """The graph that a builder or a compiled graph belongs to."""
        depth = 0
        while isinstance(value, ExternalObject) and depth < 8:
            if value.site is not None and id(value.site) in self._by_site:
                return self._by_site[id(value.site)]
            if value.base is None or isinstance(value.base, FunctionRef):
                return None
            value = value.base
            depth += 1
        return None

    def add(self, graph: Graph) -> None:
        self.all.append(graph)
        self._by_site[id(graph.site.node)] = graph


def build(program: Program) -> tuple[Graphs, list[Run], list[runs.UnresolvedCall]]:
    """All graphs, wired, with channels and savers; all runs; calls that only look like runs."""
    graphs = Graphs(program)
    for graph in _constructions(program):
        graphs.add(graph)
    wiring.wire(program, graphs)
    handed_out.mark(program, graphs.all)
    agents.describe(program, graphs)
    for graph in graphs.all:
        channels.describe(program, graph)
        graph.name = _name(graph)
    for graph in graphs.all:
        wiring.route(program, graph)
    found, unresolved = runs.find(program, graphs)
    for run in found:
        for graph in run.graphs:
            graph.runs.append(run)
    savers.describe(program, graphs)
    return graphs, found, unresolved


def _constructions(program: Program) -> Iterator[Graph]:
    names = {"StateGraph", "MessageGraph", "Graph", "RemoteGraph", "Pregel"}
    names |= {name.rpartition(".")[2] for name in table("langgraph")["agents"]}
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
            agent = any(
                getattr(item, "name", "") in table("langgraph")["agents"] for item in callee
            )
            kind = "agent" if agent else _KINDS.get(value.type, "state")
            yield Graph(kind, Site(node, env), value)
            return


def _entrypoints(program: Program) -> Iterator[Graph]:
    for value, ref, site in decorated_as(program, COMPILED):
        graph = Graph("entrypoint", site, value, ref.function.name)
        wiring.add_entrypoint(graph, ref)
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
