"""Coroutines that are made and dropped: nothing that they hold ever runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.model.entry import Entry
from lg_lint.program.inference import callers_of as callers
from lg_lint.program.scopes import Function, Scope, enclosing_function
from lg_lint.program.store import Program

_LEAVES_ALONE = (t.ExprStatement, t.Attribute, t.If)
"""What may be around a coroutine that nothing runs: a statement, a look at it."""


class Dropped(Struct):
    """Follows a coroutine that a call makes to where it goes.

    `nodes` are the plain functions of which a framework takes what they return, and awaits it not;
    `is_handed` says whether code hands a function on, to what may await the result.
    """

    program: Program
    nodes: frozenset[int]
    is_handed: Callable[[Function], object] = bool
    _around: dict[int, dict[t.Node, t.Node]] = field(default_factory=dict)
    _returned: dict[int, bool] = field(default_factory=dict)

    def is_dropped(self, call: t.Call, scope: Scope) -> bool:
        """Whether code makes a coroutine and hands it to nothing that could run it."""
        function = enclosing_function(scope)
        around = self._parents(scope, function)
        parent = around.get(call)
        if function is not None and _is_result(function, call, parent):
            return not function.is_async and self._is_result_dropped(function)
        if not isinstance(parent, t.Assign):
            return isinstance(parent, _LEAVES_ALONE)
        names = {target.id for target in parent.targets if isinstance(target, t.Name)}
        return len(names) == len(parent.targets) and all(
            above is parent or isinstance(above, _LEAVES_ALONE)
            for node, above in around.items()
            if isinstance(node, t.Name) and node.id in names
        )

    def _is_result_dropped(self, function: Function) -> bool:
        """Whether all that takes what a plain function returns drops it."""
        key = id(function)
        if key not in self._returned:
            self._returned[key] = False
            calls = callers(self.program, function)
            seen = bool(calls) and not function.decorators and not self.is_handed(function)
            taken = key in self.nodes or seen
            self._returned[key] = taken and all(
                self.is_dropped(call.node, call.env.scope) for call in calls
            )
        return self._returned[key]

    def _parents(self, scope: Scope, function: Function | None) -> dict[t.Node, t.Node]:
        key = id(scope.module if function is None else function)
        if key not in self._around:
            self._around[key] = {
                child: node
                for part in (scope.module.body if function is None else (function.node,))
                for node in t.walk(part, into_functions=True)
                for child in t.children(node)
            }
        return self._around[key]


def dropped_by(program: Program, entries: Iterable[Entry]) -> Dropped:
    """What plain nodes among the entries return: LangGraph wants an update, and awaits nothing."""
    nodes = [entry.ref.function for entry in entries if entry.kind == "node"]
    return Dropped(program, frozenset(id(node) for node in nodes if not node.is_async))


def _is_result(function: Function, call: t.Call, parent: t.Node | None) -> bool:
    """Whether a function returns what a call gives."""
    if function.is_generator:
        return False
    return isinstance(parent, t.Return) or (
        isinstance(function.node, t.Lambda) and function.node.body is call
    )
