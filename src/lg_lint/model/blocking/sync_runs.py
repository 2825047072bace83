"""Where a frame runs a graph synchronously: calls, iterations, and threads that it waits for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lg_lint.facts import tree as t
from lg_lint.model.graph import GraphRun
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.langgraph.runs import bound_run, methods
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge, CallNode, waited_for
from lg_lint.program.site import Site
from lg_lint.program.values import NONE, Env, ExternalObject, Values

_STREAM = "langgraph.run.Stream"


def stays_on_loop(state: CallNode, edge: CallEdge) -> bool:
    """Whether a call leads to a plain function that runs in the caller's turn of the loop."""
    return edge.target.world is state.world and not edge.target.function.is_async


class SyncRuns:
    """The places of a state where a sync call of a graph runs, of those runs that are `wanted`.

    `has_graphs` where one of these runs is of a known graph: methods that are handed on have none.
    """

    def __init__(self, project: Project, wanted: Callable[[GraphRun], bool]) -> None:
        self.project = project
        self.runs: dict[int, GraphRun] = {}
        self._by_call = {
            id(run.site.node): run
            for run in project.runs
            if methods()[run.method]["kind"] != "async" and wanted(run)
        }
        self.has_graphs = any(run.graphs for run in self._by_call.values())
        self._found: dict[CallNode, list[t.Node]] = {}

    def of(self, state: CallNode) -> list[t.Node]:
        if state not in self._found:
            self._found[state] = list(self._find(state))
        return self._found[state]

    def _find(self, state: CallNode) -> Iterator[t.Node]:
        function = state.function
        env = state.env
        for site, callees in self.project.execution.calls(state):
            run = self._by_call.get(id(site.node))
            if run is not None and not methods()[run.method].get("lazy"):
                if not site.is_coroutine or self._is_of_graphs_alone(run):
                    yield self._note(site.node, run)
            elif isinstance(site.node.func, (t.Name, t.Call)) and not site.is_coroutine:
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
        assert isinstance(run.call.func, t.Attribute)
        program = self.project.program
        receivers = inference.infer(program, run.call.func.value, run.site.env)
        return all(value == NONE or is_graph(program, value) for value in receivers)

    def _iterated(self, iterable: t.Expr, env: Env) -> Iterator[t.Node]:
        for value in inference.infer(self.project.program, iterable, env):
            if isinstance(value, ExternalObject) and value.type == _STREAM:
                run = self._by_call.get(id(value.site))
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
                    yield self._note(call, GraphRun(Site(call, env), method, [], receiver))

    def _note(self, node: t.Node, run: GraphRun) -> t.Node:
        self.runs[id(node)] = run
        return node
