"""What comes of two known numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable

from lg_lint.program.values import ANYTHING, Const, Values, constant

_LARGE = 1e15
"""Numbers of any use are smaller; sums of longer ones are not worth the time they take."""

_SIGNS: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}


def arithmetic(sign: str, left: Values, right: Values) -> Values:
    """What two values give, where each is one number."""
    first, second = _number(left), _number(right)
    if sign not in _SIGNS or first is None or second is None or (sign == "/" and second == 0):
        return ANYTHING
    return (constant(_SIGNS[sign](first, second)),)


def _number(values: Values) -> float | None:
    value = values[0].value if len(values) == 1 and isinstance(values[0], Const) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if abs(value) < _LARGE else None
