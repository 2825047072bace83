"""What the objects of `operator.attrgetter`, `itemgetter` and `methodcaller` stand for."""

from __future__ import annotations

from collections.abc import Iterable

from lg_lint.facts import tree as t
from lg_lint.program.inference import attributes, core
from lg_lint.program.store import Program
from lg_lint.program.values import (
    ANYTHING,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    Partial,
    Value,
    Values,
    behind_partials,
)

_METHOD = "operator.methodcaller"
_KINDS = {"operator.attrgetter", "operator.itemgetter", _METHOD}


def is_getter(value: Value) -> bool:
    """Whether a value is such an object, whose construction the code shows."""
    is_object = isinstance(value, ExternalObject) and isinstance(value.site, t.Call)
    return is_object and getattr(value, "type", "") in _KINDS


def call(program: Program, getter: ExternalObject, node: t.Call, env: Env) -> Values:
    """What calling a getter gives: `attrgetter("a.b")(x)` is `x.a.b`, anything for several."""
    made = _expression(program, getter, node)
    return core.infer(program, made, env) if made is not None else ANYTHING


def called(program: Program, callees: Values, node: t.Call, env: Env) -> Values:
    """What a call of some values runs: for a partial of an outside function that function, for a
    `methodcaller` the method of what it is given.
    """
    if not any(isinstance(callee, Partial) or is_getter(callee) for callee in callees):
        return callees
    return core.union(_run(program, callee, node, env) for callee in callees)


def _run(program: Program, callee: Value, node: t.Call, env: Env) -> Values:
    if isinstance(callee, ExternalObject) and is_getter(callee):
        return _methods(program, callee, node, env)
    inner = behind_partials(callee)
    return (inner if isinstance(inner, (External, ExternalMethod)) else callee,)


def _methods(program: Program, getter: ExternalObject, node: t.Call, env: Env) -> Values:
    made = _expression(program, getter, node)
    if not isinstance(made, t.Call) or not isinstance(made.func, t.Attribute):
        return (getter,)
    owner, name, module = made.func.value, made.func.attr, env.scope.module
    return core.union(
        attributes.attribute_values(program, value, name, module)
        for value in core.infer(program, owner, env)
    )


def whole(program: Program, getter: ExternalObject, node: t.Call) -> t.Call | None:
    """The call of a method that a call of a `methodcaller` stands for."""
    made = _expression(program, getter, node)
    return made if isinstance(made, t.Call) else None


def _expression(program: Program, getter: ExternalObject, node: t.Call) -> t.Expr | None:
    key = ("got", id(getter.site), id(node))
    if key not in program.made:
        assert isinstance(getter.site, t.Call)
        made = _written(getter.type, getter.site, node)
        if made is None:
            return None
        program.made[key] = made
    return program.made[key]  # type: ignore[return-value]


def _written(kind: str, made: t.Call, node: t.Call) -> t.Expr | None:
    """The expression in place of a call, the last argument of `made` being what it reads."""
    given = [arg.value for arg in (*node.args[:1], *made.args[:1]) if not arg.star]
    if len(given) < 2 or (kind != _METHOD and len(made.args) > 1):
        return None
    owner, key = given
    if kind == "operator.itemgetter":
        return t.Subscript(node.at, owner, key)
    if not isinstance(key, t.Constant) or not isinstance(key.value, str):
        return None
    read = _dotted(node.at, owner, key.value.split("."))
    return t.Call(node.at, read, made.args[1:]) if kind == _METHOD else read


def _dotted(at: t.At, owner: t.Expr, names: Iterable[str]) -> t.Expr:
    for name in names:
        owner = t.Attribute(at, owner, name)
    return owner
