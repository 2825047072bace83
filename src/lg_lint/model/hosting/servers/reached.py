"""Whether a program of Python comes to a server that one of the files it imports could start."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.model.hosting.scripts import is_guard
from lg_lint.model.hosting.servers.python_servers import PythonServer
from lg_lint.program import inference
from lg_lint.program.scopes import Function, Module, Scope, enclosing_function
from lg_lint.program.store import Program


def is_reached(program: Program, start: Module, files: set[str], server: PythonServer) -> bool:
    """Whether statements lead to a server that run when `start` does; `files` are what it imports.

    A decorated function of these counts as called: commands of a program are, by a library.
    """
    return _Search(program, start, files).comes_to(server.site.scope, server.site.node)


class _Search:
    """Goes from a call to those that lead to it."""

    def __init__(self, program: Program, start: Module, files: set[str]) -> None:
        self.program = program
        self.start = start
        self.files = files
        self._seen: set[Function] = set()

    def comes_to(self, scope: Scope, call: t.Call) -> bool:
        function = enclosing_function(scope)
        if scope.module.path not in self.files:
            return False
        if function is None:
            return scope.module is self.start or not _is_guarded(scope.module, call)
        if function in self._seen:
            return False
        self._seen.add(function)
        return bool(function.decorators) or any(
            self.comes_to(caller.env.scope, caller.node)
            for caller in inference.callers_of(self.program, function)
        )


def _is_guarded(module: Module, call: t.Call) -> bool:
    """Whether a call stands under `if __name__ == "__main__"`."""
    return any(
        node is call
        for item in module.body
        if isinstance(item, t.If) and is_guard(item.test)
        for node in t.walk(item)
    )
