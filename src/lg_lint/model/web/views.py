"""What views of Flask and Quart return that the framework makes a response of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.web.registrations import Registration
from lg_lint.model.web.tables import ResponseClass, response_classes
from lg_lint.program import inference
from lg_lint.program.scopes import Function, enclosing_function
from lg_lint.program.store import Program
from lg_lint.program.values import (
    Const,
    Container,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    GeneratorOf,
    Value,
    Values,
)


class Result(Struct, frozen=True, eq=False):
    """A body with the headers beside it, and the expression that stands for the response.

    `handed_on` where that is a call, such as `make_response(body, 200, headers)`.
    """

    node: t.Expr
    env: Env
    made: ResponseClass
    body: t.Expr
    values: Values
    headers: tuple[tuple[t.Expr, Env], ...]
    route: Function | None
    handed_on: bool = False


def results(program: Program, registered: Iterable[Registration]) -> Iterator[Result]:
    """The tuples and generators that views return, and the calls that take such."""
    seen: set[int] = set()
    for registration in registered:
        row = _row_of(program, registration)
        function = registration.ref.function
        if row is None or id(function) in seen or function.is_generator:
            continue
        seen.add(id(function))
        env = program.env(function)
        for expr in function.result_exprs():
            for value in inference.infer(program, expr, env):
                found = _result(program, row, expr, env, value)
                if found is not None:
                    yield found
    yield from _wrapped(program)


def _row_of(program: Program, registration: Registration) -> ResponseClass | None:
    if registration.handlers.kind != "route" or not registration.owner:
        return None
    kinds = program.types.lineage(registration.owner)
    rows = (row for row in response_classes().values() if row.views)
    return next((row for row in rows if not row.views.isdisjoint(kinds)), None)


def _result(
    program: Program, row: ResponseClass, expr: t.Expr, env: Env, value: Value
) -> Result | None:
    if isinstance(value, GeneratorOf) or _is_lazy(value):
        route = enclosing_function(env.scope)
        return Result(expr, env, row, expr, (value,), (), route)
    if not isinstance(value, Container) or not isinstance(value.node, t.Sequence):
        return None
    if value.node.kind != "tuple" or not value.node.items:
        return None
    body, *rest = value.node.items
    return _parts(program, row, body, body, rest, value.env)


def _parts(
    program: Program, row: ResponseClass, node: t.Expr, body: t.Expr, rest: list[t.Expr], env: Env
) -> Result:
    headers = tuple((each, env) for each in rest if not _is_status(program, each, env))
    values = inference.infer(program, body, env)
    return Result(node, env, row, body, values, headers, enclosing_function(env.scope))


def _is_status(program: Program, expr: t.Expr, env: Env) -> bool:
    values = inference.infer(program, expr, env)
    return bool(values) and all(
        isinstance(value, Const) or (isinstance(value, External) and "HTTPStatus" in value.name)
        for value in values
    )


def _is_lazy(value: Value) -> bool:
    return (
        isinstance(value, Container)
        and isinstance(value.node, t.Comprehension)
        and value.node.kind == "generator"
    )


def _wrapped(program: Program) -> Iterator[Result]:
    """`make_response(body, 200, headers)`, also around one tuple."""
    for row in response_classes().values():
        for name in dict.fromkeys(each.rpartition(".")[2] for each in row.wrappers):
            for site, scope in program.calls_named(name):
                env = program.env(scope)
                args = [arg.value for arg in site.node.args if not arg.star and not arg.keyword]
                if (
                    not args
                    or scope.module.is_test
                    or not _is_wrapper(program, row, site.node, env)
                ):
                    continue
                yield from _taken(program, row, site.node, args, env)


def _taken(
    program: Program, row: ResponseClass, call: t.Call, args: list[t.Expr], env: Env
) -> Iterator[Result]:
    if len(args) == 1:
        for value in inference.infer(program, args[0], env):
            node = value.node if isinstance(value, Container) else None
            if isinstance(node, t.Sequence) and node.kind == "tuple" and node.items:
                assert isinstance(value, Container)
                body, *rest = node.items
                found = _parts(program, row, call, body, rest, value.env)
                yield _handed_on(found, call, env)
                return
    yield _handed_on(_parts(program, row, call, args[0], args[1:], env), call, env)


def _handed_on(found: Result, call: t.Call, env: Env) -> Result:
    return Result(
        call, env, found.made, found.body, found.values, found.headers,
        enclosing_function(env.scope), handed_on=True,
    )  # fmt: skip


def _is_wrapper(program: Program, row: ResponseClass, call: t.Call, env: Env) -> bool:
    for value in inference.infer(program, call.func, env):
        if isinstance(value, External) and value.name in row.wrappers:
            return True
        if isinstance(value, ExternalMethod) and isinstance(value.receiver, ExternalObject):
            kinds = program.types.lineage(value.receiver.type)
            if any(f"{kind}.{value.name}" in row.wrappers for kind in kinds):
                return True
    return False
