"""Which modules share a process with graphs and streams, by what imports what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.model.hosting.scripts import idle_programs
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge
from lg_lint.program.import_closure import closure
from lg_lint.program.scopes import Module
from lg_lint.program.store import Program, scopes
from lg_lint.program.values import External

_STREAMLESS = {
    "background task", "coroutine", "dependency", "exception handler", "http middleware", "job",
    "route", "script", "startup",
}  # fmt: skip
"""Kinds of entry points that say nothing of a stream: what a route streams is one of its own."""

_DRIVERS = names("test_clients") | names("in_process")
"""What asks an application without a server; before httpx 0.28, a client with an `app` does."""

_CLIENTS = names("httpx_clients")


def serving_modules(project: Project) -> set[str]:
    """The files of every process that has a graph or streams.

    A process is a module with all that it imports; what only other programs of the repository
    import does not share its event loop. One that asks applications without a server is none, and
    so is a script that runs no graph and starts no server.
    """
    left_out = set(_driving(project.program))
    imported = project.once(imported_files)
    importers: dict[str, set[str]] = {}
    for path, targets in imported.items():
        for target in targets:
            importers.setdefault(target, set()).add(path)
    left_out |= idle_programs(project, importers)
    served = {graph.site.path for graph in project.graphs}
    served |= {run.site.path for run in project.runs}
    served |= {entry.site.path for entry in project.entries if entry.kind not in _STREAMLESS}
    using = {target: paths - left_out for target, paths in importers.items()}
    return closure(closure(served, using), imported)


def imported_files(project: Project) -> dict[str, set[str]]:
    """The files that each module imports. Ask `project.once(imported_files)`."""
    program = project.program
    return {module.path: set(module_imports(program, module)) for module in program.modules}


def is_within(edges: Iterable[CallEdge], files: set[str]) -> bool:
    """Whether all calls lead to code of a process: not to a class that it never imports."""
    return all(edge.target.function.module.path in files for edge in edges)


def _driving(program: Program) -> Iterator[str]:
    """The files that ask an application without a server."""
    for name in {dotted.rpartition(".")[2] for dotted in _DRIVERS | _CLIENTS}:
        for site in program.calls_spoken(name):
            for callee in inference.infer(program, site.node.func, program.env(site.scope)):
                if isinstance(callee, External) and (
                    callee.name in _DRIVERS
                    or (callee.name in _CLIENTS and site.node.argument("app") is not None)
                ):
                    yield site.scope.module.path


def module_imports(program: Program, module: Module) -> Iterator[str]:
    """The files that a module's import statements run, wherever these stand, or that it names."""
    finder = program.finder
    for path in sorted(program.loads.get(module.path, ())):
        yield from _with_packages(program, path)
    for scope in scopes(module):
        for bindings in scope.bindings.values():
            for binding in bindings:
                node = binding.node
                if isinstance(node, t.Alias):
                    yield from _with_packages(program, finder.absolute(node.name, module.path))
                elif isinstance(node, t.ImportFrom):
                    yield from _from(program, node, module)


def _from(program: Program, node: t.ImportFrom, module: Module) -> Iterator[str]:
    finder = program.finder
    if node.level:
        base = finder.relative(node.module, node.level, module.path)
    else:
        base = finder.absolute(node.module, module.path)
    if base is None:
        return
    yield from _with_packages(program, base)
    if base not in finder.files or base.endswith("__init__.py"):
        folder = base.removesuffix("/__init__.py")
        for alias in node.names:
            below = finder.submodule(folder, alias.name)
            if below is not None:
                yield below


def _with_packages(program: Program, path: str | None) -> Iterator[str]:
    """A file, and the packages that are imported on the way to it."""
    if path is None:
        return
    yield path
    folder = path.rpartition("/")[0]
    while f"{folder}/__init__.py" in program.finder.files:
        yield f"{folder}/__init__.py"
        folder = folder.rpartition("/")[0]
