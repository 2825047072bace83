"""The headers that a response leaves with, as far as the source shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.model.web.constructions import Construction
from lg_lint.program import inference
from lg_lint.program.program import Program, terminal_name
from lg_lint.program.scopes import ItemWrite, Scope
from lg_lint.program.values import (
    NONE,
    Const,
    Container,
    Env,
    ExternalObject,
    FunctionRef,
    Value,
    strings,
)

_MUTABLE = {"starlette.datastructures.MutableHeaders", "starlette.datastructures.Headers"}
_ONE = {"setdefault", "append", "add", "set", "__setitem__"}


class Headers(Struct):
    """Lower-case names with their values, None where a value is not literal.

    `known` is False where further headers may come from something that cannot be seen.
    """

    values: dict[str, str | None] = field(default_factory=dict)
    known: bool = True

    def add(self, other: Headers) -> None:
        self.values.update(other.values)
        self.known = self.known and other.known


def headers_of(program: Program, made: Construction) -> Headers:
    """What the constructor gets, what the class adds, and what is set on the response later."""
    found = Headers()
    given = made.argument(made.made.headers)
    if given is not None:
        found.add(read(program, *given))
    elif made.may_hold(program, made.made.headers):
        found.known = False
    found.values.update(made.made.sets)
    for write in _writes(program, made):
        found.add(write)
    return found


_Open = frozenset[int]
"""What is being read, by identity: it may lead back to itself, as in `x.update(x)`."""


def read(program: Program, expr: t.Expr, env: Env, within: _Open = frozenset()) -> Headers:
    """The headers that an expression gives; of alternatives, those that all of them give."""
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
        return _display(program, value.node, value.env, within | {id(value.node)})
    if isinstance(value, ExternalObject) and value.type in _MUTABLE and value.env is not None:
        given = value.site.argument("headers", 0) if isinstance(value.site, t.Call) else None
        return read(program, given, value.env, within) if given is not None else Headers()
    return Headers(known=False)


def _display(program: Program, node: t.Node, env: Env, within: _Open) -> Headers:
    found = Headers()
    if isinstance(node, t.Dict):
        for key, item in node.items:
            if key is None:
                found.add(read(program, item, env, within))
            else:
                found.add(_pair(program, key, item, env))
    elif isinstance(node, t.Call):
        for arg in node.args:
            if arg.keyword is not None:
                found.values[arg.keyword.lower()] = _literal(program, arg.value, env)
            else:
                found.add(read(program, arg.value, env, within))
    elif isinstance(node, t.Sequence):
        for item in node.items:
            if isinstance(item, t.Sequence) and len(item.items) == 2:
                found.add(_pair(program, item.items[0], item.items[1], env))
            else:
                found.known = False
    elif isinstance(node, t.BinOp):
        found.add(read(program, node.left, env, within))
        found.add(read(program, node.right, env, within))
    else:
        found.known = False
    return found


def _pair(program: Program, key: t.Expr, value: t.Expr, env: Env) -> Headers:
    names = _texts(program, key, env)
    if len(names) != 1:
        return Headers(known=False)
    return Headers({names[0].lower(): _literal(program, value, env)})


def _literal(program: Program, expr: t.Expr, env: Env) -> str | None:
    texts = _texts(program, expr, env)
    return texts[0] if len(texts) == 1 else None


def _texts(program: Program, expr: t.Expr, env: Env) -> list[str]:
    values = inference.infer(program, expr, env)
    raw = [
        value.value.decode("latin-1")
        for value in values
        if isinstance(value, Const) and isinstance(value.value, bytes)
    ]
    return [*strings(values), *raw]


# --- what is written later -----------------------------------------------------------------


def _entries_written(program: Program, expr: t.Expr, env: Env, within: _Open) -> Iterator[Headers]:
    """`headers["X-Accel-Buffering"] = "no"` and `headers.update(...)` on the same dict."""
    if not isinstance(expr, t.Name):
        return
    made = {
        id(value.node)
        for value in inference.infer(program, expr, env)
        if isinstance(value, Container)
    }
    for write in _writes_to(program, expr.id):
        values = inference.infer(program, write.container, write.env)
        if any(isinstance(value, Container) and id(value.node) in made for value in values):
            yield write.headers(program, within)


def _writes(program: Program, made: Construction) -> Iterator[Headers]:
    """`response.headers[...] = ...`, in Django `response[...] = ...`, `response.headers.update`."""
    for write in _writes_to(program, "headers"):
        container = write.container
        if isinstance(container, t.Attribute) and _is(program, made, container.value, write.env):
            yield write.headers(program, frozenset())
    scope = made.env.scope
    for item in scope.item_writes:
        where = program.env(scope)
        if isinstance(item.container, t.Name) and _is(program, made, item.container, where):
            yield _pair(program, item.key, item.value, where)


def _is(program: Program, made: Construction, expr: t.Expr, env: Env) -> bool:
    return any(made.is_made_by(program, value) for value in inference.infer(program, expr, env))


class _Write(Struct, frozen=True):
    """Something put into a mapping: an item, or what a call gives to `update` and its kin."""

    container: t.Expr
    env: Env
    item: ItemWrite | t.Call

    def headers(self, program: Program, within: _Open) -> Headers:
        if isinstance(self.item, ItemWrite):
            return _pair(program, self.item.key, self.item.value, self.env)
        if terminal_name(self.item.func) == "update":
            if id(self.item) in within:
                return Headers()
            return _display(program, self.item, self.env, within | {id(self.item)})
        args = [arg.value for arg in self.item.args if not arg.star]
        if len(args) != 2:
            return Headers(known=False)
        return _pair(program, args[0], args[1], self.env)


def _writes_to(program: Program, name: str) -> Iterator[_Write]:
    """What is put into mappings called `name`."""
    for item, scope in program.item_writes(name):
        if not scope.module.is_test:
            yield _Write(item.container, program.env(scope), item)
    for method in ("update", *sorted(_ONE)):
        for site, scope in program.calls_named(method):
            container = _receiver(site.node, name)
            if container is not None and not scope.module.is_test:
                yield _Write(container, program.env(scope), site.node)


def _receiver(call: t.Call, name: str) -> t.Expr | None:
    if not isinstance(call.func, t.Attribute):
        return None
    receiver = call.func.value
    last = receiver.attr if isinstance(receiver, t.Attribute) else getattr(receiver, "id", None)
    return receiver if last == name else None


# --- middleware ----------------------------------------------------------------------------


def set_by_middleware(functions: Iterable[FunctionRef], name: str) -> bool:
    """Whether one of the middleware functions names a header, and so sets it for every response."""
    return any(_names(ref.function, name) for ref in functions)


def _names(scope: Scope, name: str) -> bool:
    node = getattr(scope, "node", None)
    if node is None:
        return False
    for part in t.walk(node, into_functions=True):
        if isinstance(part, t.Constant):
            value = part.value
            text = value.decode("latin-1") if isinstance(value, bytes) else value
            if isinstance(text, str) and text.lower() == name:
                return True
    return False
