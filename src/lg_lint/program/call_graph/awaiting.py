"""What an awaited call may run: functions whose call gives something that can be awaited."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.blocks import takes_coroutines
from lg_lint.program.scopes import Function, reaching
from lg_lint.program.store import Program
from lg_lint.program.values import (
    Const,
    Container,
    Env,
    External,
    FunctionRef,
    Instance,
    Offloader,
    Partial,
    Value,
    Values,
)

_MAX_DEPTH = 4
_PLAIN = (t.Constant, t.JoinedString, t.Sequence, t.Dict, t.Compare, t.Comprehension, t.Lambda)


def awaitable(program: Program, callees: Values) -> Values:
    """Those of several callees that an awaited call may mean.

    Plain functions are among them where what they return can be awaited, or may be, as long as
    no coroutine function is meant as well.
    """
    answers = [_gives(program, callee, 0) for callee in callees]
    wanted = (True,) if True in answers else (True, None)
    return tuple(
        callee
        for callee, answer in zip(callees, answers, strict=True)
        if answer in wanted or _function(program, callee) is None
    )


def makes_coroutine(value: Value) -> bool:
    """Whether calling a value gives a coroutine of the project's, whatever decorators do."""
    if not isinstance(value, FunctionRef):
        return False
    function = value.function
    return function.is_async and not function.is_generator and not function.decorators


def _function(program: Program, callee: Value) -> FunctionRef | None:
    """The function of the project that a callee runs."""
    if isinstance(callee, Partial):
        return _function(program, callee.func)
    if isinstance(callee, Instance):
        method = inference.find_method(program, callee.cls, "__call__")
        return FunctionRef(method, bound=callee) if method is not None else None
    return callee if isinstance(callee, FunctionRef) else None


def _gives(program: Program, callee: Value, depth: int) -> bool | None:
    """Whether calling a value gives something that can be awaited; None where it may be."""
    ref = _function(program, callee)
    if ref is None:
        return True if isinstance(callee, Offloader) else None
    if ref.function.is_async:
        return not ref.function.is_generator
    if ref.function.is_generator or depth > _MAX_DEPTH:
        return None
    table, key = program.memo.awaited, (ref, depth)
    if key in table:
        return table[key]
    return program.memo.ask(table, key, None, _returns, program, ref, depth)


def _returns(program: Program, ref: FunctionRef, depth: int) -> bool | None:
    """Whether a plain function returns something that can be awaited."""
    frame = None
    if ref.bound is not None or ref.closure is not None:
        frame = program.frame(ref.function, bound=ref.bound, closure=ref.closure)
    env = program.env(ref.function, frame)
    answers = [_is_awaitable(program, expr, env, depth) for expr in ref.function.result_exprs()]
    if True in answers:
        return True
    if answers:
        return None if None in answers else False
    return None if inference.is_abstract(ref.function) else False


def _is_awaitable(program: Program, expr: t.Expr, env: Env, depth: int) -> bool | None:
    if isinstance(expr, _PLAIN):
        return False
    if isinstance(expr, t.IfExp):
        answers = {_is_awaitable(program, part, env, depth) for part in (expr.body, expr.orelse)}
        return True if True in answers else None if None in answers else False
    if isinstance(expr, t.Call):
        return _is_made(program, expr, env, depth)
    if isinstance(expr, t.Name):
        given = list(_given(expr, env))
        if given:
            answers = {_is_awaitable(program, part, env, depth + 1) for part in given}
            return True if True in answers else None if None in answers else False
    values = inference.infer(program, expr, env)
    plain = values and all(_is_plain(program, value) for value in values)
    return False if plain else None


def _is_made(program: Program, call: t.Call, env: Env, depth: int) -> bool | None:
    if takes_coroutines(call):
        return True
    callees = inference.infer(program, call.func, env)
    answers = {_made(program, callee, depth) for callee in callees}
    return True if True in answers else None if None in answers or not answers else False


def _made(program: Program, callee: Value, depth: int) -> bool | None:
    if isinstance(callee, External) and callee.name.startswith("builtins."):
        return False
    return _gives(program, callee, depth + 1) if depth < _MAX_DEPTH else None


def _given(expr: t.Name, env: Env) -> Iterator[t.Expr]:
    scope = env.scope
    if isinstance(scope, Function):
        for binding in reaching(scope, expr.id, expr.start):
            if binding.kind == "assign" and binding.value is not None and not binding.unpack:
                yield binding.value


def _is_plain(program: Program, value: Value) -> bool:
    """Whether a value cannot be awaited: a literal, a display, an object of the project."""
    return isinstance(value, (Const, Container)) or (
        isinstance(value, Instance)
        and inference.find_method(program, value.cls, "__await__") is None
        and not inference.external_bases(program, value.cls)
    )
