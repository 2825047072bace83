"""Which modules are programs of their own: a script that is run, and imported by no server."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph import own_loops
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.scopes import CallSite, Function, Module, Scope, enclosing_function
from lg_lint.program.store import Program
from lg_lint.program.values import (
    ClassRef,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Value,
)


def idle_programs(project: Project, importers: Mapping[str, Iterable[str]]) -> set[str]:
    """The files of scripts that run no graph and start no server, whatever they import.

    What another module imports is part of that one's process, unless that is such a script too.
    """
    found = {
        module.path: module for module in project.program.modules if _is_program(project, module)
    }
    while True:
        imported = {path for path in found if not set(importers.get(path, ())) <= set(found)}
        if not imported:
            break
        for path in imported:
            del found[path]
    serving = _Serving(project)
    return {path for path, module in found.items() if not serving.is_reached_from(module)}


def _is_program(project: Project, module: Module) -> bool:
    """Whether a module has statements that make it a program: a guard, a loop that it starts."""
    if module.is_test or module.is_notebook:
        return False
    if any(isinstance(item, t.If) and is_guard(item.test) for item in module.body):
        return True
    return any(_runs_loop(project.program, site) for site in module.calls if not site.is_dead)


def is_guard(test: t.Expr) -> bool:
    """Whether a test is `__name__ == "__main__"`: what it guards is of a program alone."""
    sides = (test.left, *test.comparators) if isinstance(test, t.Compare) else ()
    return any(isinstance(side, t.Name) and side.id == "__name__" for side in sides)


def _runs_loop(program: Program, site: CallSite) -> bool:
    callees = inference.infer(program, site.node.func, program.env(site.scope))
    return own_loops.handed(program, site.node, callees) is not None


class _Serving:
    """Whether the statements of a module lead to a graph that runs, or to a server that starts."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.program = project.program
        sites = [run.site for run in project.runs]
        self._running = {id(enclosing_function(site.env.scope)) for site in sites}
        self._modules = {id(site.env.scope.module) for site in sites if _is_top(site.env.scope)}
        rows = table("web")["servers"]
        self._functions = set(rows["functions"])
        self._methods = set(rows["methods"])
        self._answering: dict[str, list[str]] = rows["answering"]
        self._known: dict[Function, tuple[bool, tuple[CallNode, ...]]] = {}
        self._idle: set[CallNode] = set()

    def is_reached_from(self, module: Module) -> bool:
        """Each state is looked at once, for all modules: what nothing lies behind is left out."""
        if id(module) in self._modules or any(self._starts(site, module) for site in module.calls):
            return True
        queue = deque(state for site in module.calls for state in self._named(site, module))
        seen: set[CallNode] = set()
        while queue:
            state = queue.popleft()
            if state in seen or state in self._idle:
                continue
            seen.add(state)
            does_start, named = self._of(state.function)
            if does_start:
                return True
            queue += named
            queue += (edge.target for edge in self.project.execution.edges(state))
        self._idle |= seen
        return False

    def _of(self, function: Function) -> tuple[bool, tuple[CallNode, ...]]:
        """Whether a function runs a graph or starts a server, and what its calls name."""
        known = self._known.get(function)
        if known is None:
            known = self._known[function] = self._look(function)
        return known

    def _look(self, function: Function) -> tuple[bool, tuple[CallNode, ...]]:
        if id(function) in self._running or any(
            self._starts(site, function) for site in function.calls if not site.is_dead
        ):
            return True, ()
        named = (state for site in function.calls for state in self._named(site, function))
        return False, tuple(dict.fromkeys(named))

    def _starts(self, site: CallSite, scope: Scope) -> bool:
        """Whether a call starts a server."""
        return any(
            self._is_server(value)
            for value in inference.infer(self.program, site.node.func, self.program.env(scope))
        )

    def _is_server(self, value: Value) -> bool:
        if isinstance(value, External):
            return value.name in self._functions
        if isinstance(value, ExternalMethod) and isinstance(value.receiver, ExternalObject):
            owners = self.program.types.lineage(value.receiver.type)
            starts = any(f"{owner}.{value.name}" in self._methods for owner in owners)
            return starts and self._answers(value.receiver)
        return False

    def _answers(self, client: ExternalObject) -> bool:
        """Whether a client that answers by registered functions alone has one."""
        names = self._answering.get(client.type)
        if names is None or client.site is None:
            return True
        return any(
            isinstance(value, ExternalObject) and value.site is client.site
            for scope, decorator in self._decorations(names)
            for value in inference.infer(self.program, decorator.value, self.program.env(scope))
        )

    def _decorations(self, names: list[str]) -> Iterator[tuple[Scope, t.Attribute]]:
        """The decorators that are an attribute of one of these names, and where they stand."""
        for module in self.program.modules:
            for function in module.all_functions:
                for decorator in function.decorators:
                    part = decorator.func if isinstance(decorator, t.Call) else decorator
                    if isinstance(part, t.Attribute) and part.attr in names:
                        yield function.parent or module, part

    def _named(self, site: CallSite, scope: Scope) -> Iterator[CallNode]:
        """What a call runs, and the functions that it is handed: jobs, targets, callbacks."""
        env = self.program.env(scope)
        given = [
            arg.value for arg in site.node.args if isinstance(arg.value, (t.Name, t.Attribute))
        ]
        for expr in (site.node.func, *given):
            for value in inference.infer(self.program, expr, env):
                ref = self._function(value)
                if ref is not None:
                    yield self.project.execution.state(ref, ThreadContext.ALONE)

    def _function(self, value: Value) -> FunctionRef | None:
        """What calling a value runs: a function, a constructor, an object that can be called."""
        if isinstance(value, Partial):
            return self._function(value.func)
        if isinstance(value, (ClassRef, Instance)):
            name = "__init__" if isinstance(value, ClassRef) else "__call__"
            method = inference.find_method(self.program, value.cls, name)
            return FunctionRef(method, bound=Instance(value.cls)) if method is not None else None
        return value if isinstance(value, FunctionRef) else None


def _is_top(scope: Scope) -> bool:
    return enclosing_function(scope) is None
