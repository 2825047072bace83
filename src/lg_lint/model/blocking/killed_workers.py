"""Workers that a timeout kills while something holds their event loop."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from lg_lint.model.blocking.call_places import CallPlace, rareness
from lg_lint.model.blocking.graph_sleeps import GraphSleeps
from lg_lint.model.blocking.served_waits import served_waits
from lg_lint.model.blocking.sync_runs import SyncRuns
from lg_lint.model.graph_analysis.refused_runs import refuses_sync
from lg_lint.model.hosting.process_state import ProcessState
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.hosting.worker_timeouts import WorkerTimeout, worker_timeout
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project, runs_at
from lg_lint.program.call_graph.execution import CallPath, ThreadContext

Kind = Literal["sleep", "run", "model"]

_USUAL: dict[Kind, float] = {"run": 60.0, "model": 30.0}
"""Seconds that a run of a graph, and one answer of a model, may well take."""


class Stall(Struct, frozen=True):
    """A call that holds an event loop: for `seconds`, or for as long as such a one may take."""

    kind: Kind
    place: CallPlace
    chain: CallPath
    seconds: float


class Killed(Struct, frozen=True):
    """A server for ASGI whose workers are killed after a time that a stall may outlast."""

    join: Join
    timeout: WorkerTimeout
    stall: Stall


def killed_workers(project: Project) -> Iterator[Killed]:
    """The servers, each place of a timeout once, with the stall that is likeliest the longer."""
    seen: set[tuple[str, int]] = set()
    stalls: list[Stall] | None = None
    for join in project.once(Servers).joins:
        limit, command = worker_timeout(join), join.process.command
        if limit.seconds is None or command.stack != "asgi" or command.failure:
            continue
        if not join.is_certain or not any(served.certain for served in join.served):
            continue
        if (limit.path, limit.line) in seen or command.program != "gunicorn":
            continue
        stalls = _stalls(project) if stalls is None else stalls
        for stall in stalls:
            if _outlasts(stall, limit.seconds) and _is_of(project, join, stall):
                seen.add((limit.path, limit.line))
                yield Killed(join, limit, stall)
                break


def _outlasts(stall: Stall, limit: float) -> bool:
    return stall.seconds >= limit if stall.kind == "sleep" else stall.seconds > limit


def _stalls(project: Project) -> list[Stall]:
    """Sleeps of a known length first, as they are certain, then runs, then models."""
    return [*_sleeps(project), *_runs(project), *_models(project)]


def _sleeps(project: Project) -> Iterator[Stall]:
    sleeps = GraphSleeps(project)
    for place in sleeps.places():
        chain = place.ranked(rareness)[0]
        seconds = sleeps.seconds(chain)
        if place.frame.world is ThreadContext.LOOP and seconds is not None:
            yield Stall("sleep", place, chain, seconds)


def _runs(project: Project) -> Iterator[Stall]:
    runs = SyncRuns(project, lambda run: not refuses_sync(project.program, run))
    for place in runs.places(lambda run: methods()[run.method]["kind"] != "state"):
        if place.frame.world is ThreadContext.LOOP:
            yield Stall("run", place, place.ranked(rareness)[0], _USUAL["run"])


def _models(project: Project) -> Iterator[Stall]:
    served = served_waits(project)
    for place in served.places:
        for chain in place.ranked(rareness):
            if served.waits.at_end_of(chain).kind == "model":
                yield Stall("model", place, chain, _USUAL["model"])
                break


def _is_of(project: Project, join: Join, stall: Stall) -> bool:
    """Whether a request of the application, or a graph that it runs, comes to a stall."""
    functions = project.once(ProcessState).functions(join.hosts, join.served)
    if stall.place.frame.function in functions:
        return True
    runs = project.once(runs_at)
    graphs = {
        id(graph)
        for function in functions
        for _, run in runs.get(function, ())
        for graph in run.graphs
    }
    return any(id(root.entry.graph) in graphs for root in stall.place.roots if root.entry.graph)
