"""Whether anything builds a graph: code that nothing calls runs nowhere."""

from __future__ import annotations

from lg_lint.model.graph import Graph
from lg_lint.model.project import Project
from lg_lint.program.scopes import Function, Scope


def is_built(project: Project, graph: Graph | None) -> bool:
    """Whether a graph is built where something can reach it.

    At module level, or in a function that the project calls, hands on, decorates or serves.
    """
    if graph is None or graph.served or graph.runs:
        return True
    return is_reached(project, graph.site.env.scope)


def is_reached(project: Project, scope: Scope | None) -> bool:
    """Whether a scope's code runs: a module, or a function that is named outside its definition."""
    function = scope
    while function is not None and not isinstance(function, Function):
        function = function.parent
    if function is None:
        return True
    if function.name.startswith("__") or function.decorators:
        return True
    return function.name in _names_read(project)


def _names_read(project: Project) -> frozenset[str]:
    """Every name and attribute that the project's code reads."""
    if project.names_read is None:
        modules = project.program.modules
        project.names_read = frozenset().union(*(module.names for module in modules))
    return project.names_read
