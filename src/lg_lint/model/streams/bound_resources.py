"""Savers, pools and clients of one event loop that code uses from the next one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names, runs_giving, table
from lg_lint.model.graph import Graph
from lg_lint.model.langgraph.checkpointers import made_at
from lg_lint.model.project import Project
from lg_lint.model.streams.chat_models import parts
from lg_lint.model.streams.emission import agent_model
from lg_lint.model.streams.graph_functions import GraphFunction, GraphFunctions
from lg_lint.model.streams.loop_runs import LoopRun, LoopRuns, Turn
from lg_lint.program import inference
from lg_lint.program.call_graph import own_loops
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.inference import callers_of, constructions
from lg_lint.program.scopes import Function, Scope, enclosing_function
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import ExternalMethod, ExternalObject, FunctionRef, Value

_ASYNC_RUNS = {"ainvoke", "astream", "abatch", "astream_events", "agenerate", "apredict"}
_AWAITED = {name for name in runs_giving("chunks", "events", "results", "each") if name[0] == "a"}
_KEEPERS = names("cache_decorators") | names("rerun_caches")
_BAGS = names("rerun_bags")
_DEPTH = 6
_LATE = names("bound_at_first_use")
"""Classes whose objects belong to no loop before they are used."""


class Bound(Struct, frozen=True):
    """A resource that runs of several loops use. `made` is the call that makes it.

    `again` are further runs that use it.
    """

    run: LoopRun
    turn: Turn
    kind: str
    made: Site
    used: Site
    again: tuple[LoopRun, ...] = ()


def bound_resources(project: Project) -> Iterator[Bound]:
    """Each resource once, with the first run of a loop that finds it bound to another one."""
    search = _Search(project)
    found: dict[t.Node, list[Bound]] = {}
    for bound in search.all():
        found.setdefault(bound.made.node, []).append(bound)
    for several in found.values():
        first = several[0]
        others = [
            each.run for each in several[1:] if each.run.place.node is not first.run.place.node
        ]
        yield Bound(first.run, first.turn, first.kind, first.made, first.used, tuple(others))


class _Use(Struct, frozen=True):
    kind: str
    made: Site
    used: Site
    is_model: bool = False


class _Search:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.program = project.program
        self.loops = LoopRuns(project)
        self.frames = project.once(GraphFunctions)
        self.runs = {run.site.node: run for run in project.runs}
        self.startups = {entry.ref.function for entry in project.entries if entry.kind == "startup"}

    def all(self) -> Iterator[Bound]:
        runs = list(self.loops.all())
        for run in runs:
            yield from self._of_run(run, [each for each in runs if each is not run])

    def _of_run(self, run: LoopRun, others: list[LoopRun]) -> Iterator[Bound]:
        states, graphs = self._inside(run)
        uses = list(self._uses(states, graphs))
        if not uses:
            return
        inside = {state.function for state in states}
        inside |= {each.state.function for graph in graphs for each in self._of(graph)}
        turns = list(self.loops.turns(run))
        for turn in turns:
            around = inside | self._within(turn)
            for use in uses:
                if self._is_made_before(use.made.node, use.made.env.scope, turn, around):
                    yield Bound(run, turn, use.kind, use.made, use.used)
        for use in uses if not turns else ():
            function = enclosing_function(use.made.env.scope)
            if (
                use.kind not in _LATE
                and function not in inside
                and self._is_run_by(function, others)
            ):
                yield Bound(run, Turn(run.place.env.scope), use.kind, use.made, use.used)

    def _is_run_by(self, function: Function | None, runs: list[LoopRun], depth: int = 0) -> bool:
        """Whether one of some runs of loops makes what a function makes."""
        if function is None or depth > _DEPTH:
            return False
        return any(function in self._started(run) for run in runs) or any(
            self._is_run_by(enclosing_function(caller.env.scope), runs, depth + 1)
            for caller in callers_of(self.program, function)
            if function.is_async
        )

    def _started(self, run: LoopRun) -> set[Function]:
        return {ref.function for ref in self._starts(run)}

    def _of(self, graph: Graph) -> Iterator[GraphFunction]:
        return (frame for frame in self.frames.all if frame.graph is graph)

    # --- what a loop runs ------------------------------------------------------------------

    def _inside(self, run: LoopRun) -> tuple[set[CallNode], list[Graph]]:
        """The frames of a run, and the graphs that are run in these."""
        graphs: list[Graph] = []
        for expr in self._meant(run):
            graphs += self.runs[expr].graphs if expr in self.runs else []
        states = self._reached(
            self.project.execution.state(ref, ThreadContext.LOOP) for ref in self._starts(run)
        )
        for state in states:
            for site in state.function.calls:
                graph_run = self.runs.get(site.node)
                if graph_run is not None and graph_run.method in _AWAITED:
                    graphs += graph_run.graphs
        return states, list(dict.fromkeys(graphs))

    def _starts(self, run: LoopRun) -> list[FunctionRef]:
        """The functions whose coroutines a loop runs."""
        if run.coroutine is None:
            return [FunctionRef(run.function)] if run.function is not None else []
        found = list(own_loops.functions(self.program, run.coroutine, run.place.env))
        for expr in self._meant(run):
            if isinstance(expr, t.Call):
                values = inference.infer(self.program, expr.func, run.place.env)
                found += [value for value in values if isinstance(value, FunctionRef)]
        return found

    def _meant(self, run: LoopRun) -> Iterator[t.Node]:
        """The parts of a coroutine's expression, and of what it was bound to where it is a name."""
        expr, scope = run.coroutine, run.place.env.scope
        if expr is None:
            return
        yield from t.walk(expr)
        for binding in scope.bindings.get(expr.id, ()) if isinstance(expr, t.Name) else ():
            if binding.value is not None and binding.kind == "assign":
                yield from t.walk(binding.value)

    def _reached(self, starts: Iterable[CallNode]) -> set[CallNode]:
        queue = list(starts)
        found = set(queue)
        while queue:
            for edge in self.project.execution.edges(queue.pop()):
                if edge.target not in found:
                    found.add(edge.target)
                    queue.append(edge.target)
        return found

    # --- what is bound to a loop -----------------------------------------------------------

    def _uses(self, states: Iterable[CallNode], graphs: list[Graph]) -> Iterator[_Use]:
        for state in states:
            yield from (use for use in self._in_frame(state) if graphs or not use.is_model)
        for graph in graphs:
            yield from self._saver(graph)
            for frame in self._of(graph):
                if frame.state.function.is_async:
                    yield from self._in_frame(frame.state)
            for node in graph.nodes.values():
                for value in (*node.values, *agent_model(self.program, graph)):
                    yield from self._models(value, graph.site)

    def _in_frame(self, state: CallNode) -> Iterator[_Use]:
        for site, callees in self.project.execution.calls(state):
            used = Site(site.node, state.env)
            for callee in callees:
                if not isinstance(callee, ExternalMethod):
                    continue
                yield from self._bound(callee.receiver, used)
                if callee.name in _ASYNC_RUNS:
                    yield from self._models(callee.receiver, used)

    def _bound(self, value: Value, used: Site) -> Iterator[_Use]:
        """A client or a pool, also behind what it gives: `pool.connection()`."""
        rows = set(table("connections")["loop_bound"]["types"])
        while isinstance(value, ExternalObject):
            if not rows.isdisjoint(self.program.types.lineage(value.type)):
                made = _made(value)
                if made is not None:
                    yield _Use(_last(value.type), made, used)
                return
            value = value.base  # type: ignore[assignment]

    def _models(self, value: Value, used: Site) -> Iterator[_Use]:
        rows: list[str] = table("connections")["loop_bound"]["models"]
        while isinstance(value, ExternalObject):
            for part in parts(self.program, value):
                yield from self._models(part, used)
            if value.type in rows:
                made = _made(value)
                if made is not None:
                    yield _Use(_last(value.type), made, used, is_model=True)
                return
            value = value.base  # type: ignore[assignment]

    def _saver(self, graph: Graph) -> Iterator[_Use]:
        for site in (*graph.compiles, *([graph.site] if graph.kind != "state" else ())):
            given = (
                site.node.argument("checkpointer", None) if isinstance(site.node, t.Call) else None
            )
            for kind in graph.saver.types if graph.saver is not None and given is not None else ():
                if not _last(kind).startswith("Async") or given is None:
                    continue
                made = made_at(self.program, Site(given, site.env), kind)
                if made is not None:
                    yield _Use(_last(kind), made, site)

    # --- what was made before --------------------------------------------------------------

    def _within(self, turn: Turn) -> set[Function]:
        """The functions that a turn runs."""
        scope = turn.scope
        if isinstance(scope, Function):
            state = self.project.execution.state_of(scope, world=ThreadContext.ALONE)
            edges = self.project.execution.edges(state)
            starts = [edge.target for edge in edges if turn.holds(edge.node)]
            own = {scope} if turn.statement is None else set()
            return own | {each.function for each in self._reached(starts)}
        refs = [
            value
            for site in scope.calls
            if turn.holds(site.node)
            for value in inference.infer(self.program, site.node.func, self.program.env(scope))
            if isinstance(value, FunctionRef)
        ]
        states = (self.project.execution.state(ref, ThreadContext.ALONE) for ref in refs)
        return {each.function for each in self._reached(states)}

    def _is_made_before(
        self,
        node: t.Node,
        scope: Scope,
        turn: Turn,
        around: set[Function],
        depth: int = 0,
        *,
        fresh: bool = False,
    ) -> bool:
        """Whether what a call makes, or leads to, is made once, before the turns.

        `fresh` where a turn leads to it: then only something that keeps it counts.
        """
        if self._is_kept(node, scope, turn, around, depth):
            return True
        function = enclosing_function(scope)
        if function is None:
            return not fresh and (turn.scope is not scope.module or not turn.holds(node))
        if not fresh:
            if function is turn.scope and turn.statement is not None and not turn.holds(node):
                return True
            fresh = function in around
        if depth > _DEPTH:
            return False
        if not fresh and function in self.startups:
            return True
        return any(
            self._is_made_before(
                caller.node, caller.env.scope, turn, around, depth + 1, fresh=fresh
            )
            for caller in callers_of(self.program, function)
        )

    def _is_kept(
        self, node: t.Node, scope: Scope, turn: Turn, around: set[Function], depth: int
    ) -> bool:
        """Whether a cache, a global name or an object that outlives the turn keeps it."""
        function = enclosing_function(scope)
        if function is not None and (_is_cached(function) or _is_global(function, node)):
            return True
        for write in scope.module.attribute_writes:
            if write.scope is not scope or write.value is None or not t.holds(write.value, node):
                continue
            holder = write.target.value
            if terminal_name(holder) in _BAGS:
                return True
            is_own = isinstance(holder, t.Name) and function is not None
            if is_own and holder.id == function.self_name and function.name != "__init__":  # type: ignore[union-attr]
                return depth <= _DEPTH and any(
                    self._is_made_before(site.node, site.scope, turn, around, depth + 1)
                    for site in constructions(self.program, function.cls)  # type: ignore[union-attr,arg-type]
                )
        return any(
            terminal_name(write.container) in _BAGS and t.holds(write.value, node)
            for write in scope.item_writes
        )


def _made(value: ExternalObject) -> Site | None:
    """The call that makes an object; the first one of a chain."""
    if value.site is None or value.env is None:
        return None
    return Site(value.site, value.env)


def _is_cached(function: Function) -> bool:
    callees = (each.func if isinstance(each, t.Call) else each for each in function.decorators)
    return any(terminal_name(callee) in _KEEPERS for callee in callees)


def _is_global(function: Function, node: t.Node) -> bool:
    """Whether a function binds what it makes to a name that it declares global."""
    return any(
        binding.value is not None and t.holds(binding.value, node)
        for name, kind in function.declared.items()
        if kind == "global"
        for binding in function.bindings.get(name, ())
    )


def _last(name: str) -> str:
    return name.removesuffix("()").rpartition(".")[2]
