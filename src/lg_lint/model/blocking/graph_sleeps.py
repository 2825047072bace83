"""Where code that a graph runs sleeps by `time.sleep`, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model.blocking.call_places import CallPlaces, Root
from lg_lint.model.entry import GRAPH_PARTS, Entry
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, ThreadContext
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.neighbours import meet
from lg_lint.program.store import Program
from lg_lint.program.values import Const, External

_SLEEP = External("time.sleep")


def seconds_of(program: Program, chain: CallPath) -> float | None:
    """How long the sleep takes that a path ends in, the longest where it may be several.

    None where it is not known.
    """
    call = chain.sink
    given = call.argument("seconds", 0) if isinstance(call, t.Call) else None
    values = inference.infer(program, given, chain.last.env) if given is not None else ()
    numbers = [
        value.value
        for value in values
        if isinstance(value, Const) and isinstance(value.value, (int, float))
    ]
    return max(numbers) if numbers and len(numbers) == len(values) else None


class GraphSleeps:
    """The calls of `time.sleep` in nodes, routers, tools, hooks, and in what they call."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def places(self) -> CallPlaces:
        """The calls that lead to a sleep, in what a graph runs that something builds.

        On an event loop that is the call in the innermost async function, in a thread the one in
        the node itself. A part of a graph that runs in a thread is a place of its own, also where
        another one calls it. Where gevent is patched in, sleeping gives way: nothing is found.
        """
        parts = [entry for entry in self.project.entries if entry.kind in GRAPH_PARTS]
        in_threads = {entry.ref.function for entry in parts if entry.world is ThreadContext.THREAD}

        def follow(state: CallNode, edge: CallEdge) -> bool:
            """Not into another thread, nor into the executor for what is a place of its own."""
            to_executor = (
                edge.target.world is ThreadContext.THREAD
                and state.world is not ThreadContext.THREAD
            )
            return not edge.offloaded and not (to_executor and edge.target.function in in_threads)

        paths = Paths(self.project.execution, self.of, follow)
        found = CallPlaces()
        for entry in parts:
            if not is_built(self.project, entry.graph) or self._is_patched(entry):
                continue
            for chain in paths.chains(self.project.execution.state(entry.ref, entry.world)):
                index = _holding(chain)
                below = CallPath(chain.states[index], chain.edges[index:], chain.sink)
                found.add(Root(entry, chain.edges[:index], below.start), [below])
        return found

    def of(self, state: CallNode) -> Iterator[t.Node]:
        """The sleeps in the body of one frame."""
        for site, callees in self.project.execution.calls(state):
            if _SLEEP in callees:
                yield site.node

    def seconds(self, chain: CallPath) -> float | None:
        """How long the sleep takes that a path of `places` ends in; None where it is not known."""
        return seconds_of(self.project.program, chain)

    def longest(self, chains: list[CallPath]) -> float | None:
        """The longest of several sleeps; None where one is not known."""
        found = [self.seconds(chain) for chain in chains]
        return None if None in found else max(item for item in found if item is not None)

    def _is_patched(self, entry: Entry) -> bool:
        """Whether gevent's `patch_all()` makes `time.sleep` give way in the entry's process."""
        program, module = self.project.program, entry.ref.function.module
        patches = program.calls_named("patch_all")
        return any(meet(program, scope.module, module) for _, scope in patches)


def _holding(chain: CallPath) -> int:
    """Which frame of a path puts the work on the loop: else it is the node's own body."""
    if chain.last.world is not ThreadContext.LOOP:
        return 0
    owners = [i for i, state in enumerate(chain.states) if state.function.is_async]
    return owners[-1] if owners else 0
