"""Call strings: by how many of the calls that lead to it an activation of a function is known.

Activations are told apart by the last calls that lead to them, up to a number of calls. Where so
many would give a function very many activations, fewer are looked at: in code that calls itself in
circles, each further call multiplies them.
"""

from __future__ import annotations

from lg_lint.program.scopes import Function, Scope
from lg_lint.program.store import Program
from lg_lint.program.values import Env

LONGEST = 4
_MOST = 64


def caller_env(program: Program, function: Function, env: Env) -> Env:
    """Where a call of a function is made, as far as its activation is known by that."""
    frame = env.frame
    if frame is None or frame.depth < _longest(program, function):
        return env
    known = None
    if frame.bound is not None or frame.closure is not None:
        known = program.frame(frame.function, bound=frame.bound, closure=frame.closure)
    return program.env(env.scope, known, env.names)


def _longest(program: Program, function: Function) -> int:
    return program.once("longest call string", function, lambda: _fitting(program, function))


def _fitting(program: Program, function: Function) -> int:
    fitting = (
        length for length in range(LONGEST, 1, -1) if _strings(program, function, length) <= _MOST
    )
    return next(fitting, 1)


def _strings(program: Program, function: Function, length: int) -> int:
    """How many strings of so many calls lead to what has a function's name; many is enough."""
    return program.once(
        "call strings", (function, length), lambda: _counted(program, function, length)
    )


def _counted(program: Program, function: Function, length: int) -> int:
    count = 0
    is_made = function.name == "__init__" and function.cls is not None
    name = function.cls.name if is_made and function.cls is not None else function.name
    for spoken in program.names_of(name):
        for site in program.calls_spoken(spoken):
            if site.scope.module.is_test or not program.may_meet(
                function.module, site.scope.module
            ):
                continue
            caller = _around(site.scope)
            count += (
                1
                if caller is None or length == 1
                else max(1, _strings(program, caller, length - 1))
            )
            if count > _MOST:
                return count
    return count


def _around(scope: Scope | None) -> Function | None:
    while scope is not None and not isinstance(scope, Function):
        scope = scope.parent
    return scope
