"""The async functions that no framework is handed: who calls them, and on which loop."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from lg_lint.model.callers import Callers
from lg_lint.model.dropped import Dropped
from lg_lint.model.entry import Entry
from lg_lint.model.graph import Site
from lg_lint.model.web.private_loops import PrivateLoops, private_loops
from lg_lint.model.web.registrations import code_modules
from lg_lint.program.callers import Caller
from lg_lint.program.callers import callers as callers_of
from lg_lint.program.execution import World
from lg_lint.program.program import Program, terminal_name
from lg_lint.program.scopes import Function, Module, Scope, enclosing_function
from lg_lint.program.values import FunctionRef


def coroutines(program: Program, taken: Iterable[Entry], dropped: Dropped) -> list[Entry]:
    """The async functions outside tests that are no entry yet.

    One that only `asyncio.run(...)` leads to is a script's; any other may share its loop.
    """
    known = {id(entry.ref.function) for entry in taken}
    modules = list(code_modules(program))
    loops = private_loops(program, modules)
    callers = Callers(program, tuple(modules), frozenset(known), dropped.is_dropped)
    dropped.is_handed = callers.handed
    search = _Scripts(
        program, known, loops, _names_below(modules, set(loops.names)), callers, dropped
    )
    return [
        _entry(program, function, search, callers)
        for module in modules
        for function in module.all_functions
        if function.is_async and id(function) not in known
    ]


def _entry(program: Program, function: Function, search: _Scripts, callers: Callers) -> Entry:
    script = search.is_script(function)
    kind = "script" if script else "coroutine"
    return Entry(
        ref=FunctionRef(function),
        world=World.ALONE if script else World.LOOP,
        kind=kind,
        title=f"async {'script' if script else 'function'} {function.name}()",
        site=Site(function.node, program.env(function.parent or function.module)),
        registered=script or callers.runs(function),
    )


class _Scripts(Struct):
    """Whether only scripts lead to an async function.

    `names` are those of all functions that own loops may lead to, which are cheaper to ask for
    than callers.
    """

    program: Program
    taken: set[int]
    loops: PrivateLoops
    names: set[str]
    running: Callers
    dropped: Dropped
    _scripts: dict[int, bool] = field(default_factory=dict)

    def is_script(self, function: Function) -> bool:
        """Whether every call that runs it is made for a loop of its own."""
        if id(function) in self.taken or function.name not in self.names:
            return False
        if id(function) not in self._scripts:
            self._scripts[id(function)] = True
            callers = callers_of(self.program, function)
            others = [caller for caller in callers if not self._is_private(caller)]
            alone = len(others) < len(callers) or id(function) in self.loops.functions
            alone = alone or self._is_handed_on(function)
            self._scripts[id(function)] = alone and not any(map(self._may_run, others))
        return self._scripts[id(function)]

    def _is_private(self, caller: Caller) -> bool:
        if id(caller.node) in self.loops.calls:
            return True
        return self._is_within(caller.env.scope)

    def _is_handed_on(self, function: Function) -> bool:
        """Whether the coroutines of such loops hand the function on, and nothing else does."""
        handed = self.running.handed(function)
        return bool(handed) and all(map(self._is_within, handed))

    def _is_within(self, scope: Scope) -> bool:
        """Whether code stands in a coroutine of a loop of its own, as does what it hands on."""
        around = enclosing_function(scope)
        return around is not None and around.is_async and self.is_script(around)

    def _may_run(self, caller: Caller) -> bool:
        """Whether code that something runs makes the coroutine, and may hand it to a loop."""
        around = enclosing_function(caller.env.scope)
        return (around is None or self.running.runs(around)) and not self.dropped.is_dropped(
            caller.node, caller.env.scope
        )


def _names_below(modules: list[Module], names: set[str]) -> set[str]:
    """`names`, and what async functions of these names call, or hand on."""
    called: dict[str, set[str]] = {}
    for module in modules:
        for function in module.all_functions:
            if function.is_async:
                inside = called.setdefault(function.name, set())
                for site in function.calls:
                    given = (arg.value for arg in site.node.args)
                    inside.update(terminal_name(part) or "" for part in (site.node.func, *given))
    queue = sorted(names)
    while queue:
        for name in called.get(queue.pop(), set()) - names:
            names.add(name)
            queue.append(name)
    return names
