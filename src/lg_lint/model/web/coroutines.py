"""The async functions that no framework is handed: who calls them, and on which loop."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lg_lint.facts import tree as t
from lg_lint.model.entry import Entry
from lg_lint.model.graph import Site
from lg_lint.model.web.registrations import code_modules
from lg_lint.program import attributes, calls, inference
from lg_lint.program.execution import World
from lg_lint.program.program import Program, scopes, terminal_name
from lg_lint.program.scopes import Function, Module, enclosing_function
from lg_lint.program.values import External, FunctionRef

_OWN_LOOP = {"asyncio.run", "anyio.run", "trio.run", "uvloop.run"}


def coroutines(program: Program, taken: Iterable[Entry]) -> list[Entry]:
    """The async functions outside tests that are no entry yet.

    One that only `asyncio.run(...)` leads to is a script's; any other may share its loop.
    """
    known = {id(entry.ref.function) for entry in taken}
    modules = list(code_modules(program))
    private = _private_calls(program)
    names = _names_below(modules, {terminal_name(call.func) or "" for call in private})
    search = _Callers(program, known, {id(call) for call in private}, names, _handed_on(modules))
    return [
        _entry(program, function, search)
        for module in modules
        for function in module.all_functions
        if function.is_async and id(function) not in known
    ]


def _entry(program: Program, function: Function, search: _Callers) -> Entry:
    script = search.is_script(function)
    kind = "script" if script else "coroutine"
    return Entry(
        ref=FunctionRef(function),
        world=World.ALONE if script else World.LOOP,
        kind=kind,
        title=f"async {'script' if script else 'function'} {function.name}()",
        site=Site(function.node, program.env(function.parent or function.module)),
        registered=script or search.is_registered(function),
    )


@dataclass(slots=True)
class _Callers:
    """Who calls an async function.

    `private` are the calls inside an `asyncio.run(...)`, `names` the names of all functions that
    these may lead to, which are cheaper to ask for than callers.
    """

    program: Program
    taken: set[int]
    private: set[int]
    names: set[str]
    handed_on: set[str]
    _scripts: dict[int, bool] = field(default_factory=dict)

    def is_script(self, function: Function) -> bool:
        """Whether every call of it is made for a loop of its own."""
        if id(function) in self.taken or function.name not in self.names:
            return False
        if id(function) not in self._scripts:
            self._scripts[id(function)] = True
            callers = calls.callers(self.program, function)
            self._scripts[id(function)] = bool(callers) and all(map(self._is_private, callers))
        return self._scripts[id(function)]

    def _is_private(self, caller: calls.Caller) -> bool:
        if id(caller.node) in self.private:
            return True
        around = enclosing_function(caller.env.scope)
        return around is not None and around.is_async and self.is_script(around)

    def is_registered(self, function: Function) -> bool:
        """Whether something may call it, hands it on, or may find it by a protocol."""
        if function.decorators or function.name in self.handed_on:
            return True
        if function.name.startswith("__") and function.name.endswith("__"):
            return True
        if function.cls is not None and attributes.external_bases(self.program, function.cls):
            return True
        return bool(self.program.calls_named(function.name))


def _private_calls(program: Program) -> list[t.Call]:
    found: list[t.Call] = []
    for name in ("run", "run_until_complete"):
        for site, scope in program.calls_named(name):
            args = site.node.args[:1]
            if not args or not isinstance(args[0].value, t.Call):
                continue
            callees = inference.infer(program, site.node.func, program.env(scope))
            if name == "run_until_complete" or any(
                isinstance(callee, External) and callee.name in _OWN_LOOP for callee in callees
            ):
                found += [node for node in t.walk(args[0].value) if isinstance(node, t.Call)]
    return found


def _names_below(modules: list[Module], names: set[str]) -> set[str]:
    """`names`, and what async functions of these names call."""
    called: dict[str, set[str]] = {}
    for module in modules:
        for function in module.all_functions:
            if function.is_async:
                inside = called.setdefault(function.name, set())
                inside.update(terminal_name(site.node.func) or "" for site in function.calls)
    queue = sorted(names)
    while queue:
        for name in called.get(queue.pop(), set()) - names:
            names.add(name)
            queue.append(name)
    return names


def _handed_on(modules: list[Module]) -> set[str]:
    """The last names of everything that is passed, stored or returned somewhere."""
    found: set[str] = set()
    for module in modules:
        for scope in scopes(module):
            for site in scope.calls:
                for arg in site.node.args:
                    found.update(_names(arg.value))
            for bindings in scope.bindings.values():
                for binding in bindings:
                    if binding.value is not None:
                        found.update(_names(binding.value))
            for write in scope.item_writes:
                found.update(_names(write.value))
            for statement in scope.returns:
                if statement.value is not None:
                    found.update(_names(statement.value))
        for attribute in module.attribute_writes:
            if attribute.value is not None:
                found.update(_names(attribute.value))
    return found


def _names(expr: t.Expr) -> Iterator[str]:
    name = terminal_name(expr)
    if name is not None:
        yield name
    elif isinstance(expr, t.Sequence):
        for item in expr.items:
            yield from _names(item)
    elif isinstance(expr, t.Dict):
        for _, value in expr.items:
            yield from _names(value)
    elif isinstance(expr, t.IfExp):
        yield from _names(expr.body)
        yield from _names(expr.orelse)
