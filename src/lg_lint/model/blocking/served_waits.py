"""The calls that hold an event loop which also serves others, as a server's does."""

from __future__ import annotations

from msgspec import Struct, field

from lg_lint.model.blocking.call_places import CallPlaces, first_call
from lg_lint.model.blocking.loop_frames import frames_on_loop
from lg_lint.model.blocking.wait_groups import groups
from lg_lint.model.blocking.waits import Waits
from lg_lint.model.entry import Entry
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.hosting.processes import is_within, serving_modules
from lg_lint.model.hosting.serving import Serving
from lg_lint.model.langgraph.runs import has_sync_runs_alone
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallPath, ThreadContext
from lg_lint.program.scopes import Function


class ServedWaits(Struct):
    """The places, and what the paths of each wait for.

    `streaming` are the functions that a graph, a tool or the sender of a live response runs: for
    what they wait, a stream waits.
    """

    waits: Waits
    places: CallPlaces = field(default_factory=CallPlaces)
    streaming: set[Function] = field(default_factory=set)

    def holds_stream(self, chain: CallPath) -> bool:
        """Whether a stream itself waits at the end of a path."""
        return chain.start.function in self.streaming


def served_waits(project: Project) -> ServedWaits:
    """The calls that wait in frames on the loop of a process that has a graph or a stream.

    Left out are start-up code, programs of one task, functions that nothing calls, and sleeps
    inside a graph, which `graph_sleeps.py` answers for.
    """
    found, serving = ServedWaits(Waits(project)), Serving(project)
    files = serving_modules(project)
    entries = [entry for entry in project.entries if _counts(project, entry, files)]
    entries.sort(key=is_off_loop)
    for root in frames_on_loop(project.execution, entries):
        frame = root.frame
        if frame.world is ThreadContext.ALONE or serving.is_start_up(frame, root.entry):
            continue
        if not is_within(root.before, files):
            continue
        in_graph = serving.is_in_graph(frame)
        if in_graph or serving.is_live(frame) or serving.is_in_tool(frame):
            found.streaming.add(frame.function)
        for group in groups(found.waits, frame):
            chains = [chain for chain in group if is_within(chain.edges, files)]
            if in_graph:
                chains = [each for each in chains if found.waits.at_end_of(each).kind != "sleep"]
            if chains and found.waits.is_called(frame.function):
                first = min(chains, key=lambda chain: first_call(chain).span)
                found.places.add(root, chains, first_call(first))
    return found


def is_off_loop(entry: Entry) -> bool:
    """Whether an entry is part of a graph that no event loop runs."""
    return entry.graph is not None and has_sync_runs_alone(entry.graph)


def _counts(project: Project, entry: Entry, serving: set[str]) -> bool:
    """Whether an entry is called at all, on a loop that also serves others."""
    shared = entry.world is not ThreadContext.ALONE and entry.ref.function.module.path in serving
    return entry.registered and shared and is_built(project, entry.graph)
