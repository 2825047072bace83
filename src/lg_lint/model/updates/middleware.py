"""The middleware of a prebuilt agent, also where its list is put together step by step."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph
from lg_lint.program import containers, inference
from lg_lint.program.program import Program
from lg_lint.program.values import (
    Const,
    Container,
    ExternalObject,
    FunctionRef,
    Instance,
    Value,
    Values,
)

_MAX_DEPTH = 6


def of_agent(program: Program, graph: Graph) -> tuple[list[Value], bool]:
    """The values in the agent's middleware list, and whether that is all of them."""
    if not isinstance(graph.site.node, t.Call):
        return [], True
    expr = graph.site.node.argument("middleware")
    if expr is None:
        return [], not any(arg.star == "**" for arg in graph.site.node.args)
    items = list(_items(program, inference.infer(program, expr, graph.site.env), 0))
    known = [
        value for value in items if isinstance(value, (ExternalObject, Instance, FunctionRef))
    ]
    unknown = [value for value in items if value not in known and not isinstance(value, Const)]
    return known, bool(items or _is_empty(expr)) and not unknown


def _is_empty(expr: t.Expr) -> bool:
    return isinstance(expr, t.Sequence) and not expr.items


def _items(program: Program, values: Values, depth: int) -> Iterator[Value]:
    for value in values:
        if isinstance(value, Container) and depth < _MAX_DEPTH:
            for part in containers.items(program, value):
                yield from part
            for expr, spreads in _added(value):
                made = inference.infer(program, expr, value.env)
                if spreads:
                    yield from _items(program, made, depth + 1)
                else:
                    yield from made
        elif depth or not isinstance(value, Const):
            yield value


def _added(value: Container) -> Iterator[tuple[t.Expr, bool]]:
    """What `append`, `insert` and `extend` put into a list that a name holds, in its own frame."""
    scope = value.env.scope
    names = {
        name
        for name, bindings in scope.bindings.items()
        if any(binding.value is value.node for binding in bindings)
    }
    for site in scope.calls:
        func = site.node.func
        if not (isinstance(func, t.Attribute) and isinstance(func.value, t.Name)):
            continue
        if func.value.id not in names or not site.node.args:
            continue
        if func.attr in ("append", "extend"):
            yield site.node.args[0].value, func.attr == "extend"
        elif func.attr == "insert" and len(site.node.args) > 1:
            yield site.node.args[1].value, False


