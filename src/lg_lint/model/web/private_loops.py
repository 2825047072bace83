"""What runs on an event loop of its own: the coroutines made for `asyncio.run()` and its kin, and
those that the cells of a notebook make.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.callers import callers
from lg_lint.program.program import Program, scopes, terminal_name
from lg_lint.program.scopes import Function, Module, Scope, enclosing_function
from lg_lint.program.values import External, FunctionRef

_OWN_LOOP = {"asyncio.run", "anyio.run", "trio.run", "uvloop.run"}


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
    for name in ("run", "run_until_complete"):
        for site, scope in program.calls_named(name):
            if site.node.args and _runs_alone(program, site.node, name, scope):
                yield from _calls_in(program, site.node.args[0].value, scope)


def _runs_alone(program: Program, call: t.Call, name: str, scope: Scope) -> bool:
    if name == "run_until_complete":
        return True
    callees = inference.infer(program, call.func, program.env(scope))
    return any(isinstance(callee, External) and callee.name in _OWN_LOOP for callee in callees)


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
