"""What an annotation admits."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    Container,
    Env,
)

_SHAPES = {
    "list": "list", "List": "list", "Sequence": "list", "tuple": "list", "deque": "list",
    "dict": "dict", "Dict": "dict", "Mapping": "dict", "defaultdict": "dict", "set": "set",
    "Set": "set", "frozenset": "set", "str": "str", "int": "number", "float": "number",
    "bool": "flag",
}  # fmt: skip
_WRAPPERS = {"Annotated", "Optional", "Required", "NotRequired", "ReadOnly", "Final", "ClassVar"}


def shape_of(program: Program, annotation: t.Expr, env: Env) -> str:
    """What an annotation admits: "list", "dict", "str", "set", "number", "flag" or ""."""
    if isinstance(annotation, t.BinOp):
        return shape_of(program, annotation.left, env) or shape_of(program, annotation.right, env)
    if isinstance(annotation, t.Subscript):
        name = terminal_name(annotation.value) or ""
        items = annotation.index
        first = items.items[0] if isinstance(items, t.Sequence) and items.items else items
        if name in _WRAPPERS:
            return shape_of(program, first, env)
        if name == "Union" and isinstance(items, t.Sequence):
            return next((s for item in items.items if (s := shape_of(program, item, env))), "")
        return _SHAPES.get(name, "")
    name = terminal_name(annotation) or ""
    if name in _SHAPES:
        return _SHAPES[name]
    for value in inference.infer(program, annotation, env):
        if isinstance(value, Container) and isinstance(value.node, t.Subscript):
            return shape_of(program, value.node, value.env)
    return ""
