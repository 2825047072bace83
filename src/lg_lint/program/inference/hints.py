"""What an annotation says about a value."""

from __future__ import annotations

import re

from lg_lint.facts import tree as t
from lg_lint.program.inference import attributes, core
from lg_lint.program.scopes import END
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ClassRef,
    Container,
    Env,
    External,
    ExternalObject,
    Instance,
    Value,
    Values,
)

_FIRST = {"Optional", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly"}
_OPAQUE = {"typing.Any", "builtins.object"}
_DOTTED = re.compile(r"[A-Za-z_][\w.]*")


def annotated_values(program: Program, node: t.Expr, env: Env) -> Values:
    """The values that an annotation admits; empty where it says nothing."""
    if isinstance(node, t.Constant):
        return _from_text(program, node, env) if isinstance(node.value, str) else ()
    if isinstance(node, t.BinOp) and node.op == "|":
        return core.union(
            (annotated_values(program, node.left, env), annotated_values(program, node.right, env))
        )
    if isinstance(node, t.Subscript):
        return _subscripted(program, node, env)
    if not isinstance(node, (t.Name, t.Attribute)):
        return ()
    return core.unique(
        made for value in core.infer(program, node, env) for made in instance_of(program, value)
    )


def instance_of(program: Program, value: Value) -> Values:
    """What a value of this class is; nothing where the class says nothing of it."""
    if isinstance(value, ClassRef):
        return (Instance(value.cls),)
    if isinstance(value, Container) and value.kind == "annotated":
        assert isinstance(value.node, t.Subscript)
        return annotated_values(program, value.node, value.env)
    name = program.types.canonical(value.name) if isinstance(value, External) else ""
    return (ExternalObject(name),) if name and name not in _OPAQUE else ()


def _subscripted(program: Program, node: t.Subscript, env: Env) -> Values:
    name = terminal_name(node.value)
    items = node.index.items if isinstance(node.index, t.Sequence) else (node.index,)
    if name in _FIRST:
        return annotated_values(program, items[0], env) if items else ()
    if name == "Union":
        return core.union(annotated_values(program, item, env) for item in items)
    return tuple(
        ExternalObject(value.type, node, env)
        if isinstance(value, ExternalObject) and program.types.is_generic(value.type)
        else value
        for value in annotated_values(program, node.value, env)
    )


def type_argument(program: Program, value: ExternalObject, number: int) -> Values:
    """What an object of a generic class has that is of its type argument's class."""
    if not isinstance(value.site, t.Subscript) or value.env is None:
        return ()
    index = value.site.index
    items = index.items if isinstance(index, t.Sequence) else (index,)
    return annotated_values(program, items[number], value.env) if number < len(items) else ()


def _from_text(program: Program, node: t.Constant, env: Env) -> Values:
    """A quoted annotation: every dotted name in it that is no generic's head."""
    text = str(node.value)
    found: list[Values] = []
    for match in _DOTTED.finditer(text):
        if text[match.end() : match.end() + 1] == "[" and match.group() in ("Optional", "Union"):
            continue
        head, *rest = match.group().split(".")
        meant = core.lookup(program, head, env, END)
        for part in rest:
            meant = core.union(attributes.attribute_values(program, value, part) for value in meant)
        found.append(core.union(instance_of(program, value) for value in meant))
        if "[" in text and not text.startswith(("Optional", "Union")):
            break
    return core.union(found)
