"""What a name of a module holds while a function runs that reads it: a module may bind it anew."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.inference import callers_of as callers
from lg_lint.program.scopes import Function, Module, Scope, enclosing_function, reaching
from lg_lint.program.store import Program
from lg_lint.program.values import Env, Values


def values_at_calls(program: Program, expr: t.Expr, env: Env) -> Values:
    """What an expression may be, for a module's name when the module's statements lead there."""
    function = enclosing_function(env.scope)
    module = env.scope.module
    if function is not None and isinstance(expr, t.Name) and _is_rebound(expr.id, env.scope):
        found = [
            inference.binding_values(program, binding, program.env(module))
            for moment in _moments(program, function)
            for binding in reaching(module, expr.id, moment)
        ]
        if found:
            return inference.union(found)
    return inference.infer(program, expr, env)


def _is_rebound(name: str, scope: Scope | None) -> bool:
    """Whether a name is a module's, bound by several of its statements and no function."""
    while scope is not None and name not in scope.bindings:
        scope = scope.parent
    if not isinstance(scope, Module) or name in scope.writers:
        return False
    return len(scope.bindings[name]) > 1


def _moments(program: Program, function: Function) -> Iterator[t.Position]:
    """The places of a module's own statements that call a function of it, or lead there."""
    seen = {id(function)}
    queue = [function]
    while queue:
        for caller in callers(program, queue.pop()):
            around = enclosing_function(caller.env.scope)
            if caller.env.scope.module is not function.module:
                continue
            if around is None:
                yield caller.node.start
            elif id(around) not in seen:
                seen.add(id(around))
                queue.append(around)
