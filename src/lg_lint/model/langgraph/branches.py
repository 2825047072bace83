"""Which arm of an `if` an activation takes, where its constants decide the test."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from lg_lint.facts import tree as t
from lg_lint.model.graph import name_of
from lg_lint.program import inference
from lg_lint.program.inference import number
from lg_lint.program.scopes import CallSite, Function, Scope
from lg_lint.program.store import Program
from lg_lint.program.truth import truth
from lg_lint.program.values import Const, Env

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "is": operator.eq, "!=": operator.ne, "is not": operator.ne,
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def passes_by(program: Program, site: CallSite, env: Env) -> bool:
    """Whether a call stands in an arm that an activation, or a round of a loop, does not take."""
    if env.frame is None and not env.names:
        return False
    return any(
        isinstance(statement, t.If) and _is_other_arm(program, statement, site.node, env)
        for statement in site.enclosing
    )


def _is_other_arm(program: Program, statement: t.If, node: t.Node, env: Env) -> bool:
    taken = truth(statement.test, lambda part: _decided(program, part, env))
    if taken is None:
        return False
    return t.in_block(statement.orelse if taken else statement.body, node)


def _decided(program: Program, test: t.Expr, env: Env) -> bool | None:
    """Whether a test of constants holds; None where that is not known."""
    if isinstance(test, t.Compare):
        return _comparison(program, test, env) if len(test.ops) == 1 else None
    known = _constant(program, test, env)
    return bool(known.value) if known is not None else None


def _comparison(program: Program, test: t.Compare, env: Env) -> bool | None:
    op, right = test.ops[0], test.comparators[0]
    known = _constant(program, test.left, env)
    if known is None:
        return None
    if op in ("in", "not in"):
        items = right.items if isinstance(right, t.Sequence) else ()
        others = [_constant(program, item, env) for item in items]
        if not others or None in others:
            return None
        return (known in others) is (op == "in")
    other = _constant(program, right, env)
    try:
        return _COMPARISONS[op](known.value, other.value) if other is not None else None
    except TypeError:
        return None


def _constant(program: Program, expr: t.Expr, env: Env) -> Const | None:
    """The one constant that a literal or a name is; START and END are the names that they mean."""
    names = [part.id for part in t.walk(expr) if isinstance(part, t.Name)]
    if any(_is_open(name, env) for name in names):
        return None
    if isinstance(expr, (t.BinOp, t.Call)):
        made = number(program, expr, env)
        return Const(made, "int") if made is not None else None
    if not isinstance(expr, (t.Constant, t.Name)):
        return None
    values = inference.infer(program, expr, env)
    value = values[0] if len(values) == 1 else None
    name = name_of(value) if value is not None else None
    return Const(name, "str") if name is not None else value if isinstance(value, Const) else None


def _is_open(name: str, env: Env) -> bool:
    """Whether a name may be a parameter whose call is not known."""
    if any(name == known for known, _ in env.names):
        return False
    scope: Scope | None = env.scope if env.frame is None else env.scope.parent
    while scope is not None:
        if isinstance(scope, Function) and any(param.name == name for param in scope.params):
            return True
        scope = scope.parent
    return False
