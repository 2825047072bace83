"""What runs on an event loop of its own: the coroutines made for `asyncio.run()` and its kin, and
those that the cells of a notebook make.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program import inference, own_loops
from lg_lint.program.callers import callers
from lg_lint.program.program import Program, scopes, terminal_name
from lg_lint.program.scopes import Function, Module, Scope, enclosing_function
from lg_lint.program.values import FunctionRef


class PrivateLoops(Struct):
    """`calls` make such a coroutine; `functions` are what these calls name by a parameter.

    `names` are the last names of all that is called so.
    """

    calls: set[int] = field(default_factory=set)
    functions: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def private_loops(program: Program, modules: Iterable[Module]) -> PrivateLoops:
    found = PrivateLoops()
    modules = list(modules)
    _load_receivers(program, modules)
    for module in modules:
        for site in module.calls if module.is_notebook else ():
            found.calls.add(id(site.node))
            found.names.add(terminal_name(site.node.func) or "")
    for node, scope in _made_for_own_loop(program):
        found.calls.add(id(node))
        found.names.add(terminal_name(node.func) or "")
        if isinstance(node.func, t.Name) and _parameter(scope, node.func.id) is not None:
            for value in inference.infer(program, node.func, program.env(scope)):
                if isinstance(value, FunctionRef):
                    found.functions.add(id(value.function))
                    found.names.add(value.function.name)
    for coroutine, scope in _started(program):
        for ref in own_loops.functions(program, coroutine, program.env(scope)):
            found.functions.add(id(ref.function))
            found.names.add(ref.function.name)
    return found


def _load_receivers(program: Program, modules: list[Module]) -> None:
    """Asks what the calls lead to that are handed an async function, which loads its module."""
    names = {
        function.name
        for module in modules
        for function in module.all_functions
        if function.is_async
    }
    for module in modules:
        for scope in scopes(module):
            for site in scope.calls:
                if any(terminal_name(arg.value) in names for arg in site.node.args):
                    inference.infer(program, site.node.func, program.env(scope))


def _made_for_own_loop(program: Program) -> Iterator[tuple[t.Call, Scope]]:
    """Every call in the argument of an `asyncio.run(...)`, or of a helper that hands it there."""
    for coroutine, scope in _started(program):
        yield from _calls_in(program, coroutine, scope)


def _started(program: Program) -> Iterator[tuple[t.Expr, Scope]]:
    """What the project has run on loops of their own."""
    for name in own_loops.starters(program):
        for site, scope in program.calls_named(name):
            callees = inference.infer(program, site.node.func, program.env(scope))
            coroutine = own_loops.handed(program, site.node, callees)
            if coroutine is not None:
                yield coroutine, scope


def _calls_in(program: Program, coroutine: t.Expr, scope: Scope) -> Iterator[tuple[t.Call, Scope]]:
    for node in t.walk(coroutine):
        if isinstance(node, t.Call):
            yield node, scope
    if not isinstance(coroutine, t.Name):
        return
    helper = _parameter(scope, coroutine.id)
    if helper is None:
        return
    position = [param.name for param in helper.params].index(coroutine.id)
    for caller in callers(program, helper):
        given = caller.node.argument(coroutine.id, position - caller.skip)
        if isinstance(given, t.Call):
            for node in t.walk(given):
                if isinstance(node, t.Call):
                    yield node, caller.env.scope


def _parameter(scope: Scope | None, name: str) -> Function | None:
    """The function whose parameter a name is."""
    while scope is not None and name not in scope.bindings:
        scope = scope.parent
    function = enclosing_function(scope)
    if function is None or function is not scope:
        return None
    return function if any(param.name == name for param in function.params) else None
