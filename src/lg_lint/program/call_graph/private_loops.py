"""What runs on an event loop of its own: the coroutines made for `asyncio.run()` and its kin, and
those that the cells of a notebook make.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.call_graph import own_loops
from lg_lint.program.inference import callers_of as callers
from lg_lint.program.scopes import Function, Module, Scope, enclosing_function
from lg_lint.program.store import Program, scopes, terminal_name
from lg_lint.program.values import FunctionRef


class PrivateLoops(Struct):
    """`calls` make such a coroutine; `functions` are what these calls name by a parameter.

    `names` are the last names of all that is called so.
    """

    calls: set[int] = field(default_factory=set)
    functions: set[int] = field(default_factory=set)
    names: set[str] = field(default_factory=set)


def private_loops(program: Program, modules: Iterable[Module]) -> PrivateLoops:
    """The coroutines of these modules that a loop of their own runs, and all they hand on."""
    found = PrivateLoops()
    modules = list(modules)
    _load_receivers(program, modules)
    for module in modules:
        for site in module.calls if module.is_notebook else ():
            found.calls.add(id(site.node))
            found.names.add(terminal_name(site.node.func) or "")
    for coroutine, scope in _started(program):
        for expr, where in sources(program, coroutine, scope, set()):
            _add_calls(found, expr)
            for ref in _functions(program, expr, where):
                _add(found, ref.function)
    return found


def _add(found: PrivateLoops, function: Function) -> None:
    """A function that an own loop calls: a plain one makes the coroutine that it returns."""
    found.functions.add(id(function))
    found.names.add(function.name)
    for expr in () if function.is_async else function.result_exprs():
        _add_calls(found, expr)


def _add_calls(found: PrivateLoops, expr: t.Expr) -> None:
    for node in t.walk(expr):
        if isinstance(node, t.Call):
            found.calls.add(id(node))
            found.names.add(terminal_name(node.func) or "")


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


def _started(program: Program) -> Iterator[tuple[t.Expr, Scope]]:
    """What the project has run on loops of their own."""
    for name in own_loops.starters(program):
        for site, scope in program.calls_named(name):
            callees = inference.infer(program, site.node.func, program.env(scope))
            coroutine = own_loops.handed(program, site.node, callees)
            if coroutine is not None:
                yield coroutine, scope


def sources(
    program: Program, expr: t.Expr, scope: Scope, seen: set[tuple[int, str]]
) -> Iterator[tuple[t.Expr, Scope]]:
    """An argument, and what every caller hands to the parameter that it is, or that it calls."""
    yield expr, scope
    named = expr.func if isinstance(expr, t.Call) else expr
    helper = _parameter(scope, named.id) if isinstance(named, t.Name) else None
    if helper is None or not isinstance(named, t.Name) or (id(helper), named.id) in seen:
        return
    seen.add((id(helper), named.id))
    position = [param.name for param in helper.params].index(named.id)
    for caller in callers(program, helper):
        given = caller.node.argument(named.id, position - caller.skip)
        if given is not None:
            yield from sources(program, given, caller.env.scope, seen)


def _functions(program: Program, expr: t.Expr, scope: Scope) -> Iterator[FunctionRef]:
    """The functions that an own loop calls there: named, or called by a parameter."""
    env = program.env(scope)
    if not isinstance(expr, t.Call):
        yield from own_loops.functions(program, expr, env)
    elif isinstance(expr.func, t.Name) and _parameter(scope, expr.func.id) is not None:
        for value in inference.infer(program, expr.func, env):
            if isinstance(value, FunctionRef):
                yield value
    else:
        yield from own_loops.functions(program, expr, env)


def _parameter(scope: Scope | None, name: str) -> Function | None:
    """The function whose parameter a name is."""
    while scope is not None and name not in scope.bindings:
        scope = scope.parent
    function = enclosing_function(scope)
    if function is None or function is not scope:
        return None
    return function if any(param.name == name for param in function.params) else None
