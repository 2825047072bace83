"""The headers that a response leaves with, as far as the source shows them."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods, table
from lg_lint.program import inference
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    NONE,
    Const,
    Container,
    Env,
    External,
    ExternalObject,
    Value,
    strings,
)

if TYPE_CHECKING:
    from typing import TypeGuard

_GIVEN = ("headers", "defaults", "raw", "data")
"""The keywords under which classes of headers get their first ones."""


@functools.cache
def header_types() -> frozenset[str]:
    """The last names of classes whose objects hold headers."""
    return frozenset(name.rpartition(".")[2] for name in table("web")["headers"]["types"])


@functools.cache
def header_methods() -> dict[str, str]:
    """The methods that put headers into a mapping: a "pair" of name and value, or "many"."""
    rows = container_methods().rows.items()
    kinds = {name: "many" if row.adds == "all" else "pair" for name, row in rows if row.adds}
    kinds.update(table("web")["headers"]["methods"])
    return kinds


class Headers(Struct):
    """Lower-case names with their values, None where a value is not literal.

    `known` is False where further headers may come from something that cannot be seen, `replaced`
    is True where they take the place of those that the constructor got.
    """

    values: dict[str, str | None] = field(default_factory=dict)
    known: bool = True
    replaced: bool = False

    def add(self, other: Headers) -> None:
        """Takes in headers that are written later: they win over earlier ones of the same name."""
        self.values.update(other.values)
        self.replaced = self.replaced or other.replaced
        self.known = self.known and other.known


_Open = frozenset[int]
"""What is being read, by identity: it may lead back to itself, as in `x.update(x)`."""


def read(program: Program, expr: t.Expr, env: Env, within: _Open = frozenset()) -> Headers:
    """The headers that an expression gives; of alternatives, those that all of them give."""
    if isinstance(expr, t.Call) and len(expr.args) > 1 and _is_dict(program, expr, env):
        return display(program, expr, env, within)
    if isinstance(expr, t.BinOp) and expr.op == "|":
        found = read(program, expr.left, env, within)
        found.add(read(program, expr.right, env, within))
        return found
    alternatives = [
        _value(program, value, within)
        for value in inference.infer(program, expr, env)
        if value != NONE and not (isinstance(value, Container) and id(value.node) in within)
    ]
    found = _common(alternatives)
    for write in _entries_written(program, expr, env, within):
        found.add(write)
    return found


def _is_dict(program: Program, call: t.Call, env: Env) -> bool:
    found = inference.infer(program, call.func, env) if terminal_name(call.func) == "dict" else ()
    return any(isinstance(value, External) and value.name == "builtins.dict" for value in found)


def _common(alternatives: list[Headers]) -> Headers:
    if not alternatives:
        return Headers()
    first, *others = alternatives
    names = [name for name in first.values if all(name in other.values for other in others)]
    return Headers(
        {
            name: first.values[name]
            if all(other.values[name] == first.values[name] for other in others)
            else None
            for name in names
        },
        all(alternative.known for alternative in alternatives),
    )


def _value(program: Program, value: Value, within: _Open) -> Headers:
    if isinstance(value, Container):
        return display(program, value.node, value.env, within | {id(value.node)})
    if _is_headers(value) and isinstance(value.site, t.Call) and value.env is not None:
        found = Headers()
        for position, keyword in enumerate(_GIVEN):
            given = value.site.argument(keyword, None if position else 0)
            if given is not None and id(value.site) not in within:
                found.add(read(program, given, value.env, within | {id(value.site)}))
        return found
    return Headers(known=False)


def _is_headers(value: Value) -> TypeGuard[ExternalObject]:
    return isinstance(value, ExternalObject) and value.type.rpartition(".")[2] in header_types()


def display(program: Program, node: t.Node, env: Env, within: _Open = frozenset()) -> Headers:
    """What a display gives, or a call that gets headers: `dict(...)`, `update(...)`."""
    found = Headers()
    if isinstance(node, t.Dict):
        for key, item in node.items:
            if key is None:
                found.add(read(program, item, env, within))
            else:
                found.add(pair(program, key, item, env))
    elif isinstance(node, t.Call):
        for arg in node.args:
            if arg.keyword is not None:
                found.values[arg.keyword.lower()] = _literal(program, arg.value, env)
            else:
                found.add(read(program, arg.value, env, within))
    elif isinstance(node, t.Sequence):
        for item in node.items:
            if isinstance(item, t.Starred):
                found.add(read(program, item.value, env, within))
            else:
                found.add(one_of(program, item, None, env))
    elif isinstance(node, t.BinOp):
        found.add(read(program, node.left, env, within))
        found.add(read(program, node.right, env, within))
    else:
        found.known = False
    return found


def one_of(program: Program, item: t.Expr, name: t.Expr | None, env: Env) -> Headers:
    """A header as one thing: `(name, value)`, `Header(name=, value=)`, `[value]` of a name."""
    if isinstance(item, t.Sequence) and name is not None and len(item.items) == 1:
        return pair(program, name, item.items[0], env)
    if isinstance(item, t.Sequence) and len(item.items) == 2:
        return pair(program, item.items[0], item.items[1], env)
    if isinstance(item, t.Call):
        key, text = item.argument("name", 0), item.argument("value", 1)
        if key is not None and text is not None:
            return pair(program, key, text, env)
    for value in inference.infer(program, item, env):
        if isinstance(value, Container) and isinstance(value.node, t.Sequence):
            inner = value.node.items
            if len(inner) == 2:
                return pair(program, inner[0], inner[1], value.env)
    return Headers(known=False)


def pair(program: Program, key: t.Expr, value: t.Expr, env: Env) -> Headers:
    """One header, by the expressions of its name and its value."""
    names = texts(program, key, env)
    if len(names) != len(inference.infer(program, key, env)) or not names:
        return Headers(known=False)
    text = _literal(program, value, env) if len(names) == 1 else None
    return Headers({name.lower(): text for name in names})


def _literal(program: Program, expr: t.Expr, env: Env) -> str | None:
    found = texts(program, expr, env)
    return found[0] if len(found) == 1 else None


def texts(program: Program, expr: t.Expr, env: Env) -> list[str]:
    """The texts that an expression may be, bytes as well."""
    func = expr.func if isinstance(expr, t.Call) and not expr.args else None
    if isinstance(func, t.Attribute) and func.attr in ("encode", "lower"):
        return texts(program, func.value, env)
    values = inference.infer(program, expr, env)
    raw = [
        value.value.decode("latin-1")
        for value in values
        if isinstance(value, Const) and isinstance(value.value, bytes)
    ]
    return [*strings(values), *raw]


# --- what is written later -----------------------------------------------------------------


def _entries_written(program: Program, expr: t.Expr, env: Env, within: _Open) -> Iterator[Headers]:
    """`headers["X-Accel-Buffering"] = "no"`, `headers.add(...)` on the same object."""
    if not isinstance(expr, t.Name):
        return
    made = {_made(value) for value in inference.infer(program, expr, env)} - {None}
    if not made:
        return
    for item, scope in program.item_writes(expr.id):
        where = program.env(scope)
        if not scope.module.is_test and _is_one_of(program, item.container, where, made):
            yield pair(program, item.key, item.value, where)
    for method, kind in header_methods().items():
        for site, scope in program.calls_named(method):
            call, where = site.node, program.env(scope)
            holder = call.func.value if isinstance(call.func, t.Attribute) else None
            if not isinstance(holder, t.Name) or holder.id != expr.id or id(call) in within:
                continue
            if not scope.module.is_test and _is_one_of(program, holder, where, made):
                yield given_to(program, call, kind, where, within | {id(call)})


def given_to(
    program: Program, call: t.Call, kind: str, env: Env, within: _Open = frozenset()
) -> Headers:
    """The headers that a method gets: a "pair" of name and value, or "many" at once."""
    if kind == "many":
        return display(program, call, env, within)
    args = [arg.value for arg in call.args if not arg.star]
    if not args:
        return Headers(known=False)
    if len(args) >= 2 and not isinstance(args[-1], t.Sequence):
        return pair(program, args[0], args[1], env)
    return one_of(program, args[-1], args[0] if len(args) > 1 else None, env)


def _is_one_of(program: Program, expr: t.Expr, env: Env, made: set[int | None]) -> bool:
    return any(_made(value) in made for value in inference.infer(program, expr, env))


def _made(value: Value) -> int | None:
    """The identity of the display or the call that makes a mapping of headers."""
    if isinstance(value, Container):
        return id(value.node)
    return id(value.site) if _is_headers(value) and value.site is not None else None
