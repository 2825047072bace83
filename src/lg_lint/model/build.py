"""From a program to the project that rules see."""

from __future__ import annotations

from lg_lint.model import entries, graphs, responses, routes, runs
from lg_lint.model.project import Project
from lg_lint.program.execution import Execution
from lg_lint.program.program import Program


def project(program: Program) -> tuple[Project, list[runs.UnresolvedCall]]:
    """The graphs, runs, entry points and responses of a program; calls that stay unresolved."""
    program.parameter_hook = routes.dependency_values
    found, made_runs, unresolved = graphs.build(program)
    made = Project(program, Execution(program))
    made.graphs = found.all
    made.runs = made_runs
    made.entries = [*entries.entries(program, found.all), *routes.entries(program)]
    made.responses = responses.responses(program)
    made.entries += responses.response_entries(made.responses)
    made.entries += routes.coroutines(program, made.entries)
    return made, unresolved
