"""Runnables of LangChain as chains: pipes, parallel steps, wrappers around another one."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.chains import Chain
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import (
    Container,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Value,
    Values,
)

_MAX_DEPTH = 12


def is_chain(value: Value) -> bool:
    """Whether a value is a runnable that is made of others."""
    return isinstance(value, ExternalObject) and bool(_kind(value))


def _kind(value: ExternalObject) -> str:
    """What a runnable does with its parts; "" for one that has none."""
    rows = table("graphs")["runnables"]
    if isinstance(value.site, t.Call) and isinstance(value.site.func, t.Attribute):
        by_method: str = rows["methods"].get(value.site.func.attr, "")
        if by_method and (value.base is not None or by_method == "assign"):
            return by_method
    last = value.type.rpartition(".")[2]
    by_type: str = rows["types"].get(last, "")
    return by_type if value.type.startswith(tuple(rows["packages"])) else ""


def of_values(program: Program, values: Values, depth: int = 0) -> Chain | None:
    """The chain that values are; None for no values."""
    found = [of_value(program, value, depth) for value in values]
    if len(found) < 2:
        return found[0] if found else None
    return Chain("any", found[0].site, parts=tuple(("", each) for each in found))


def of_value(program: Program, value: Value, depth: int = 0) -> Chain:
    """The chain that a value is."""
    if isinstance(value, FunctionRef):
        return Chain("function", _site_of(program, value), value)
    if isinstance(value, Instance):
        for name in ("invoke", "__call__"):
            method = inference.find_method(program, value.cls, name)
            if method is not None:
                return of_value(program, FunctionRef(method, bound=value), depth)
    if isinstance(value, Partial):
        return of_value(program, value.func, depth)
    if isinstance(value, Container) and value.kind == "dict" and depth < _MAX_DEPTH:
        return _of_dict(program, value, depth + 1)
    if isinstance(value, ExternalObject) and depth < _MAX_DEPTH:
        return _of_object(program, value, depth + 1)
    return Chain("unknown", value=value)


def _site_of(program: Program, ref: FunctionRef) -> Site:
    return Site(ref.function.node, program.env(ref.function))


def _of_dict(program: Program, value: Container, depth: int) -> Chain:
    site = Site(value.node, value.env)
    parts = []
    for keys, items in inference.entries_of(program, value):
        key = getattr(keys[0], "value", None) if len(keys) == 1 else None
        part = of_values(program, items, depth)
        if not isinstance(key, str) or part is None:
            return Chain("unknown", site)
        parts.append((key, part))
    return Chain("parallel", site, parts=tuple(parts), keys=(site,) * len(parts))


def _of_object(program: Program, value: ExternalObject, depth: int) -> Chain:
    kind = _kind(value)
    if value.env is None or value.site is None:
        return Chain("unknown", value=value)
    site = Site(value.site, value.env)
    base = of_value(program, value.base, depth) if value.base is not None else None
    if kind == "base" and base is not None:
        return base
    if kind == "same":
        return Chain("same", site)
    if kind == "sequence":
        return _sequence(program, value, site, base, depth)
    if kind in ("parallel", "assign"):
        return _keyed(program, kind, value, site, base, depth)
    if kind == "any":
        return _either(program, value, site, base, depth)
    if isinstance(value.base, (FunctionRef, Partial, Instance)) and base is not None:
        return base
    return Chain("unknown", site, value=value)


def _sequence(
    program: Program, value: ExternalObject, site: Site, base: Chain | None, depth: int
) -> Chain:
    assert value.env is not None
    steps: list[t.Expr] = []
    if isinstance(value.site, t.BinOp):
        steps = [value.site.left, value.site.right]
    elif isinstance(value.site, t.Call):
        steps = [arg.value for arg in value.site.args if arg.keyword is None]
    parts = [("", base)] if base is not None else []
    for step in steps:
        part = of_values(program, inference.infer(program, step, value.env), depth)
        parts.append(("", part or Chain("unknown", site)))
    return Chain("sequence", site, parts=tuple(parts))


def _keyed(
    program: Program,
    kind: str,
    value: ExternalObject,
    site: Site,
    base: Chain | None,
    depth: int,
) -> Chain:
    assert value.env is not None
    assert isinstance(value.site, t.Call)
    parts, keys = [], []
    for arg in value.site.args:
        values = inference.infer(program, arg.value, value.env)
        part = of_values(program, values, depth)
        if arg.keyword is not None and part is not None:
            parts.append((arg.keyword, part))
            keys.append(Site(arg.value, value.env))
        elif part is not None and part.kind == "parallel":
            parts += part.parts
            keys += part.keys
        else:
            return Chain("unknown", site)
    made = Chain(kind, site, parts=tuple(parts), keys=tuple(keys))
    if base is None:
        return made
    return Chain("sequence", site, parts=(("", base), ("", made)))


def _either(
    program: Program, value: ExternalObject, site: Site, base: Chain | None, depth: int
) -> Chain:
    """One of a runnable's fallbacks, or of a branch's ways."""
    assert value.env is not None
    parts = [("", base)] if base is not None else []
    args = value.site.args if isinstance(value.site, t.Call) else ()
    for expr in _ways([arg.value for arg in args]):
        part = of_values(program, inference.infer(program, expr, value.env), depth)
        parts.append(("", part or Chain("unknown", site)))
    return Chain("any", site, parts=tuple(parts))


def _ways(exprs: list[t.Expr]) -> Iterator[t.Expr]:
    for expr in exprs:
        if isinstance(expr, t.Sequence) and expr.kind == "list":
            yield from expr.items
        elif isinstance(expr, t.Sequence) and len(expr.items) == 2:
            yield expr.items[1]
        else:
            yield expr
