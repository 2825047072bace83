"""Whole numbers that expressions are: literals, arithmetic on them, the length of a display."""

from __future__ import annotations

import operator
from collections.abc import Callable

from lg_lint.facts import tree as t
from lg_lint.program.inference import containers, core
from lg_lint.program.store import Program
from lg_lint.program.values import Const, Container, Env, External

_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "//": operator.floordiv,
    "%": operator.mod,
}  # fmt: skip
_MOST = 1 << 31


def number(program: Program, expr: t.Expr, env: Env) -> int | None:
    """The one number that an expression is; None where that is not known."""
    if isinstance(expr, t.BinOp) and expr.op in _OPERATIONS:
        left, right = number(program, expr.left, env), number(program, expr.right, env)
        if left is None or right is None or max(abs(left), abs(right)) > _MOST:
            return None
        if right == 0 and expr.op in ("//", "%"):
            return None
        return _OPERATIONS[expr.op](left, right)
    if isinstance(expr, t.Call):
        return _length(program, expr, env)
    values = core.infer(program, expr, env)
    value = values[0] if len(values) == 1 else None
    return value.value if isinstance(value, Const) and type(value.value) is int else None


def _length(program: Program, node: t.Call, env: Env) -> int | None:
    """What `len(display)` is."""
    if len(node.args) != 1 or node.args[0].star or node.args[0].keyword:
        return None
    if core.infer(program, node.func, env) != (External("builtins.len"),):
        return None
    values = core.infer(program, node.args[0].value, env)
    if len(values) != 1 or not isinstance(values[0], Container):
        return None
    return containers.length(program, values[0])
