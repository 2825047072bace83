"""Whether anything builds a graph: code that nothing calls runs nowhere."""

from __future__ import annotations

from lg_lint.model.graph import Graph
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.neighbours import meet
from lg_lint.program.scopes import Function, Module, Scope


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
    reader = function
    return project.program.once("is read", reader, lambda: _is_read(project, reader))


def _is_read(project: Project, function: Function) -> bool:
    """Whether code that shares a process with a function reads its name, a method's class too.

    Where nothing imports its module, a text may: then any code counts.
    """
    cls = function.cls
    if cls is not None and not _is_named(project, function.name, function.module):
        return False
    owners = () if cls is None else (cls, *inference.subclasses(project.program, cls))
    return any(_is_named(project, each.name, each.module) for each in owners or (function,))


def _is_named(project: Project, name: str, module: Module) -> bool:
    program = project.program
    readers = [each for each in program.modules if name in each.names]
    alone = len(program.users_of(module)) == 1
    return any(alone or meet(program, each, module) for each in readers)
