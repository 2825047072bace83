"""Calls in loops and in helpers, taken one round and one call of the helper at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from lg_lint.facts import tree as t
from lg_lint.model.conditions import passes_by
from lg_lint.program import containers, inference
from lg_lint.program.callers import callers
from lg_lint.program.program import Program
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.values import ANYTHING, Const, Container, Env, Instance, Values, constant

Row = Union[Values, "list[Row]"]
_MAX_ROUNDS = 64
_MAX_HELPERS = 2


def rounds(program: Program, site: CallSite, env: Env) -> list[Env]:
    """The environments of a call: in each call of the helper that holds it, and in each round of
    the `for` loops around it.

    One environment, the given one, where its arguments are no parameters of a helper and no loop
    over a literal collection surrounds the call; none where tests of constants lead past it.
    """
    envs = _helper_calls(program, site, env, 0) or [env]
    for statement in site.enclosing:
        if isinstance(statement, t.For) and not statement.is_async:
            envs = [
                inner
                for outer in envs
                for inner in _rounds(program, statement.target, statement.iterable, outer)
            ]
            envs = envs[:_MAX_ROUNDS]
    return [inner for inner in envs if not passes_by(program, site, inner)]


def _helper_calls(program: Program, site: CallSite, env: Env, depth: int) -> list[Env]:
    """The frames of a function whose parameters a call passes on, one for each of its callers."""
    function = env.scope
    if not isinstance(function, Function) or env.frame is not None or depth > _MAX_HELPERS:
        return []
    names = {param.name for param in function.params} - {function.self_name}
    given = [arg.value for arg in site.node.args]
    if not any(isinstance(n, t.Name) and n.id in names for arg in given for n in t.walk(arg)):
        return []
    envs: list[Env] = []
    for caller in callers(program, function):
        outer = CallSite(caller.node, caller.env.scope, False, ())
        bound = Instance(function.cls) if caller.skip and function.cls is not None else None
        for above in _helper_calls(program, outer, caller.env, depth + 1) or [caller.env]:
            frame = program.frame(function, call=caller.node, caller=above, bound=bound)
            envs.append(program.env(function, frame))
    return envs[:_MAX_ROUNDS]


def is_counted(program: Program, site: CallSite, env: Env) -> bool:
    """Whether the rounds of all `for` loops around a call are known."""
    for statement in site.enclosing:
        if isinstance(statement, t.For) and rows(program, statement.iterable, env) is None:
            return False
    return True


def comprehension(program: Program, node: t.Comprehension, env: Env) -> list[tuple[Values, Values]]:
    """Keys and values of a comprehension, round by round; an item is its own key in a list."""
    envs = [env]
    for generator in node.generators:
        envs = [
            inner
            for outer in envs
            for inner in _rounds(program, generator.target, generator.iterable, outer)
        ][:_MAX_ROUNDS]
    found = []
    for inner in envs:
        item = inference.infer(program, node.element, inner)
        key = inference.infer(program, node.key, inner) if node.key is not None else item
        found.append((key, item))
    return found


def _rounds(program: Program, target: t.Expr, iterable: t.Expr, env: Env) -> Iterator[Env]:
    known = rows(program, iterable, env)
    if known is None:
        yield env
        return
    for row in known:
        names = dict(env.names)
        names.update(_bound(program, target, row))
        yield program.env(env.scope, env.frame, tuple(sorted(names.items())))


def rows(program: Program, expr: t.Expr, env: Env) -> list[Row] | None:
    """What each round of a loop over an expression gives; None where that is not known."""
    if isinstance(expr, t.Subscript) and isinstance(expr.index, t.Slice):
        whole = rows(program, expr.value, env)
        part = _slice(program, expr.index, env)
        return whole[part] if whole is not None and part is not None else None
    if isinstance(expr, t.Call) and isinstance(expr.func, t.Name) and expr.func.id == "range":
        return _range(program, expr, env)
    values = inference.infer(program, expr, env)
    if len(values) != 1 or not isinstance(values[0], Container):
        return None
    return _rows(program, values[0])


def _rows(program: Program, value: Container) -> list[Row] | None:
    """What each round of a loop over a collection gives, nested as tuples are."""
    if value.kind in ("items", "values"):
        pairs = containers.entries(program, Container("dict", value.node, value.env))
        return [[key, item] if value.kind == "items" else item for key, item in pairs] or None
    if value.kind in ("zip", "enumerate") and isinstance(value.node, t.Call):
        args = [arg.value for arg in value.node.args if not arg.keyword]
        columns = [rows(program, arg, value.env) for arg in args]
        if value.kind == "enumerate":
            first = columns[0] if columns else None
            return _numbered(program, value.node, value.env, first)
        known = [column for column in columns if column is not None]
        return [list(row) for row in zip(*known)] if len(known) == len(columns) else None  # noqa: B905
    if isinstance(value.node, t.Comprehension):
        made: list[Row] = [item for _, item in comprehension(program, value.node, value.env)]
        return made
    if value.kind in ("list", "tuple", "set", "sum", "dict"):
        items: list[Row] = list(containers.items(program, value))
        return items or None
    return None


def _numbered(
    program: Program, node: t.Call, env: Env, items: list[Row] | None
) -> list[Row] | None:
    start = node.argument("start", 1)
    first = _number(program, start, env) if start is not None else 0
    if items is None or first is None:
        return None
    return [[(constant(number),), row] for number, row in enumerate(items, first)]


def _range(program: Program, node: t.Call, env: Env) -> list[Row] | None:
    numbers = [_number(program, arg.value, env) for arg in node.args]
    known = [number for number in numbers if number is not None]
    if not known or len(known) != len(numbers) or len(known) > 3 or 0 in known[2:]:
        return None
    numbered: list[Row] = [(constant(number),) for number in range(*known)[:_MAX_ROUNDS]]
    return numbered


def _slice(program: Program, node: t.Slice, env: Env) -> slice | None:
    parts = [node.lower, node.upper, node.step]
    numbers = [_number(program, part, env) if part is not None else None for part in parts]
    if any(
        part is not None and number is None
        for part, number in zip(parts, numbers)  # noqa: B905
    ):
        return None
    return slice(*numbers)


def _number(program: Program, expr: t.Expr, env: Env) -> int | None:
    values = inference.infer(program, expr, env)
    value = values[0] if len(values) == 1 else None
    if isinstance(value, Const) and isinstance(value.value, int):
        return value.value
    return None


def _bound(program: Program, target: t.Expr, row: Row) -> Iterator[tuple[str, Values]]:
    if isinstance(target, t.Name):
        yield target.id, row if isinstance(row, tuple) else ANYTHING
    elif isinstance(target, t.Sequence):
        for index, item in enumerate(target.items):
            if isinstance(row, list):
                part: Row = row[index] if index < len(row) else ANYTHING
            else:
                part = containers.unpacked(program, row, (index,))
            yield from _bound(program, item, part)
