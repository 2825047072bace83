"""The dependencies of a route, with those behind them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.web.dependencies import Injection, injection, injections
from lg_lint.program import inference
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program
from lg_lint.program.values import ClassRef, Env, FunctionRef, Instance, Value

_DEPTH = 6


class Dependency(Struct, frozen=True):
    """A function that runs before a route does.

    `place` is where the route asks for it: a parameter, or a `Depends()` in its decorator; `via`
    the functions between. `names` are the parameters, with their functions, that it fills.
    """

    ref: FunctionRef
    place: t.Node
    via: tuple[Function, ...]
    param: t.Param | None
    holder: Function
    ends_early: bool


def dependencies(program: Program, route: Function) -> list[Dependency]:
    """All dependencies of a route, those first that run first."""
    found: list[Dependency] = []
    for call, env in _in_decorators(program, route):
        for each in injection(program, call, env):
            _follow(program, each, call, (), None, route, found)
    _of_params(program, route, None, (), found)
    return found


def _of_params(
    program: Program,
    function: Function,
    place: t.Node | None,
    via: tuple[Function, ...],
    found: list[Dependency],
) -> None:
    if len(via) > _DEPTH or function in via[:-1]:
        return
    for param in function.params:
        for each in injections(program, function, param):
            _follow(program, each, place or param, via, param, function, found)


def _follow(
    program: Program,
    each: Injection,
    place: t.Node,
    via: tuple[Function, ...],
    param: t.Param | None,
    holder: Function,
    found: list[Dependency],
) -> None:
    for value in each.providers:
        for ref in _functions(program, value):
            _of_params(program, ref.function, place, (*via, ref.function), found)
            found.append(Dependency(ref, place, via, param, holder, each.ends_early))


def _functions(program: Program, value: Value) -> Iterator[FunctionRef]:
    if isinstance(value, FunctionRef):
        yield value
    elif isinstance(value, ClassRef):
        method = inference.find_method(program, value.cls, "__init__")
        if method is not None:
            yield FunctionRef(method, bound=Instance(value.cls))
    elif isinstance(value, Instance):
        method = inference.find_method(program, value.cls, "__call__")
        if method is not None:
            yield FunctionRef(method, bound=value)


def _in_decorators(program: Program, route: Function) -> Iterator[tuple[t.Call, Env]]:
    """The calls in `dependencies=[...]` of a route's decorators."""
    env = program.env(route.parent or route.module)
    for decorator in route.decorators:
        given = decorator.argument("dependencies") if isinstance(decorator, t.Call) else None
        for item in given.items if isinstance(given, t.Sequence) else ():
            if isinstance(item, t.Call):
                yield item, env
