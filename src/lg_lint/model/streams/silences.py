"""What keeps the stream of a graph silent, as the consumer of a run sees it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import runs_giving
from lg_lint.model.graph import Graph, GraphRun, Node
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project, runs_at
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.consumers import Audience, Listener
from lg_lint.model.streams.emission import EmissionKind, EmissionPath, Emissions
from lg_lint.model.streams.graph_functions import GraphFunctions
from lg_lint.model.streams.sleeps import Sleep, own_sleeps, sleeps
from lg_lint.model.web.liveness import in_loop
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.values import FunctionRef

_WHOLE = runs_giving("results")
_EVENTS = runs_giving("events")
_TOKEN_MODES = {"messages", "events"}

_RUNNING = runs_giving("chunks", "events", "results")
"""The methods that run a graph, others only look at its state."""


class Silence(Struct, frozen=True):
    """Time in which nothing is sent: where it is spent, and what for.

    `seconds` are None for a chat model, which takes its time; `long` where it is asked several
    times over. `certain` where every pass is silent for so long, `blocking` where a thread is held.
    """

    site: Site
    what: str
    seconds: float | None = None
    certain: bool = False
    blocking: bool = False
    long: bool = False


class Silences(Struct):
    """The silences of the runs of a project."""

    project: Project
    emissions: Emissions
    audience: Audience
    frames: GraphFunctions

    @classmethod
    def of(cls, project: Project) -> Silences:
        """The silences of a project, from the tables that its rules share."""
        frames = project.once(GraphFunctions)
        return cls(project, project.once(Emissions), Audience(project, frames), frames)

    def of_response(self, response: StreamResponse) -> Iterator[tuple[Silence, GraphRun | None]]:
        """The silences of a response's generators, and of the runs of graphs that these make."""
        for ref in response.generators:
            for silence in self.of_generator(ref):
                yield silence, None
        for run in self._runs(response):
            for silence in self.of_run(run):
                yield silence, run

    def _runs(self, response: StreamResponse) -> Iterator[GraphRun]:
        """The runs that the generators of a response make themselves."""
        places: list[t.Node | Function] = [ref.function for ref in response.generators]
        if response.live_site is not None:
            places.append(response.live_site.node)
        runs = self.project.once(runs_at)
        here = {number: run for place in places for number, run in runs.get(place, ())}
        return (run for _, run in sorted(here.items()) if run.method in _RUNNING)

    def of_generator(self, ref: FunctionRef) -> Iterator[Silence]:
        """The sleeps of the generator itself."""
        world = ThreadContext.LOOP if ref.function.is_async else ThreadContext.THREAD
        for sleep in own_sleeps(self.project.execution, self.project.execution.state(ref, world)):
            yield Silence(sleep.site, "it sleeps", sleep.seconds, sleep.rounds is not None)

    def of_run(self, run: GraphRun) -> Iterator[Silence]:
        """The sleeps and the unheard models of the nodes of a run's graphs."""
        for graph in run.graphs:
            thoughts: list[Silence] = []
            for node in graph.nodes.values():
                chatty = self._is_chatty(run, graph, node)
                yield from self._slept(run, node, chatty)
                if not chatty and not self._hears_tokens(run, graph):
                    thoughts += self._thought(run, graph, node)
            if run.method in _WHOLE and len(thoughts) > 1:
                yield Silence(run.site, f"{run.method}() runs all of {graph.name}", long=True)
            yield from thoughts

    # --- sleeps ----------------------------------------------------------------------------

    def _slept(self, run: GraphRun, node: Node, chatty: bool) -> Iterator[Silence]:
        what = f'node "{node.name}" sleeps'
        is_async = methods()[run.method]["kind"] == "async"
        for ref in node.functions:
            world = (
                ThreadContext.LOOP if is_async and ref.function.is_async else ThreadContext.THREAD
            )
            state = self.project.execution.state(ref, world)
            found = sleeps(self.project.execution, state)
            for sleep in found:
                seconds = sleep.seconds if chatty else sleep.total
                certain = sleep.rounds is not None
                yield Silence(sleep.site, what, seconds, certain, sleep.blocking)
            if not chatty:
                yield from _together([sleep for sleep in found if sleep.rounds], what)

    def _is_chatty(self, run: GraphRun, graph: Graph, node: Node) -> bool:
        """Whether a node's own code sends something that the consumer gets."""
        listener = self._listener(run, graph)
        return listener is not None and any(
            listener.gets(emission, node.name)
            for frame in self.frames.of_node(graph, node.name)
            for emission in self.emissions.of(frame.state)
        )

    def _listener(self, run: GraphRun, graph: Graph) -> Listener | None:
        """The consumer of a run, if it asks for more than what nodes return."""
        return next((item for item in self.audience.of(graph) if item.run is run), None)

    # --- models ----------------------------------------------------------------------------

    def _hears_tokens(self, run: GraphRun, graph: Graph) -> bool:
        listener = self._listener(run, graph)
        if listener is None:
            return run.method in _EVENTS
        return not listener.certain or bool(listener.modes & _TOKEN_MODES)

    def _thought(self, run: GraphRun, graph: Graph, node: Node) -> Iterator[Silence]:
        """The chat models that a node waits for, as one silence."""
        paths = [
            path
            for path in self.emissions.of_node(graph, node)
            if path.emission.kind is EmissionKind.TOKENS
            and not (path.emission.nested and _shows_subgraphs(run))
        ]
        if paths:
            long = len(paths) > 1 or any(_several_times(path) for path in paths)
            what = f'node "{node.name}" waits for its chat model'
            yield Silence(self._place(graph, paths[0]), what, long=long)

    def _place(self, graph: Graph, path: EmissionPath) -> Site:
        if path.chain is None:
            return graph.site
        return Site(path.emission.node, path.chain.last.env)


def _together(found: list[Sleep], what: str) -> Iterator[Silence]:
    """The sleeps that one pass makes one after the other, at the place of the longest."""
    if len(found) > 1:
        longest = max(found, key=lambda sleep: sleep.total)
        total = sum(sleep.total for sleep in found)
        blocking = any(sleep.blocking for sleep in found)
        yield Silence(longest.site, what, total, True, blocking)


def _several_times(path: EmissionPath) -> bool:
    """Whether the model is asked in a loop, or by an agent that the node runs."""
    if path.emission.nested:
        return True
    if path.chain is None:
        return False
    calls = [*(edge.node for edge in path.chain.edges), path.chain.sink]
    return any(
        in_loop(state.function, call)
        for state, call in zip(path.chain.states, calls)  # noqa: B905
    )


def _shows_subgraphs(run: GraphRun) -> bool:
    given = run.call.argument("subgraphs")
    return given is not None and not (isinstance(given, t.Constant) and given.value is False)
