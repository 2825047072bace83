"""Which functions the project hands to a web framework, by decorator, by call or by base class."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.web.tables import INCLUSIONS, Handlers, Parameter, endpoints, handlers
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.scopes import Class, Function, Scope
from lg_lint.program.site import Site
from lg_lint.program.store import Program, code_modules, terminal_name
from lg_lint.program.values import (
    ClassRef,
    Container,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Offloader,
    Partial,
    Unknown,
    Value,
    Values,
)

_GUESSED = {
    "get": "route", "post": "route", "put": "route", "delete": "route", "patch": "route",
    "route": "route", "api_route": "route", "websocket": "websocket",
}  # fmt: skip


class Registration(Struct, frozen=True, eq=False):
    """A function that a framework was given.

    `ref` is what the framework calls, `function` what the source shows at that place (the two
    differ where a decorator of the project stands between), `site` the decorator or the call,
    `owner` the canonical class of the object whose decorator or method it is.
    """

    ref: FunctionRef
    function: Function
    handlers: Handlers
    world: ThreadContext
    site: Site
    call: t.Call | None
    owner: str = ""


def registrations(program: Program) -> Iterator[Registration]:
    """All functions that a web framework or job runner is given, by any of the known ways."""
    _load_included(program)
    for module in code_modules(program):
        for function in module.all_functions:
            yield from _decorated(program, function)
        for cls in module.all_classes:
            yield from _methods(program, cls)
            yield from _held(program, cls)
    for row in handlers():
        for name, parameter in row.takers.items():
            yield from _taken(program, row, name, parameter)
        for method, parameter in row.calls.items():
            yield from _given(program, row, method, parameter)


def _load_included(program: Program) -> None:
    """Have the modules of all routers that an application includes: they share its event loop.

    Those that speak of no graph and no stream are in no other way led to.
    """
    seen: set[int] = set()
    while True:
        fresh = [
            (site, scope, inner)
            for name, inner in INCLUSIONS.items()
            for site, scope in program.calls_named(name)
            if id(site) not in seen and not scope.module.is_test
        ]
        if not fresh:
            return
        for site, scope, inner in fresh:
            seen.add(id(site))
            given = inner.of(site.node)
            if given is not None and isinstance(site.node.func, t.Attribute):
                inference.infer(program, given, program.env(scope))


# --- decorators ----------------------------------------------------------------------------


def _decorated(program: Program, function: Function) -> Iterator[Registration]:
    env = program.env(function.parent or function.module)
    for index, (callee, call) in enumerate(inference.decorator_calls(function)):
        found = None
        for value in inference.infer(program, callee, env):
            found = _decorator(program, value) or found
        if found is None:
            found = _guess(callee, call, inference.infer(program, callee, env))
        if found is None:
            continue
        row, owner = found
        site = Site(function.decorators[index], env)
        for ref, world in _handlers_in(program, _below(program, function, index), row, call):
            yield Registration(ref, function, row, world, site, call, owner)


def _below(program: Program, function: Function, index: int) -> Values:
    """The function as the decorators under the one at `index` leave it."""
    env = program.env(function.parent or function.module)
    values: Values = (FunctionRef(function),)
    for decorator in reversed(function.decorators[index + 1 :]):
        made = inference.union(
            inference.decorate(program, value, values, decorator, env)
            for value in inference.infer(program, decorator, env)
        )
        values = made or values
    return values


def _decorator(program: Program, value: Value) -> tuple[Handlers, str] | None:
    if isinstance(value, External):
        for row in handlers():
            if value.name in row.functions:
                return row, ""
    if isinstance(value, ExternalMethod):
        for row in handlers():
            if value.name in row.methods:
                owner = _owner(program, value.receiver, row)
                if owner is not None:
                    return row, owner
    return None


def _owner(program: Program, receiver: Value, row: Handlers) -> str | None:
    """The outside class of an object, where the row speaks of it."""
    kinds: list[str] = []
    if isinstance(receiver, ExternalObject):
        kinds = [receiver.type]
    elif isinstance(receiver, Instance):
        kinds = inference.external_bases(program, receiver.cls)
    for kind in kinds:
        if not row.owners.isdisjoint(program.types.lineage(kind)):
            return kind
    return None


def _guess(callee: t.Expr, call: t.Call | None, values: Values) -> tuple[Handlers, str] | None:
    """`router.get("/path")`, `broker.task`, on something that cannot be seen, as a parameter."""
    if not isinstance(callee, t.Attribute):
        return None
    if values and all(isinstance(value, Unknown) for value in values):
        for row in handlers():
            if callee.attr in row.guessed:
                return row, ""
    if callee.attr not in _GUESSED or call is None:
        return None
    path = call.argument("path", 0)
    literal = isinstance(path, t.Constant) and isinstance(path.value, str)
    if not literal or not str(path.value).startswith("/"):  # type: ignore[union-attr]
        return None
    if not all(isinstance(value, (Unknown, ExternalMethod)) for value in values):
        return None
    return Handlers(_GUESSED[callee.attr], ThreadContext.THREAD), ""


# --- classes -------------------------------------------------------------------------------


def _methods(program: Program, cls: Class) -> Iterator[Registration]:
    kinds = {
        kind
        for base in inference.external_bases(program, cls)
        for kind in program.types.lineage(base)
    }
    for row in endpoints():
        if row.base not in kinds:
            continue
        for name in row.methods:
            method = cls.method(name)
            if method is not None:
                ref = FunctionRef(method, bound=Instance(cls))
                site = Site(method.node, program.env(cls))
                world = row.handlers.world(method.is_async, None)
                yield Registration(ref, method, row.handlers, world, site, None, row.base)


def _held(program: Program, cls: Class) -> Iterator[Registration]:
    """The functions in the attributes of a class that a worker reads as its settings."""
    for row in handlers():
        held = [name for name in row.settings if name in cls.bindings]
        if not held or not (cls.name.endswith(row.named) or row.beside in cls.bindings):
            continue
        for name in held:
            for binding in cls.bindings[name]:
                if binding.value is not None:
                    yield from _argument(program, row, binding.value, binding.value, cls, "")


# --- calls ---------------------------------------------------------------------------------


def _taken(
    program: Program, row: Handlers, name: str, parameter: Parameter
) -> Iterator[Registration]:
    """Functions given to an outside function or class, such as `Route("/chat", chat)`."""
    for site, scope in program.calls_named(name.rpartition(".")[2]):
        expr = parameter.of(site.node)
        if expr is None or scope.module.is_test or not _imported(scope, site.node.func):
            continue
        callees = inference.infer(program, site.node.func, program.env(scope))
        if any(_is_outside(program, callee, name) for callee in callees):
            yield from _argument(program, row, site.node, expr, scope, "")


def _imported(scope: Scope, callee: t.Expr) -> bool:
    """Whether a callee's first name comes from an import, or a class stands for it."""
    while isinstance(callee, t.Attribute):
        callee = callee.value
    if not isinstance(callee, t.Name):
        return False
    current: Scope | None = scope
    while current is not None:
        for binding in current.bindings.get(callee.id, ()):
            if binding.kind in ("import", "class"):
                return True
        current = current.parent
    return "*" in scope.module.bindings


