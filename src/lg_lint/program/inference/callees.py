"""The calls of one name, by the function or class that each may mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from lg_lint.facts import tree as t
from lg_lint.program.inference import classes, core
from lg_lint.program.scopes import Class, Function, Scope
from lg_lint.program.store import Program
from lg_lint.program.values import ClassRef, FunctionRef, Instance, Value

Row = TypeVar("Row")
Target = tuple[int, Value]


class CallSiteIndex(Generic[Row]):
    """What the calls of one name mean, asked once each, however many functions have that name.

    `rows` is the program's own list of them, which grows with every module that is read, `named`
    gives the expression of a row and its scope. A call whose answer is part of the question that
    is being answered stays open and is asked again.
    """

    def __init__(self, rows: list[Row], named: Callable[[Row], tuple[t.Expr, Scope]]) -> None:
        self._rows = rows
        self._named = named
        self._read = 0
        self._open: dict[int, None] = {}
        self._closed: dict[int, list[Target]] = {}

    def meaning(self, program: Program, target: Function | Class) -> list[tuple[Row, Value]]:
        """The calls that may mean `target`, as far as modules have been read, in their order."""
        end = len(self._rows)
        self._open.update(dict.fromkeys(range(self._read, end)))
        self._read = max(self._read, end)
        found: list[Target] = []
        for number in [number for number in self._open if number < end]:
            expr, scope = self._named(self._rows[number])
            env = program.env(scope)
            values, is_complete = core.infer_complete(program, expr, env)
            called = [_called(program, value) for value in values]
            if not is_complete:
                found += [(number, value) for value in called if _target(value) is target]
            elif number in self._open:
                del self._open[number]
                self._close(number, called)
        found += [meaning for meaning in self._closed.get(id(target), ()) if meaning[0] < end]
        found.sort(key=lambda meaning: meaning[0])
        return [(self._rows[number], value) for number, value in found]

    def _close(self, number: int, values: list[Value]) -> None:
        for value in values:
            target = _target(value)
            if target is not None:
                self._closed.setdefault(id(target), []).append((number, value))


def _called(program: Program, value: Value) -> Value:
    """What calling a value runs: for an object of a class, its `__call__`."""
    if isinstance(value, Instance):
        method = classes.find_method(program, value.cls, "__call__")
        return value if method is None else FunctionRef(method, bound=value)
    return value


def _target(value: Value) -> Function | Class | None:
    if isinstance(value, FunctionRef):
        return value.function
    return value.cls if isinstance(value, ClassRef) else None
