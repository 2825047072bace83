"""Three-valued logic of tests: true, false, or None where that is not known."""

from __future__ import annotations

from collections.abc import Callable

from lg_lint.facts import tree as t


def truth(test: t.Expr, known: Callable[[t.Expr], bool | None]) -> bool | None:
    """How a test ends, by what is known of the parts that `not`, `and` and `or` put together."""
    if isinstance(test, t.UnaryOp) and test.op == "not":
        operand = truth(test.operand, known)
        return None if operand is None else not operand
    if isinstance(test, t.BoolOp):
        sides = (truth(test.left, known), truth(test.right, known))
        deciding = test.op == "or"
        if deciding in sides:
            return deciding
        return None if None in sides else not deciding
    return known(test)
