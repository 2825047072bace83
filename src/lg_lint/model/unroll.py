"""Loops over literal collections, taken one round at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Union

from lg_lint.facts import tree as t
from lg_lint.program import containers, inference
from lg_lint.program.program import Program
from lg_lint.program.scopes import CallSite
from lg_lint.program.values import UNKNOWN, Container, Env, Values

Row = Union[Values, "list[Row]"]
_MAX_ROUNDS = 64


def rounds(program: Program, site: CallSite, env: Env) -> list[Env]:
    """The environments of a call in the rounds of the `for` loops around it.

    One environment, the given one, where no loop over a literal collection surrounds the call.
    """
    envs = [env]
    for statement in site.enclosing:
        if isinstance(statement, t.For) and not statement.is_async:
            envs = [inner for outer in envs for inner in _rounds(program, statement, outer)]
            envs = envs[:_MAX_ROUNDS]
    return envs


def _rounds(program: Program, loop: t.For, env: Env) -> Iterator[Env]:
    made = False
    for value in inference.infer(program, loop.iterable, env):
        if isinstance(value, Container):
            for row in _rows(program, value):
                names = dict(env.names)
                names.update(_bound(program, loop.target, row))
                made = True
                yield program.env(env.scope, env.frame, tuple(sorted(names.items())))
    if not made:
        yield env


def _rows(program: Program, value: Container) -> list[Row]:
    """What each round of a loop over a collection gives, nested as tuples are."""
    if value.kind == "items":
        pairs = containers.entries(program, Container("dict", value.node, value.env))
        return [[key, item] for key, item in pairs]
    if value.kind == "values":
        pairs = containers.entries(program, Container("dict", value.node, value.env))
        return [item for _, item in pairs]
    if value.kind in ("zip", "enumerate") and isinstance(value.node, t.Call):
        columns = [_column(program, arg.value, value.env) for arg in value.node.args if not arg.keyword]
        if value.kind == "enumerate":
            return [[(UNKNOWN,), row] for row in columns[0]] if columns else []
        return [list(row) for row in zip(*columns)]  # noqa: B905
    if value.kind in ("list", "tuple", "set", "sum", "dict") and not isinstance(value.node, t.Comprehension):
        return list(containers.items(program, value))
    return []


def _column(program: Program, expr: t.Expr, env: Env) -> list[Row]:
    for value in inference.infer(program, expr, env):
        if isinstance(value, Container):
            return _rows(program, value)
    return []


def _bound(program: Program, target: t.Expr, row: Row) -> Iterator[tuple[str, Values]]:
    if isinstance(target, t.Name):
        yield target.id, row if isinstance(row, tuple) else (UNKNOWN,)
    elif isinstance(target, t.Sequence):
        for index, item in enumerate(target.items):
            if isinstance(row, list):
                part: Row = row[index] if index < len(row) else (UNKNOWN,)
            else:
                part = containers.unpacked(program, row, (index,))
            yield from _bound(program, item, part)