def _is_outside(program: Program, value: Value, name: str) -> bool:
    if isinstance(value, External):
        return value.name == name
    return isinstance(value, ClassRef) and name in inference.external_bases(program, value.cls)


def _given(
    program: Program, row: Handlers, method: str, parameter: Parameter
) -> Iterator[Registration]:
    """Functions given to a method of a framework's object, such as `app.add_api_route(...)`."""
    for site, scope in program.calls_named(method):
        expr = parameter.of(site.node)
        if expr is None or scope.module.is_test or not isinstance(site.node.func, t.Attribute):
            continue
        for callee in inference.infer(program, site.node.func, program.env(scope)):
            owner = None
            if isinstance(callee, ExternalMethod):
                owner = _owner(program, callee.receiver, row)
            if owner is not None:
                yield from _argument(program, row, site.node, expr, scope, owner)
                break


def _argument(
    program: Program, row: Handlers, node: t.Expr, expr: t.Expr, scope: Scope, owner: str
) -> Iterator[Registration]:
    """The functions that an expression gives, at the call, or the setting, `node`."""
    call = node if isinstance(node, t.Call) and node is not expr else None
    env = program.env(scope)
    values = inference.infer(program, expr, env)
    lists = [value for value in values if isinstance(value, Container)]
    values = inference.union(
        (values, *(inference.union(inference.items_of(program, value)) for value in lists))
    )
    values = inference.union((values, _views(program, expr, scope)))
    for ref, world in _handlers_in(program, values, row, call):
        yield Registration(ref, ref.function, row, world, Site(node, env), call, owner)


def _views(program: Program, expr: t.Expr, scope: Scope) -> Values:
    """`ChatView.as_view()`: the class."""
    if isinstance(expr, t.Call) and terminal_name(expr.func) == "as_view":
        assert isinstance(expr.func, t.Attribute)
        return inference.infer(program, expr.func.value, program.env(scope))
    return ()


# --- what is called in the end -------------------------------------------------------------


def _handlers_in(
    program: Program, values: Values, row: Handlers, call: t.Call | None
) -> Iterator[tuple[FunctionRef, ThreadContext]]:
    """The functions that run when a framework calls a value, and where."""
    for value in values:
        if isinstance(value, FunctionRef):
            yield value, row.world(value.function.is_async, call)
        elif isinstance(value, Partial):
            yield from _handlers_in(program, (value.func,), row, call)
        elif isinstance(value, Offloader):
            for ref, _ in _handlers_in(program, (value.func,), row, call):
                yield ref, ThreadContext.THREAD
        elif isinstance(value, ExternalObject) and isinstance(value.base, FunctionRef):
            yield value.base, row.world(value.base.function.is_async, call)
        elif isinstance(value, Instance):
            method = inference.find_method(program, value.cls, "__call__")
            if method is not None:
                yield FunctionRef(method, bound=value), row.world(method.is_async, call)
        elif isinstance(value, ClassRef) and row.kind in _OF_CLASS:
            method = inference.find_method(program, value.cls, _OF_CLASS[row.kind])
            if method is not None:
                ref = FunctionRef(method, bound=Instance(value.cls))
                yield ref, row.world(method.is_async, call)


_OF_CLASS = {"dependency": "__init__", "http middleware": "__call__"}
"""The method that runs when a class itself is handed over."""
