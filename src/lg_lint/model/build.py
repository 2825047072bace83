"""From a program to the project that rules see."""

from __future__ import annotations

from lg_lint.model import entries, graphs, responses, routes, runs, threads
from lg_lint.model.dropped import dropped_by
from lg_lint.model.project import Project
from lg_lint.model.versions import Versions
from lg_lint.program.execution import Execution
from lg_lint.program.program import Program


def project(
    program: Program, versions: Versions | None = None
) -> tuple[Project, list[runs.UnresolvedCall]]:
    """The graphs, runs, entry points and responses of a program; calls that stay unresolved.

    What depends on the version of a library is read with the given `versions`.
    """
    program.parameter_hook = routes.dependency_values
    found, made_runs, unresolved = graphs.build(program)
    made = Project(program, Execution(program), versions=versions or Versions())
    made.graphs = found.all
    made.runs = made_runs
    made.entries = [*entries.entries(program, found.all), *routes.entries(program)]
    dropped = dropped_by(program, made.entries)
    made.execution.is_dropped = dropped.is_dropped
    made.responses = [
        response
        for response in responses.responses(program)
        if (change := responses.change_of(response, made.versions)) is None or change.holds
    ]
    made.entries += responses.response_entries(made.responses)
    made.entries += routes.coroutines(program, made.entries, dropped)
    threads.describe(made, unresolved)
    return made, unresolved
