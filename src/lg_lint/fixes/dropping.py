"""Code that is taken away."""

from __future__ import annotations

import libcst as cst

from lg_lint.base.finding import Place
from lg_lint.base.fix import Edit, Fix
from lg_lint.fixes.parsed import Parsed, Refusal

_DECORATORS: tuple[type[cst.BaseExpression], ...] = (cst.Call, cst.Name, cst.Attribute)


def drop_old_items(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:  # noqa: ARG001
    """Turns `{key: state[key] + [new]}` into `{key: [new]}`: the reducer adds the old ones."""
    key = parsed.find(cst.SimpleString, place)
    entry = parsed.parent(key)
    if not isinstance(entry, cst.DictElement) or entry.key is not key:
        raise Refusal("it is no key of a dict")
    total = entry.value
    if (
        not isinstance(total, cst.BinaryOperation)
        or not isinstance(total.operator, cst.Add)
        or not isinstance(total.left, cst.Subscript)
        or not isinstance(total.right, cst.List)
        or total.right.lpar
    ):
        raise Refusal("it is not the old items plus a list of new ones")
    start, end = parsed.start(total), parsed.start(total.right)
    if "#" in parsed.between(start, end):
        raise Refusal("a comment stands in the way")
    return [Edit(*start, *end, "")]


def drop_decorator(parsed: Parsed, place: Place, remedy: Fix) -> list[Edit]:  # noqa: ARG001
    """Takes a decorator away with its row."""
    expression = parsed.find(_DECORATORS, place)
    decorator = parsed.parent(expression)
    if not isinstance(decorator, cst.Decorator):
        raise Refusal("it is no decorator")
    return [Edit(parsed.start(decorator)[0], 1, parsed.end(expression)[0] + 1, 1, "")]
