"""Streams of a graph that leave out what the graphs inside of it send."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names, runs_giving
from lg_lint.model.graph import Graph, GraphRun, Node
from lg_lint.model.project import Project
from lg_lint.model.streams.consumers import Audience, Listener
from lg_lint.model.streams.emission import EmissionKind, EmissionPath, Emissions
from lg_lint.model.streams.graph_functions import GraphFunctions
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.values import Const, Container, ExternalObject

_INSIDE = {EmissionKind.TOKENS: "messages", EmissionKind.CUSTOM: "custom"}
_PIECES = runs_giving("chunks", "events")


class LeftOut(Struct, frozen=True):
    """A run whose stream leaves something out.

    `name` is the node or the graph that sends it, `site` where that is put into the graph or run;
    `path` leads from there to what sends, None for a graph that is a node of its own. `certain` is
    False where it is not known that clients want it: a tool asks the inner graph.
    """

    run: GraphRun
    kind: EmissionKind
    name: str
    site: Site
    path: EmissionPath | None = None
    certain: bool = True


def left_out(project: Project) -> Iterator[LeftOut]:
    """Each run once, with the first inner graph whose tokens, or own chunks, it leaves out."""
    search = _Search(project)
    for run in project.runs:
        if not run.site.env.scope.module.is_test:
            found = next(search.of_run(run), None)
            if found is not None:
                yield found


class _Search:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.audience = Audience(project, project.once(GraphFunctions))
        self.emissions = project.once(_every)
        self.runs = {run.site.node: run for run in project.runs}

    def of_run(self, run: GraphRun) -> Iterator[LeftOut]:
        for graph in run.graphs:
            listener = self.audience.listener(graph, run)
            if listener is None or not listener.certain or self._may_ask(run):
                continue
            if listener.modes <= {"messages", "custom"}:
                yield from self._of_graph(run, graph, listener)

    def _may_ask(self, run: GraphRun) -> bool:
        """Whether a run may ask for what inner graphs send."""
        given = self.audience.given(run, "subgraphs")
        open_call = any(arg.star for arg in run.call.args) and given is None
        off = given is None or all(
            isinstance(value, Const) and value.value is False for value in given
        )
        return open_call or not off

    def _of_graph(self, run: GraphRun, graph: Graph, listener: Listener) -> Iterator[LeftOut]:
        for node in graph.nodes.values():
            inner = node.subgraph
            if inner is not None and inner is not graph:
                yield from self._of_member(run, inner, node.name, node.site, listener)
            yield from self._of_node(run, graph, node, listener)
        for name, member, site in self._members(graph):
            yield from self._of_member(run, member, name, site, listener)

    def _of_member(
        self, run: GraphRun, inner: Graph, name: str, site: Site, listener: Listener
    ) -> Iterator[LeftOut]:
        """What a graph that is a node of its own sends."""
        for kind in _wanted(self.emissions.of_graph(inner), listener):
            picked = listener.nodes
            if picked is None or kind is EmissionKind.CUSTOM or picked & {name, *inner.nodes}:
                yield LeftOut(run, kind, name, site)

    def _of_node(
        self, run: GraphRun, graph: Graph, node: Node, listener: Listener
    ) -> Iterator[LeftOut]:
        """What a graph sends that the code of a node runs."""
        if node.subgraph is not None:
            return
        for path in self.emissions.of_node(graph, node):
            kind = path.emission.kind
            if not path.emission.nested or path.chain is None or not _is_heard(kind, listener):
                continue
            inner = self.runs.get(path.emission.node)
            if inner is None or self._hands_on(inner, path):
                continue
            if kind is EmissionKind.TOKENS and not self._is_picked(inner, node, listener):
                continue
            module = path.chain.last.function.module
            site = Site(path.emission.node, self.project.program.env(module))
            yield LeftOut(run, kind, node.name, site, path, certain=not node.tools)

    def _is_picked(self, inner: GraphRun, node: Node, listener: Listener) -> bool:
        """Whether a consumer that picks nodes by name wants those of an inner graph."""
        nodes = {node.name, *(name for graph in inner.graphs for name in graph.nodes)}
        return listener.nodes is None or bool(listener.nodes & nodes)

    def _hands_on(self, inner: GraphRun, path: EmissionPath) -> bool:
        """Whether code that reads an inner stream writes to the outer one."""
        assert path.chain is not None
        if inner.method not in _PIECES:
            return False
        return any(
            emission.kind is not EmissionKind.TOKENS and not emission.nested
            for state in path.chain.states
            for emission in self.emissions.of(state)
        )

    def _members(self, graph: Graph) -> Iterator[tuple[str, Graph, Site]]:
        """The agents that a supervisor or a swarm is made of."""
        call, program = graph.site.node, self.project.program
        if graph.kind != "agent" or not isinstance(call, t.Call):
            return
        callees = inference.infer(program, call.func, graph.site.env)
        if not any(getattr(each, "name", "") in names("teams_of_agents") for each in callees):
            return
        given = call.argument("agents", 0)
        for value in inference.infer(program, given, graph.site.env) if given is not None else ():
            if isinstance(value, Container):
                for items in inference.items_of(program, value):
                    for item in items:
                        member = self._graph(item)
                        if member is not None:
                            yield member.name or "an agent", member, member.site

    def _graph(self, value: object) -> Graph | None:
        while isinstance(value, ExternalObject):
            for graph in self.project.graphs:
                if value.site is graph.site.node:
                    return graph
            value = value.base
        return None


def _every(project: Project) -> Emissions:
    return Emissions(project, every=True)


def _wanted(paths: tuple[EmissionPath, ...], listener: Listener) -> Iterator[EmissionKind]:
    kinds = {path.emission.kind for path in paths}
    yield from (kind for kind in _INSIDE if kind in kinds and _is_heard(kind, listener))


def _is_heard(kind: EmissionKind, listener: Listener) -> bool:
    return _INSIDE.get(kind) in listener.modes
