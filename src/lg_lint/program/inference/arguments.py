"""Which argument of a call fills a parameter, what is spread into a call included."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program.inference import containers, core
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program
from lg_lint.program.values import ANYTHING, Container, Env, Value, Values

_RECEIVER = " receiver"
"""A name that no code can have."""


def argument(
    program: Program, function: Function, param: t.Param, node: t.Call, env: Env, skip: int
) -> Values | None:
    """The value that a call gives a parameter; None where the call leaves it out."""
    positions = [item.name for item in function.params if item.kind == "positional"][skip:]
    if param.kind == "*":
        return _rest(program, node, env, len(positions))
    if param.kind == "**":
        return _named_rest(program, function, node, env)
    position = positions.index(param.name) if param.name in positions else None
    return given(program, node, env, param.name, position)


def given(
    program: Program, node: t.Call, env: Env, name: str, position: int | None
) -> Values | None:
    """What a call gives by a name or at a position; None where it gives nothing there."""
    if not any(arg.star for arg in node.args):
        expr = node.argument(name, position)
        return core.infer(program, expr, env) if expr is not None else None
    named = [core.infer(program, arg.value, env) for arg in node.args if arg.keyword == name]
    if named:
        return named[0]
    if position is not None:
        for at, (values, is_whole) in enumerate(_positional(program, node, env)):
            if at == position or not is_whole:
                return values
    is_open = False
    for arg in node.args:
        if arg.star == "**":
            values = core.infer(program, arg.value, env)
            found = containers.entry_of(program, values, name)
            if found:
                return found
            is_open = is_open or not all(isinstance(value, Container) for value in values)
    return ANYTHING if is_open else None


def _positional(program: Program, node: t.Call, env: Env) -> Iterator[tuple[Values, bool]]:
    """What a call gives by position, one by one; False with what may be there from here on."""
    for arg in node.args:
        if arg.keyword is not None or arg.star == "**":
            continue
        values = core.infer(program, arg.value, env)
        if not arg.star:
            yield values, True
            continue
        items = containers.sequence(program, values)
        if items is None or containers.is_open(program, values):
            yield containers.elements(program, values, ()) or ANYTHING, False
            return
        yield from ((item, True) for item in items)


def _rest(program: Program, node: t.Call, env: Env, count: int) -> Values:
    """`*args` of a function with so many parameters before it."""
    given = [arg for arg in node.args if arg.keyword is None and arg.star != "**"]
    key = ("rest", id(node), count)
    if key not in program.made:
        items: list[t.Expr] = []
        for at, arg in enumerate(given):
            if arg.star and at < count:
                if at + 1 < len(given):
                    return ANYTHING
                lower = t.Constant(arg.at, count - at)
                behind = t.Subscript(arg.at, arg.value, t.Slice(arg.at, lower, None, None))
                items.append(t.Starred(arg.at, behind))
            elif arg.star:
                items.append(t.Starred(arg.at, arg.value))
            elif at >= count:
                items.append(arg.value)
        program.made[key] = t.Sequence(node.at, "tuple", tuple(items))
    return (Container("tuple", program.made[key], env),)


def behind_receiver(program: Program, rest: Values, receiver: Value) -> Values:
    """`*args` of a function that is bound to an object and has no parameter before it."""
    found: list[Value] = []
    for value in rest:
        if isinstance(value, Container) and isinstance(value.node, t.Sequence):
            key = ("behind receiver", id(value.node))
            if key not in program.made:
                at = value.node.at
                items = (t.Name(at, _RECEIVER), *value.node.items)
                program.made[key] = t.Sequence(at, "tuple", items)
            outer = value.env
            env = program.env(outer.scope, outer.frame, (*outer.names, (_RECEIVER, (receiver,))))
            found.append(Container("tuple", program.made[key], env))
    return tuple(found) or ANYTHING


def _named_rest(program: Program, function: Function, node: t.Call, env: Env) -> Values:
    """`**kwargs`: what is given by names that no parameter has."""
    names = {item.name for item in function.params if item.kind not in ("*", "**")}
    key = ("named rest", id(node), id(function))
    if key not in program.made:
        items: list[tuple[t.Expr | None, t.Expr]] = []
        for arg in node.args:
            if arg.keyword is not None and arg.keyword not in names:
                items.append((t.Constant(arg.at, arg.keyword), arg.value))
            elif arg.star == "**":
                items.append((None, arg.value))
        program.made[key] = t.Dict(node.at, tuple(items))
    return (Container("dict", program.made[key], env),)
