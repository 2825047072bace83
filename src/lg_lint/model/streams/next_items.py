"""What is waited for where code waits for the next item of an async generator."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.program import inference
from lg_lint.program.scopes import Function, owner
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    Env,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    Unknown,
    Value,
)

_TASKS = {"ensure_future", "create_task"}
_NEXT = {"__anext__", "asend"}
_DEPTH = 5


class NextItem(Struct, frozen=True):
    """The call that asks a generator for its next item.

    `source` is the expression of the generator, `made` the calls that made it as far as they are
    seen; `certain` is False where it may be another kind of iterator.
    """

    site: Site
    source: t.Expr
    made: tuple[Site, ...]
    certain: bool


def next_items(program: Program, expr: t.Expr, env: Env, depth: int = 0) -> Iterator[NextItem]:
    """The next items that awaiting an expression waits for, and that end where it is cancelled.

    A task is followed to what it runs, a helper to what it awaits. What is shielded is not meant.
    """
    if depth > _DEPTH:
        return
    if isinstance(expr, t.Await):
        yield from next_items(program, expr.value, env, depth)
    elif isinstance(expr, t.Name):
        for value, where in _given(program, expr, env):
            yield from next_items(program, value, where, depth + 1)
    elif isinstance(expr, t.Attribute):
        for write in program.writes_of(expr.attr):
            if write.value is not None and write.scope.module is env.scope.module:
                where = program.env(write.scope)
                yield from next_items(program, write.value, where, depth + 1)
    elif isinstance(expr, t.Call):
        yield from _of_call(program, expr, env, depth)


def _of_call(program: Program, call: t.Call, env: Env, depth: int) -> Iterator[NextItem]:
    name = terminal_name(call.func)
    if name in _TASKS and call.args:
        yield from next_items(program, call.args[0].value, env, depth)
        return
    source = _asked(program, call, env)
    if source is not None:
        yield from _of_source(program, call, source, env, depth)
        return
    for callee in inference.infer(program, call.func, env):
        if isinstance(callee, FunctionRef):
            yield from _inside(program, callee, call, env, depth)


def _asked(program: Program, call: t.Call, env: Env) -> t.Expr | None:
    """The iterator whose next item a call asks for."""
    if isinstance(call.func, t.Attribute) and call.func.attr in _NEXT:
        return call.func.value
    called = inference.infer(program, call.func, env)
    names = {getattr(value, "name", "") for value in called}
    return call.args[0].value if "builtins.anext" in names and call.args else None


def _inside(
    program: Program, ref: FunctionRef, call: t.Call, env: Env, depth: int
) -> Iterator[NextItem]:
    """The next items that a coroutine of the project awaits."""
    function = ref.function
    if not function.is_async or function.is_generator:
        return
    inner = program.env(function, inference.frame_for(program, ref, call, env))
    for site in function.calls:
        if site.awaited and not site.is_dead:
            yield from next_items(program, site.node, inner, depth + 1)


def _of_source(
    program: Program, call: t.Call, source: t.Expr, env: Env, depth: int
) -> Iterator[NextItem]:
    made: list[Site] = []
    verdicts: list[bool] = []
    for value in _iterators(program, source, env):
        verdict = is_generator(program, value)
        if verdict is not None:
            verdicts.append(verdict)
            made += _made(value)
        elif isinstance(value, Instance):
            method = inference.find_method(program, value.cls, "__anext__")
            if method is not None:
                ref = FunctionRef(method, bound=value)
                yield from _inside(program, ref, call, env, depth)
    if verdicts:
        yield NextItem(Site(call, env), source, tuple(made), any(verdicts))


def iterates_generator(program: Program, source: t.Expr, env: Env) -> NextItem | None:
    """An `async for` over a generator, which waits for each of its items."""
    values = list(_iterators(program, source, env))
    verdicts = [
        verdict for value in values if (verdict := is_generator(program, value)) is not None
    ]
    if not verdicts:
        return None
    made = tuple(site for value in values for site in _made(value))
    return NextItem(Site(source, env), source, made, any(verdicts))


def is_generator(program: Program, value: Value) -> bool | None:
    """Whether a value is an async generator: False where it may be one, None where it is not."""
    if isinstance(value, GeneratorOf):
        return True if value.function.function.is_async else None
    if isinstance(value, Unknown):
        return False
    if isinstance(value, Instance):
        method = inference.find_method(program, value.cls, "__aiter__")
        return True if method is not None and method.is_generator else None
    if not isinstance(value, ExternalObject):
        return None
    rows = table("timeouts")["generators"]
    kind = value.type.replace(".__aiter__()", "")
    method_name = kind.removesuffix("()").rpartition(".")[2]
    if kind in rows["types"] or (kind.endswith("()") and method_name in rows["methods"]):
        return True
    return False if kind in rows["declared"] else None


def _iterators(program: Program, source: t.Expr, env: Env, depth: int = 0) -> Iterator[Value]:
    """What an iterator was made of: behind `aiter(x)`, `x.__aiter__()` and `aclosing(x)`."""
    inner = _wrapped(source)
    if inner is not None and depth < _DEPTH:
        yield from _iterators(program, inner, env, depth + 1)
        return
    if isinstance(source, t.Name) and depth < _DEPTH:
        scope = owner(env.scope, source.id)
        bound = scope.bindings.get(source.id, ())
        wrapped = [each.value for each in bound if each.value is not None and _wrapped(each.value)]
        if wrapped:
            where = env if scope is env.scope else program.env(scope)
            for value in wrapped:
                yield from _iterators(program, value, where, depth + 1)
            return
    yield from inference.infer(program, source, env)


def _wrapped(expr: t.Expr) -> t.Expr | None:
    if not isinstance(expr, t.Call):
        return None
    name = terminal_name(expr.func)
    if name == "__aiter__" and isinstance(expr.func, t.Attribute):
        return expr.func.value
    return expr.args[0].value if name in {"aiter", "aclosing"} and expr.args else None


def _made(value: Value) -> Iterator[Site]:
    """The call that made a generator."""
    node = value.call if isinstance(value, GeneratorOf) else getattr(value, "site", None)
    env = getattr(value, "env", None)
    if isinstance(node, t.Call) and env is not None:
        yield Site(node, env)


def _given(program: Program, name: t.Name, env: Env) -> Iterator[tuple[t.Expr, Env]]:
    """The expressions that a name may stand for, those of callers for a parameter."""
    scope = owner(env.scope, name.id)
    where = env if scope is env.scope else program.env(scope)
    for binding in scope.bindings.get(name.id, ()):
        if binding.kind == "param" and isinstance(scope, Function):
            yield from _arguments(program, scope, name.id)
        elif binding.kind == "assign" and binding.value is not None and not binding.unpack:
            yield binding.value, where


def _arguments(program: Program, function: Function, name: str) -> Iterator[tuple[t.Expr, Env]]:
    names = [param.name for param in function.params]
    for caller in inference.callers_of(program, function):
        value = caller.node.argument(name, names.index(name) - caller.skip)
        if value is not None:
            yield value, caller.env
