"""Keys that a node sets on the state object itself, in its body or in helpers that it hands it to.

Unlike the interpreter of `model.updates`, which joins what several ways write, this lists every
place, for nodes that give the state back.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.program import inference
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import Env, FunctionRef, strings

_MAX_DEPTH = 8


class StateWrite(Struct, frozen=True):
    """`state["key"] = value` and its kin."""

    key: str
    site: Site


def of_node(program: Program, ref: FunctionRef, name: str) -> list[StateWrite]:
    """The keys set on the state that a node's parameter `name` is; none where it keeps it."""
    if not _gives_back(program, ref, name, 0):
        return []
    found: dict[object, StateWrite] = {}
    seen = {(ref.function, name)}
    queue = [(ref, name)]
    while queue:
        current, param = queue.pop()
        env = _env(program, current)
        for write in _writes(program, current.function, param, env):
            found.setdefault((write.key, write.site.path, write.site.span), write)
        for callee, inner in _handed_to(program, current.function, param, env):
            if (callee.function, inner) not in seen and len(seen) < 200:
                seen.add((callee.function, inner))
                queue.append((callee, inner))
    return list(found.values())


def _env(program: Program, ref: FunctionRef) -> Env:
    frame = program.frame(ref.function, bound=ref.bound, closure=ref.closure)
    return program.env(ref.function, frame)


def _is(expr: t.Expr | None, name: str) -> bool:
    if isinstance(expr, t.Await):
        expr = expr.value
    return isinstance(expr, t.Name) and expr.id == name


def _gives_back(program: Program, ref: FunctionRef, name: str, depth: int) -> bool:
    """Whether a function returns the object that a parameter is, or a copy of all of it."""
    if depth > _MAX_DEPTH:
        return False
    env = _env(program, ref)
    for expr in ref.function.result_exprs():
        if _is(expr, name):
            return True
        pairs = expr.items if isinstance(expr, t.Dict) else ()
        if any(key is None and _is(value, name) for key, value in pairs):
            return True
        call = expr.value if isinstance(expr, t.Await) else expr
        if isinstance(call, t.Call):
            for callee, inner in _receivers(program, call, name, env):
                if _gives_back(program, callee, inner, depth + 1):
                    return True
    return False


def _writes(program: Program, function: Function, name: str, env: Env) -> Iterator[StateWrite]:
    for write in function.item_writes:
        if _is(write.container, name):
            for key in strings(inference.infer(program, write.key, env))[:1]:
                yield StateWrite(key, Site(write.key, env))
    for attribute in function.module.attribute_writes:
        if attribute.scope is function and _is(attribute.target.value, name):
            yield StateWrite(attribute.target.attr, Site(attribute.target, env))
    for site in function.calls:
        func = site.node.func
        if not (isinstance(func, t.Attribute) and _is(func.value, name) and site.node.args):
            continue
        first = site.node.args[0].value
        row = container_methods().named(func.attr)
        if row.adds and row.keyed and isinstance(first, t.Constant):
            yield StateWrite(str(first.value), Site(first, env))
        elif row.adds == "all" and isinstance(first, t.Dict):
            for given, _ in first.items:
                if isinstance(given, t.Constant) and isinstance(given.value, str):
                    yield StateWrite(given.value, Site(given, env))


def _handed_to(
    program: Program, function: Function, name: str, env: Env
) -> Iterator[tuple[FunctionRef, str]]:
    for site in function.calls:
        yield from _receivers(program, site.node, name, env)


def _receivers(
    program: Program, call: t.Call, name: str, env: Env
) -> Iterator[tuple[FunctionRef, str]]:
    """The functions that a call gives the object to, with the parameter that it becomes."""
    given = [(index, arg) for index, arg in enumerate(call.args) if _is(arg.value, name)]
    if not given or any(arg.star for arg in call.args):
        return
    for callee in inference.infer(program, call.func, env):
        if not isinstance(callee, FunctionRef):
            continue
        params = [param.name for param in callee.function.params if param.kind == "positional"]
        if callee.bound is not None and callee.function.self_name:
            params = params[1:]
        for index, arg in given:
            if arg.keyword is not None:
                yield callee, arg.keyword
            elif index < len(params):
                yield callee, params[index]
