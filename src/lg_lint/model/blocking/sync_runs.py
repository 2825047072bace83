"""Where a frame runs a graph synchronously: calls, iterations, and threads that it waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.blocking.call_places import CallPlaces
from lg_lint.model.blocking.loop_frames import frames_on_loop
from lg_lint.model.graph import GraphRun
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.langgraph.runs import bound_run, methods
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, waited_for
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.site import Site
from lg_lint.program.values import NONE, Env, ExternalObject, Values

_STREAM = named("stream")


def stays_on_loop(state: CallNode, edge: CallEdge) -> bool:
    """Whether a call leads to a plain function that runs in the caller's turn of the loop."""
    return edge.target.world is state.world and not edge.target.function.is_async


class SyncRuns:
    """The sync calls of graphs that frames on an event loop lead to, of those runs `wanted`."""

    def __init__(self, project: Project, wanted: Callable[[GraphRun], bool]) -> None:
        self.project = project
        self._by_call = {
            call: run
            for run in project.runs
            if methods()[run.method]["kind"] != "async" and wanted(run)
            for call in (run.site.node, *(call for call, _ in run.calls))
        }
        self._named = {run.site.node for run in project.runs if run.owner is not None}
        # The runs whose calls do not name the method: what such a call runs depends on its caller.
        self._held = {
            (run.site.node, run.method): run if wanted(run) else None
            for run in project.runs
            if run.owner is None
        }
        self._by_sink: dict[t.Node, GraphRun] = {}
        self._found: dict[CallNode, list[t.Node]] = {}

    def at_end_of(self, chain: CallPath) -> GraphRun:
        """The run that a path of `places` ends in."""
        return self._by_sink[chain.sink]

    def places(self, counts: Callable[[GraphRun], bool] = lambda _: True) -> CallPlaces:
        """The calls in frames on the loop that lead to the runs that count, in the same turn."""
        paths = Paths(self.project.execution, self.of, stays_on_loop)
        found = CallPlaces()
        for root in frames_on_loop(self.project.execution, self.project.entries):
            for chain in paths.chains(root.frame):
                if counts(self.at_end_of(chain)):
                    found.add(root, [chain])
        return found

    def places_of_graphs(self) -> CallPlaces:
        """Those that lead to a run of a known graph: of a method that was handed on, it is not."""
        if not any(run.graphs for run in self._by_call.values()):
            return CallPlaces()
        return self.places(lambda run: bool(run.graphs))

    def of(self, state: CallNode) -> list[t.Node]:
        """Where the code of one frame runs a graph: calls, and what it iterates."""
        if state not in self._found:
            self._found[state] = list(self._find(state))
        return self._found[state]

    def _find(self, state: CallNode) -> Iterator[t.Node]:
        function = state.function
        env = state.env
        for site, callees in self.project.execution.calls(state):
            run = self._by_call.get(site.node)
            is_named = site.node in self._named
            if run is not None and is_named and not methods()[run.method].get("lazy"):
                if not site.is_coroutine or self._is_of_graphs_alone(run):
                    yield self._note(site.node, run)
            elif not is_named and not site.is_coroutine:
                yield from self._handed(site.node, callees, env)
            elif waited_for(site, function):
                for arg in site.node.args:
                    given = inference.infer(self.project.program, arg.value, env)
                    yield from self._handed(site.node, given, env)
        for iteration in function.iterations:
            if not iteration.is_async and not iteration.is_dead:
                yield from self._iterated(iteration.iterable, env)

    def _is_of_graphs_alone(self, run: GraphRun) -> bool:
        """Whether the method is a graph's in any case: then there is nothing to await."""
        program = self.project.program
        return all(value == NONE or is_graph(program, value) for value in run.receivers)

    def _iterated(self, iterable: t.Expr, env: Env) -> Iterator[t.Node]:
        for value in inference.infer(self.project.program, iterable, env):
            if isinstance(value, ExternalObject) and value.type == _STREAM:
                run = self._by_call.get(value.site) if value.site is not None else None
                if run is not None:
                    here = run.site.env.scope is env.scope
                    yield self._note(run.site.node if here else iterable, run)

    def _handed(self, call: t.Call, functions: Values, env: Env) -> Iterator[t.Node]:
        """A call of a bound method that was handed on, or a thread that the loop waits for."""
        for value in functions:
            found = bound_run(self.project.program, value)
            if found is not None:
                method, receiver = found
                row = methods()[method]
                if row["kind"] != "async" and not row.get("lazy"):
                    made = GraphRun(Site(call, env), method, [], receiver, (receiver,))
                    run = self._held.get((call, method), made)
                    if run is not None:
                        yield self._note(call, run)

    def _note(self, node: t.Node, run: GraphRun) -> t.Node:
        self._by_sink[node] = run
        return node
