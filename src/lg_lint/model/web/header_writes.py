"""What is put into the headers of a response after it was made, wherever that is done."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.web.constructions import Construction
from lg_lint.model.web.headers import (
    Headers,
    given_to,
    header_methods,
    header_types,
    pair,
    read,
    texts,
)
from lg_lint.model.web.tables import ResponseClass
from lg_lint.program import inference
from lg_lint.program.scopes import Class, Function, Scope, owner
from lg_lint.program.store import Program, scopes, terminal_name
from lg_lint.program.values import Env, ExternalObject, Instance, Value

_ANEW = {"init_headers"}
"""The methods of a response that make its headers anew."""


@functools.cache
def _responses() -> dict[str, str]:
    """The methods of responses that put headers in."""
    found: dict[str, str] = table("web")["headers"]["responses"]
    return found


@functools.cache
def _attributes() -> frozenset[str]:
    return frozenset(table("web")["headers"]["attributes"])


class Write(Struct, frozen=True):
    """One write: what is written to a response, where, and the response as the source names it."""

    response: t.Expr
    env: Env
    written: t.Node
    kind: str

    def headers(self, program: Program) -> Headers:
        """The headers that it writes, as far as they are literal."""
        node, env = self.written, self.env
        if self.kind == "item":
            assert isinstance(node, t.Dict)
            key, value = node.items[0]
            assert key is not None
            return pair(program, key, value, env)
        if self.kind in ("value", "added"):
            found = read(program, node, env)  # type: ignore[arg-type]
            found.replaced = self.kind == "value"
            return found
        assert isinstance(node, t.Call)
        found = given_to(program, node, self.kind, _env_of_call(program, self))
        found.replaced = terminal_name(node.func) in _ANEW
        return found


def _env_of_call(program: Program, write: Write) -> Env:
    """In an override that a framework calls, a parameter without a known caller gives nothing."""
    scope = write.env.scope
    name = terminal_name(write.written.func) if isinstance(write.written, t.Call) else None
    if not isinstance(scope, Function) or scope.name != name or scope.cls is None:
        return write.env
    given = tuple((param.name, ()) for param in scope.params if param.name != scope.self_name)
    return program.env(scope, program.frame(scope, given=given))


class HeaderWrites(Struct):
    """The writes of a program, by the call or class that makes the response.

    `aliases` are calls that hand a response on as it is, such as `make_response(response)`.
    """

    program: Program
    aliases: dict[int, int] = field(default_factory=dict)
    _by_call: dict[int, list[Write]] = field(default_factory=dict)
    _by_class: dict[int, list[Write]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for write in _writes(self.program):
            for value in inference.infer(self.program, write.response, write.env):
                self._file(value, write)
            for cls in _behind_super(self.program, write.response, write.env.scope):
                self._by_class.setdefault(id(cls), []).append(write)

    def _file(self, value: Value, write: Write) -> None:
        if isinstance(value, ExternalObject) and value.site is not None:
            self._by_call.setdefault(id(value.site), []).append(write)
        elif isinstance(value, Instance):
            self._by_class.setdefault(id(value.cls), []).append(write)

    def to_call(self, call: t.Node) -> Iterator[Write]:
        """What is written to the object that a call makes."""
        yield from self._by_call.get(id(call), ())
        for alias, inner in self.aliases.items():
            if inner == id(call):
                yield from self._by_call.get(alias, ())

    def to_class(self, cls: Class) -> Iterator[Write]:
        """The writes to responses that a class of the project makes."""
        yield from self._by_class.get(id(cls), ())


# --- all writes of a program ---------------------------------------------------------------


def _writes(program: Program) -> Iterator[Write]:
    for name in sorted(_attributes()):
        for write in program.writes_of(name):
            given = write.value or write.added
            if given is not None and not write.scope.module.is_test and not write.unpack:
                env = program.env(write.scope)
                kind = "added" if write.value is None else "value"
                yield Write(write.target.value, env, given, kind)
    yield from _items(program)
    yield from _calls(program)


def _items(program: Program) -> Iterator[Write]:
    """`response.headers["X"] = "no"`, and `response["X"] = "no"` of Django."""
    names = {name.lower() for name in table("web")["headers"]["names"]}
    for module in program.modules:
        if module.is_test:
            continue
        for scope in scopes(module):
            for item in scope.item_writes:
                response = _behind(program, item.container, scope)
                if response is None and _is_named(item.key, names):
                    response = (item.container, scope)
                if response is not None:
                    node = t.Dict(item.key.at, ((item.key, item.value),))
                    yield Write(response[0], program.env(scope), node, "item")


def _is_named(key: t.Expr, names: set[str]) -> bool:
    """Whether a key is the name of a header that says how an answer is sent."""
    return isinstance(key, t.Constant) and isinstance(key.value, str) and key.value.lower() in names


def _calls(program: Program) -> Iterator[Write]:
    for method, kind in {**header_methods(), **_responses()}.items():
        for site, scope in program.calls_named(method):
            func = site.node.func
            if scope.module.is_test or not isinstance(func, t.Attribute):
                continue
            response = _behind(program, func.value, scope) if method in header_methods() else None
            if response is None and method in _responses():
                response = (func.value, scope)
            if response is not None:
                yield Write(response[0], program.env(scope), site.node, kind)


def _behind(program: Program, holder: t.Expr, scope: Scope) -> tuple[t.Expr, Scope] | None:
    """The response whose headers an expression is: `response.headers`, or a name for them."""
    if isinstance(holder, t.Attribute):
        return (holder.value, scope) if holder.attr in _attributes() else None
    if isinstance(holder, t.Call):
        return _around_raw(holder, scope)
    if not isinstance(holder, t.Name):
        return None
    for binding in owner(scope, holder.id).bindings.get(holder.id, ()):
        value = binding.value if binding.kind == "assign" and not binding.unpack else None
        if isinstance(value, t.Attribute) and value.attr in _attributes():
            return value.value, scope
        if isinstance(value, t.Call) and (found := _around_raw(value, scope)) is not None:
            return found
    return None


def _around_raw(call: t.Call, scope: Scope) -> tuple[t.Expr, Scope] | None:
    """`MutableHeaders(raw=response.raw_headers)`, which writes to the response itself."""
    raw = call.argument("raw")
    if isinstance(raw, t.Attribute) and terminal_name(call.func) in header_types():
        return raw.value, scope
    return None


def _behind_super(program: Program, expr: t.Expr, scope: Scope) -> Iterator[Class]:
    """The class whose object `super()` is."""
    if isinstance(expr, t.Call) and terminal_name(expr.func) == "super":
        around: Scope | None = scope
        while around is not None and not isinstance(around, Class):
            around = around.parent
        if isinstance(around, Class):
            yield around


# --- one response --------------------------------------------------------------------------


def headers_of(program: Program, made: Construction, writes: HeaderWrites) -> Headers:
    """What the constructor gets, what the class adds, and what is set on the response later."""
    found = Headers()
    given = made.argument(made.made.headers)
    if given is not None:
        found.add(read(program, *given))
    elif made.may_hold(program, made.made.headers):
        found.known = False
    found.values.update(made.made.sets)
    for write in writes.to_call(made.call):
        found.add(write.headers(program))
    for cls in inference.lineage(program, made.cls) if made.cls is not None else ():
        for write in writes.to_class(cls):
            found.add(write.headers(program))
    return found


def late_type(program: Program, row: ResponseClass, call: t.Node) -> str | None:
    """The media type that is assigned to a response, where its framework reads that later."""
    for name in row.late:
        for write in program.writes_of(name):
            if write.value is None or write.scope.module.is_test or write.unpack:
                continue
            env = program.env(write.scope)
            for value in inference.infer(program, write.target.value, env):
                if isinstance(value, ExternalObject) and value.site is call:
                    found = texts(program, write.value, env)
                    return found[0] if len(found) == 1 else None
    return None
