"""What of graphs and streams a project holds, counted: so that nobody takes silence for a check."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.hosting.serving import started
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project
from lg_lint.program.scopes import Function, enclosing_function
from lg_lint.program.site import Site

_BACKGROUND = {"background task", "callback", "coroutine", "job", "script", "startup"}
"""Kinds of entry points at which nobody waits for an answer."""

_Key = tuple[str, object]
"""The path of a file, and what is counted there once."""


class Recognised(Struct, frozen=True):
    """How many graphs, routes that stream, and runs that no request waits for."""

    graphs: int = 0
    routes: int = 0
    runs: int = 0


def recognised(project: Project, reported: Collection[str]) -> tuple[Recognised, Recognised]:
    """What there is in the reported files, and what in the rest of the project."""
    kinds = (set(_graphs(project)), set(_routes(project)), set(_background_runs(project)))
    inside = [sum(path in reported for path, _ in found) for found in kinds]
    rest = (len(found) - here for found, here in zip(kinds, inside, strict=True))
    return Recognised(*inside), Recognised(*rest)


def _graphs(project: Project) -> Iterator[_Key]:
    return (_key(graph.site) for graph in project.graphs)


def _routes(project: Project) -> Iterator[_Key]:
    for response in project.responses:
        yield _of_function(response.route) if response.route else _key(response.site)
    for entry in project.entries:
        if entry.kind == "websocket":
            yield _of_function(entry.ref.function)


def _background_runs(project: Project) -> Iterator[_Key]:
    runs = [run for run in project.runs if methods()[run.method]["kind"] in ("run", "async")]
    answering = _answering(project) if runs else set()
    apart: dict[Function, set[t.Node]] = {}
    for run in runs:
        function = enclosing_function(run.site.env.scope)
        if function is not None and function in answering:
            if function not in apart:
                apart[function] = started(function)
            if run.site.node not in apart[function]:
                continue
        yield _key(run.site)


def _answering(project: Project) -> set[Function]:
    """The functions that run while somebody waits, a request or a graph; started tasks do not."""
    execution = project.execution
    entries = [entry for entry in project.entries if entry.kind not in _BACKGROUND]
    queue = deque(execution.state(entry.ref, entry.world) for entry in entries)
    found = set(queue)
    while queue:
        state = queue.popleft()
        apart = started(state.function)
        for edge in execution.edges(state):
            if edge.target not in found and edge.node not in apart:
                found.add(edge.target)
                queue.append(edge.target)
    return {state.function for state in found}


def _key(site: Site) -> _Key:
    return site.path, site.span


def _of_function(function: Function) -> _Key:
    return function.module.path, function.name_span
