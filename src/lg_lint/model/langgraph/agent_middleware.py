"""The middleware of a prebuilt agent, also where its list is put together step by step."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.model.graph import Graph
from lg_lint.program import inference
from lg_lint.program.scopes import Function, Unpack
from lg_lint.program.store import Program
from lg_lint.program.values import (
    UNKNOWN,
    Const,
    Env,
    External,
    ExternalObject,
    FunctionRef,
    Instance,
    Value,
)

_MAX_DEPTH = 12
_COPIES = {"builtins.list", "builtins.tuple", "copy.copy"}


def of_agent(program: Program, graph: Graph) -> tuple[list[Value], bool]:
    """The values in the agent's middleware list, and whether that is all of them."""
    if not isinstance(graph.site.node, t.Call):
        return [], True
    expr = graph.site.node.argument("middleware")
    if expr is None:
        return [], not any(arg.star == "**" for arg in graph.site.node.args)
    items = list(dict.fromkeys(_items(program, expr, graph.site.env, 0)))
    known: list[Value] = [
        value for value in items if isinstance(value, (ExternalObject, Instance, FunctionRef))
    ]
    return known, all(value in known or isinstance(value, Const) for value in items)


def _items(program: Program, expr: t.Expr, env: Env, depth: int) -> Iterator[Value]:
    """The items of the list that an expression makes."""
    if depth > _MAX_DEPTH:
        yield UNKNOWN
    elif isinstance(expr, t.Sequence):
        for item in expr.items:
            if isinstance(item, t.Starred):
                yield from _items(program, item.value, env, depth + 1)
            else:
                yield from inference.infer(program, item, env)
    elif isinstance(expr, (t.BinOp, t.BoolOp)):
        for side in (expr.left, expr.right):
            yield from _items(program, side, env, depth + 1)
    elif isinstance(expr, t.IfExp):
        for side in (expr.body, expr.orelse):
            yield from _items(program, side, env, depth + 1)
    elif isinstance(expr, t.Comprehension):
        yield from _items(program, expr.generators[0].iterable, env, depth + 1)
    elif isinstance(expr, t.Name):
        yield from _named(program, expr, env, depth)
    elif isinstance(expr, t.Call):
        yield from _called(program, expr, env, depth)
    elif not (isinstance(expr, t.Constant) and expr.value is None):
        yield UNKNOWN


def _named(program: Program, expr: t.Name, env: Env, depth: int) -> Iterator[Value]:
    """A list that a name holds: what it is bound to, and what is put into it in this frame."""
    scope = env.scope
    if expr.id not in scope.bindings:
        outer = scope.parent
        if outer is None:
            yield UNKNOWN
        else:
            closure = env.frame.closure if env.frame is not None else None
            yield from _named(program, expr, program.env(outer, closure), depth + 1)
        return
    for binding in scope.bindings[expr.id]:
        if isinstance(binding.node, t.Param):
            yield from _given(program, binding.node, env, depth)
        elif binding.value is None:
            yield UNKNOWN
        elif binding.unpack and isinstance(binding.value, t.Call):
            yield from _called(program, binding.value, env, depth, binding.unpack)
        else:
            yield from _items(program, binding.value, env, depth + 1)
    for site in scope.calls:
        func = site.node.func
        if not (isinstance(func, t.Attribute) and isinstance(func.value, t.Name)):
            continue
        if func.value.id != expr.id:
            continue
        whole = container_methods().named(func.attr).adds == "all"
        for added in container_methods().added(site.node):
            if whole:
                yield from _items(program, added, env, depth + 1)
            elif not _is_copied_item(scope, added):
                yield from inference.infer(program, added, env)


def _is_copied_item(scope: object, added: t.Expr) -> bool:
    """`for item in given: result.append(item)`, or a copy of the item."""
    assert isinstance(scope, Function)
    return isinstance(added, t.Name) and any(
        binding.kind == "element" for binding in scope.bindings.get(added.id, ())
    )


def _given(program: Program, param: t.Param, env: Env, depth: int) -> Iterator[Value]:
    frame, scope = env.frame, env.scope
    if frame is None or frame.call is None or frame.caller is None:
        yield UNKNOWN
        return
    assert isinstance(scope, Function)
    positions = [item.name for item in scope.params if item.kind == "positional"]
    skip = 1 if frame.bound is not None and scope.self_name else 0
    position = positions.index(param.name) - skip if param.name in positions else None
    expr = frame.call.argument(param.name, position)
    if expr is not None:
        yield from _items(program, expr, frame.caller, depth + 1)
    elif param.default is not None:
        yield from _items(program, param.default, env, depth + 1)


def _called(
    program: Program, call: t.Call, env: Env, depth: int, unpack: Unpack = ()
) -> Iterator[Value]:
    for callee in inference.infer(program, call.func, env):
        if isinstance(callee, External) and callee.name in _COPIES and not unpack:
            if call.args:
                yield from _items(program, call.args[0].value, env, depth + 1)
        elif isinstance(callee, FunctionRef) and depth < _MAX_DEPTH:
            function = callee.function
            frame = program.frame(
                function, call=call, caller=env, bound=callee.bound, closure=callee.closure
            )
            inner = program.env(function, frame)
            for result in function.result_exprs():
                yield from _items(program, _part(result, unpack), inner, depth + 1)
                yield from _copied(program, function, result, inner, depth)
        else:
            yield UNKNOWN


def _part(expr: t.Expr, unpack: Unpack) -> t.Expr:
    """The part of a returned tuple that a tuple target takes."""
    for index in unpack:
        if isinstance(expr, t.Sequence) and isinstance(index, int) and index < len(expr.items):
            expr = expr.items[index]
    return expr


def _copied(
    program: Program, function: Function, result: t.Expr, env: Env, depth: int
) -> Iterator[Value]:
    """A list that a loop fills from another one."""
    if not isinstance(result, t.Name):
        return
    for iteration in function.iterations:
        body = getattr(iteration.node, "body", ())
        fills = any(
            isinstance(node, t.Attribute)
            and container_methods().named(node.attr).adds
            and isinstance(node.value, t.Name)
            and node.value.id == result.id
            for statement in (body if isinstance(body, tuple) else ())
            for node in t.walk(statement)
        )
        if fills:
            yield from _items(program, iteration.iterable, env, depth + 1)
