"""The calls of one name, by the function or class that each may mean."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Generic, TypeVar

from lg_lint.facts import tree as t
from lg_lint.program.inference import classes, core
from lg_lint.program.scopes import Class, Function, Module, Scope
from lg_lint.program.store import Program
from lg_lint.program.values import ClassRef, ExternalObject, FunctionRef, Instance, Value

Row = TypeVar("Row")
Target = tuple[int, Value]


class CallSiteIndex(Generic[Row]):
    """What the calls of one name mean, asked once each, however many functions have that name.

    `rows` is the program's own list of them, which grows with every module that is read, `named`
    gives the expression of a row and its scope. Rows that never run together with the code of the
    module `near` are left out.
    """

    def __init__(
        self, rows: list[Row], named: Callable[[Row], tuple[t.Expr, Scope]], near: Module
    ) -> None:
        self._rows = rows
        self._near = near
        self._named = named
        self._ends = [0]

    def meaning(self, program: Program, target: Function | Class) -> list[tuple[Row, Value]]:
        """The calls that may mean `target`, as far as modules have been read, in their order."""
        if len(self._rows) > self._ends[-1]:
            self._ends.append(len(self._rows))
        found: list[tuple[Row, Value]] = []
        table = program.memo.meanings
        for start, end in pairwise(tuple(self._ends)):
            key = (id(self), start)
            meant = table.get(key)
            if meant is None:
                meant = program.memo.ask(table, key, {}, self._meant, program, start, end)
            found += [(self._rows[number], value) for number, value in meant.get(id(target), ())]
        return found

    def _meant(self, program: Program, start: int, end: int) -> dict[int, list[Target]]:
        """What some of the calls mean, by the identity of it."""
        found: dict[int, list[Target]] = {}
        for number in range(start, end):
            expr, scope = self._named(self._rows[number])
            if not program.may_meet(self._near, scope.module):
                continue
            for value in core.infer(program, expr, program.env(scope)):
                called = _called(program, value)
                target = _target(called)
                if target is not None:
                    found.setdefault(id(target), []).append((number, called))
        return found


def _called(program: Program, value: Value) -> Value:
    """What calling a value runs: for an object of a class, its `__call__`.

    For what a decorator of a library makes of a function, that where a call is handed on.
    """
    if isinstance(value, ExternalObject) and isinstance(value.base, FunctionRef):
        return value.base if program.types.method(value.type, "__call__") == "base" else value
    if isinstance(value, Instance):
        method = classes.find_method(program, value.cls, "__call__")
        return value if method is None else FunctionRef(method, bound=value)
    return value


def _target(value: Value) -> Function | Class | None:
    if isinstance(value, FunctionRef):
        return value.function
    return value.cls if isinstance(value, ClassRef) else None
