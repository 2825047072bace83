"""Node names: what an edge's end, a path map, a router's result or a goto may be."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods, named
from lg_lint.model.graph import name_of
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.loop_rows import comprehension, picked
from lg_lint.program import inference
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    Const,
    Container,
    Env,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Value,
    Values,
)

SEND = named("send")
_SEQUENCES = ("list", "tuple", "set", "sum")


def names(program: Program, expr: t.Expr, env: Env) -> list[str] | None:
    """The node names that an expression may be, one or in a list; None where any is unknown."""
    found: list[str] = []
    for value in picked(program, expr, env) or inference.infer(program, expr, env):
        if isinstance(value, Container) and value.kind in _SEQUENCES:
            parts = [item for values in inference.items_of(program, value) for item in values]
        else:
            parts = [value]
        for part in parts:
            name = name_of(part)
            if name is None:
                return None
            found.append(name)
    empty = isinstance(expr, t.Sequence) and not expr.items
    return list(dict.fromkeys(found)) if found or empty else None


def pattern(program: Program, expr: t.Expr, env: Env) -> str:
    """A stand-in for a name that is not known: "worker_{name}", "{node}"."""
    if isinstance(expr, t.JoinedString):
        parts = []
        for part in expr.parts:
            values = inference.infer(program, part, env)
            known = values[0] if len(values) == 1 else None
            text = str(known.value) if isinstance(known, Const) else ""
            parts.append(text or f"{{{terminal_name(part) or '?'}}}")
        return "".join(parts)
    return f"{{{terminal_name(expr) or '?'}}}"


def is_list(program: Program, expr: t.Expr, env: Env) -> bool:
    """Whether an expression is a list of names, for which an edge waits."""
    return any(
        isinstance(value, Container) and value.kind in _SEQUENCES
        for value in inference.infer(program, expr, env)
    )


def path_map(program: Program, expr: t.Expr, env: Env) -> dict[object, str] | None:
    """A conditional edge's map, from what its router returns to node names; None if unknown."""
    found: dict[object, str] = {}
    values = inference.infer(program, expr, env)
    for value in values:
        if not isinstance(value, Container) or len(values) > 1:
            return None
        for keys, targets in _pairs(program, value):
            given = [_key(key) for key in keys]
            named = [name_of(target) for target in targets]
            if len(given) != 1 or len(named) != 1 or given[0] is None or named[0] is None:
                return None
            found[given[0][0]] = named[0]
    return found if found and _extend(program, expr, env, found) else None


def _extend(program: Program, expr: t.Expr, env: Env, found: dict[object, str]) -> bool:
    """Adds what is put into a map that a name holds; False where that is not all known."""
    if not isinstance(expr, t.Name):
        return True
    for write in env.scope.item_writes:
        if isinstance(write.container, t.Name) and write.container.id == expr.id:
            keys = inference.infer(program, write.key, env)
            values = names(program, write.value, env) or []
            key = _key(keys[0]) if len(keys) == 1 else None
            if key is None or len(values) != 1:
                return False
            found[key[0]] = values[0]
    return not any(
        isinstance(func := site.node.func, t.Attribute)
        and container_methods().named(func.attr).changes
        and terminal_name(func.value) == expr.id
        for site in env.scope.calls
    )


def _pairs(
    program: Program, value: Container, seen: set[Container] | None = None
) -> list[tuple[Values, Values]]:
    """The pairs of a dict; those of one that it is joined of twice are given once."""
    seen = set() if seen is None else seen
    if value in seen:
        return []
    seen.add(value)
    if isinstance(value.node, t.BinOp) and value.kind == "dict":
        sides = (value.node.left, value.node.right)
        return [pair for side in sides for pair in _side(program, side, value.env, seen)]
    if isinstance(value.node, t.Comprehension):
        return comprehension(program, value.node, value.env)
    if value.kind == "dict":
        return list(inference.entries_of(program, value))
    return [(item, item) for item in inference.items_of(program, value)]


def _side(
    program: Program, expr: t.Expr, env: Env, seen: set[Container]
) -> list[tuple[Values, Values]]:
    """The pairs of one operand of `first | second`; one unknown pair where it is no dict."""
    values = inference.infer(program, expr, env)
    known = [value for value in values if isinstance(value, Container)]
    return _pairs(program, known[0], seen) if len(known) == len(values) == 1 else [((), ())]


def _key(value: Value) -> tuple[object] | None:
    if isinstance(value, Const):
        return (value.value,)
    name = name_of(value)
    return (name,) if name is not None else None


# --- the name that an action has of itself -------------------------------------------------


def own_names(program: Program, values: Values) -> list[str]:
    """The names that `add_node(action)` derives from actions."""
    found = [_own_name(program, value) for value in values]
    return [] if None in found else list(dict.fromkeys(name for name in found if name))


def _own_name(program: Program, value: Value) -> str | None:
    if isinstance(value, FunctionRef):
        return value.function.name
    if isinstance(value, Instance):
        return value.cls.name
    if isinstance(value, Partial):
        return "partial"
    if isinstance(value, ExternalObject):
        return _own_name_of_object(program, value)
    return None


def _own_name_of_object(program: Program, value: ExternalObject) -> str | None:
    site = value.site
    if isinstance(site, t.Call) and value.env is not None:
        given = site.argument("name", None)
        if given is not None:
            found = names(program, given, value.env)
            return found[0] if found and len(found) == 1 else None
    if is_graph(program, value):
        return "LangGraph"
    kind = value.type.rpartition(".")[2]
    if kind == "ToolNode":
        return "tools"
    if isinstance(value.base, FunctionRef) and kind in ("RunnableLambda", "Tool", "Task"):
        return value.base.function.name
    return kind if kind.startswith("Runnable") and kind != "RunnableLambda" else None
