"""From a program to the project that rules see."""

from __future__ import annotations

from lg_lint.model.graph_analysis import thread_lifetime
from lg_lint.model.langgraph import discovery, entry_points, runs
from lg_lint.model.project import Project
from lg_lint.model.versions import Versions
from lg_lint.model.web import responses, route_entries
from lg_lint.model.web.dropped_coroutines import dropped_by
from lg_lint.program.call_graph.execution import Execution
from lg_lint.program.store import Program


def project(
    program: Program, versions: Versions | None = None
) -> tuple[Project, list[runs.UnresolvedCall]]:
    """The graphs, runs, entry points and responses of a program; calls that stay unresolved.

    What depends on the version of a library is read with the given `versions`.
    """
    program.parameter_hook = route_entries.dependency_values
    found, made_runs, unresolved = discovery.build(program)
    made = Project(program, Execution(program), versions=versions or Versions())
    made.graphs = found.all
    made.runs = made_runs
    made.entries = [*entry_points.entries(program, found.all), *route_entries.entries(program)]
    dropped = dropped_by(program, made.entries)
    made.execution.is_dropped = dropped.is_dropped
    made.responses = [
        response
        for response in responses.responses(program)
        if (change := responses.change_of(response, made.versions)) is None or change.holds
    ]
    made.entries += responses.response_entries(made.responses)
    made.entries += route_entries.coroutines(program, made.entries, dropped)
    thread_lifetime.describe(made, unresolved)
    return made, unresolved
