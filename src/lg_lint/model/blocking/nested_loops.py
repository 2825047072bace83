"""Where a frame on an event loop starts another one, or a thread asks for one that it has not."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.blocking.call_places import CallPlaces, Root
from lg_lint.model.blocking.loop_frames import frames_on_loop
from lg_lint.model.blocking.sync_runs import stays_on_loop
from lg_lint.model.entry import GRAPH_PARTS, Entry
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.hosting.processes import is_within, serving_modules
from lg_lint.model.langgraph.runs import has_sync_runs_alone
from lg_lint.model.project import Project
from lg_lint.model.web.live_functions import callers_of
from lg_lint.program import inference
from lg_lint.program.call_graph import feasibility, own_loops
from lg_lint.program.call_graph.definite_values import MustValues
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, ThreadContext
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.call_graph.running_loop import RunningLoop
from lg_lint.program.neighbours import meet
from lg_lint.program.scopes import CallSite, Module
from lg_lint.program.store import terminal_name
from lg_lint.program.values import External, ExternalMethod, ExternalObject, Values

_FOUND = {"asyncio.get_event_loop", "asyncio.events.get_event_loop"}


class NestedLoops:
    """The calls that raise RuntimeError, as a loop runs already or as the thread has none."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._running = RunningLoop(project.program)
        self._must_values = MustValues(
            project.program, lambda function: project.once(callers_of).sees(function)
        )
        self._files = serving_modules(project)
        self._refusing: dict[str, str] = table("execution")["nested_loops"]
        self._names: dict[t.Node, str] = {}
        self._found: dict[CallNode, list[t.Node]] = {}

    def name_at_end_of(self, chain: CallPath) -> str:
        """What a path of `places` or `loopless` ends in, as it is called: `asyncio.run`."""
        return self._names[chain.sink]

    def places(self) -> CallPlaces:
        """The calls in frames on a loop that lead to the start of another one, in the same turn."""
        paths = Paths(self.project.execution, self.started, self._follows)
        found = CallPlaces()
        entries = [entry for entry in self.project.entries if self._counts(entry)]
        for root in frames_on_loop(self.project.execution, entries):
            if not is_within(root.before, self._files):
                continue
            for chain in self._chains(paths, root.frame):
                if is_within(chain.edges, self._files) and self._is_feasible(chain):
                    found.add(root, [chain])
        return found

    def _chains(self, paths: Paths, frame: CallNode) -> Iterator[CallPath]:
        """The starts in a frame itself, and those behind each of its calls."""
        for sink in self.started(frame):
            yield CallPath(frame, (), sink)
        for edge in self.project.execution.edges(frame):
            if self._follows(frame, edge):
                for chain in paths.chains(edge.target):
                    yield CallPath(frame, (edge, *chain.edges), chain.sink)

    def _is_feasible(self, chain: CallPath) -> bool:
        return feasibility.is_feasible(self._must_values, chain)

    def loopless(self) -> CallPlaces:
        """The calls in what a graph runs in a thread that lead to `get_event_loop()` there."""
        paths = Paths(self.project.execution, self.asked, self._follows)
        found = CallPlaces()
        for entry in self.project.entries:
            in_thread = entry.kind in GRAPH_PARTS and entry.world is ThreadContext.THREAD
            if not in_thread or not self._counts(entry) or not self._runs_in_threads(entry):
                continue
            start = self.project.execution.state(entry.ref, entry.world)
            for chain in paths.chains(start):
                if self._is_feasible(chain):
                    found.add(Root(entry, (), start), [chain])
        return found

    def _counts(self, entry: Entry) -> bool:
        return is_built(self.project, entry.graph) and (
            entry.ref.function.module.path in self._files
        )

    def _runs_in_threads(self, entry: Entry) -> bool:
        """Whether a graph is seen to run on a loop, which gives its plain functions to threads."""
        graph = entry.graph
        return (
            graph is not None
            and bool(graph.runs or graph.served)
            and (not has_sync_runs_alone(graph))
        )

    def _follows(self, state: CallNode, edge: CallEdge) -> bool:
        """Into plain functions on the same thread: a pool has threads of its own."""
        return stays_on_loop(state, edge) and not self._is_handed_to_pool(state, edge)

    def _is_handed_to_pool(self, state: CallNode, edge: CallEdge) -> bool:
        if not isinstance(edge.node, t.Call):
            return False
        types = self.project.program.types
        for callee in inference.infer(self.project.program, edge.node.func, state.env):
            if isinstance(callee, External) and callee.name in types.offloaders:
                return True
            receiver = callee.receiver if isinstance(callee, ExternalMethod) else None
            if isinstance(receiver, ExternalObject) and isinstance(callee, ExternalMethod):
                kinds = types.lineage(receiver.type)
                if any(f"{kind}.{callee.name}" in types.offloaders for kind in kinds):
                    return True
        return False

    # --- in one frame ----------------------------------------------------------------------

    def started(self, state: CallNode) -> list[t.Node]:
        """The calls of a frame that start a loop, where one runs already."""
        if state not in self._found:
            self._found[state] = [
                site.node
                for site, callees in self.project.execution.calls(state)
                if self._starts(site, callees, state)
            ]
        return self._found[state]

    def _starts(self, site: CallSite, callees: Values, state: CallNode) -> bool:
        name = self._refused(site, callees)
        if name is None or self._running.is_avoided(site, state.env):
            return False
        if self._is_patched(site.scope.module):
            return False
        self._names[site.node] = name
        return True

    def _refused(self, site: CallSite, callees: Values) -> str | None:
        """The name of a starter that raises where a loop runs; None for any other call."""
        program, call = self.project.program, site.node
        for callee in callees:
            made = callee.type if isinstance(callee, ExternalObject) else ""
            if program.types.own_loops.get(made.removesuffix("()")) == -1:
                return self._refusing.get(made.removesuffix("()"))
        if own_loops.handed(program, call, callees) is None:
            return None
        for callee in callees:
            if isinstance(callee, External):
                is_run = program.types.own_loops.get(callee.name, -1) >= 0
                return self._refusing.get(callee.name) if is_run else None
        return f"{_receiver(call)}.{terminal_name(call.func)}"

    def asked(self, state: CallNode) -> list[t.Node]:
        """The calls of a frame that ask for the loop of a thread which has none."""
        found: list[t.Node] = []
        for site, callees in self.project.execution.calls(state):
            asks = any(isinstance(each, External) and each.name in _FOUND for each in callees)
            if asks and not self._is_prepared(site) and not self._is_patched(site.scope.module):
                self._names[site.node] = "asyncio.get_event_loop"
                found.append(site.node)
        return found

    def _is_prepared(self, site: CallSite) -> bool:
        """Whether a failure is caught, or the thread was given a loop before."""
        caught = any(
            isinstance(statement, t.Try) and statement.handlers
            and t.in_block(statement.body, site.node)
            for statement in site.enclosing
        )  # fmt: skip
        given = any(
            terminal_name(other.node.func) == "set_event_loop" for other in site.scope.calls
        )
        return caught or given

    def _is_patched(self, module: Module) -> bool:
        """Whether nest_asyncio makes loops nest in the process."""
        program = self.project.program
        for name in table("execution")["nesting"]["functions"]:
            for site, scope in program.calls_named(name.rpartition(".")[2]):
                callees = inference.infer(program, site.node.func, program.env(scope))
                named = any(isinstance(each, External) and each.name == name for each in callees)
                if named and meet(program, scope.module, module):
                    return True
        return False


def _receiver(call: t.Call) -> str:
    func = call.func
    plain = isinstance(func, t.Attribute) and isinstance(func.value, t.Name)
    return func.value.id if plain else "loop"  # type: ignore[union-attr]
