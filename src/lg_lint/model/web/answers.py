"""What is done to every answer of an application: hooks, middleware, signals, decorators.

What is set there belongs to the answers of that application, blueprint, router or route alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Applications, Host
from lg_lint.model.web.django_settings import DjangoProjects
from lg_lint.model.web.header_pairs import Naming, Namings
from lg_lint.model.web.middleware import BASE_HTTP, installations
from lg_lint.model.web.responses import ANTI_BUFFERING
from lg_lint.model.web.tables import hooks
from lg_lint.program import inference
from lg_lint.program.scopes import Class, Function, enclosing_function
from lg_lint.program.store import Program
from lg_lint.program.values import ClassRef, Env, External, FunctionRef, Instance, Values

_RESPONSE = "response"
_PHASES = {"response", "request"}
_ASGI = 4
"""The parameters of an ASGI application's method: itself, the scope, receive and send."""


class Evidence(str, Enum):
    """Whether an answer gets a header on its way: `MAYBE` where it cannot be told whose it is."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


def may_carry(response: StreamResponse) -> bool:
    """Whether a response sets `X-Accel-Buffering` itself, to a value that may be `no`."""
    if ANTI_BUFFERING not in response.headers:
        return False
    value = response.headers[ANTI_BUFFERING]
    return value is None or value.strip().lower() == "no"


def buffering_header(project: Project, response: StreamResponse) -> str | None:
    """What an answer's `X-Accel-Buffering` says: "" where it has none, None where it is not known.

    Hooks and middleware that set it count as well.
    """
    if ANTI_BUFFERING in response.headers:
        value = response.headers[ANTI_BUFFERING]
        return value.strip().lower() if value is not None else None
    if not response.headers_known:
        return None
    evidence = project.once(Answers).of(response)
    return {Evidence.YES: "no", Evidence.MAYBE: None, Evidence.NO: ""}[evidence]


class Hook(Struct, frozen=True):
    """Places that set the header, and what they belong to: hosts, or a route's function."""

    namings: tuple[Naming, ...]
    hosts: frozenset[Host] = frozenset()
    route: Function | None = None


class Answers:
    """The hooks of a project that set `X-Accel-Buffering: no`, asked for each response."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._namings = Namings(project.program, ANTI_BUFFERING, "no")
        self._applications = project.once(Applications)
        self._django = DjangoProjects(project.program)
        self._hooks = list(self._found())

    def of(self, response: StreamResponse) -> Evidence:
        """Whether the answer gets the header from something that sees it on its way."""
        program = self.project.program
        if self._reach(response, self._around(response)):
            return Evidence.YES
        if response.type.startswith("django."):
            return self._of_settings(response)
        above = self._applications.above(response)
        placed = bool(above & self._applications.applications)
        found = Evidence.NO
        for hook in self._hooks:
            if not any(naming.may_reach(program, response) for naming in hook.namings):
                continue
            if hook.route is not None:
                if hook.route is response.route:
                    return Evidence.YES
                continue
            if hook.hosts & above:
                return Evidence.YES
            if not placed or not hook.hosts:
                if len(self._applications.applications) == 1:
                    return Evidence.YES
                found = Evidence.MAYBE
        return found

    def _of_settings(self, response: StreamResponse) -> Evidence:
        found = [
            self._reach(response, self._namings.of_values(values))
            for values in self._django.middleware(response.site.path)
        ]
        if any(found):
            return Evidence.YES if all(found) else Evidence.MAYBE
        return Evidence.NO

    def _reach(self, response: StreamResponse, namings: Iterable[Naming]) -> bool:
        return any(naming.may_reach(self.project.program, response) for naming in namings)

    # --- what stands around one route ------------------------------------------------------

    def _around(self, response: StreamResponse) -> Iterator[Naming]:
        """Decorators of the route, keywords of its registration."""
        program = self.project.program
        for cls in _classes_of(program, response):
            yield from self._namings.of_class(cls)
        routes = [response.route] if response.route is not None else []
        for entry in self._applications.entries(response):
            wraps = entry.ref.function.parent
            if entry.ref.function is not response.route and isinstance(wraps, Function):
                yield from self._namings.of_function(entry.ref.function)
            routes.append(entry.ref.function)
            if isinstance(entry.site.node, t.Call):
                yield from self._keywords(entry.site.node, entry.site.env)
            if entry.ref.function.cls is not None:
                yield from self._attributes(entry.ref.function.cls)
        for function in dict.fromkeys(routes):
            yield from self._decorators(function)

    def _decorators(self, function: Function) -> Iterator[Naming]:
        env = self.project.program.env(function.parent or function.module)
        for callee, call in inference.decorator_calls(function):
            values = inference.infer(self.project.program, callee, env)
            yield from self._namings.of_values(tuple(v for v in values if _is_own(v)))
            for arg in call.args if call is not None and any(map(_is_own, values)) else ():
                yield from self._namings.of_node(arg.value, env)
            if call is not None and any(isinstance(v, External) for v in values):
                for arg in call.args:
                    given = inference.infer(self.project.program, arg.value, env)
                    yield from self._namings.of_values(tuple(v for v in given if _is_own(v)))

    def _keywords(self, call: t.Call, env: Env) -> Iterator[Naming]:
        for keyword in hooks().keywords:
            expr = call.argument(keyword)
            if expr is not None:
                yield from self._namings.of_values(inference.infer(self.project.program, expr, env))

    def _attributes(self, cls: Class) -> Iterator[Naming]:
        """What a class of routes says of all of them, as a controller of Litestar does."""
        program = self.project.program
        for name in hooks().attributes:
            for owner in inference.lineage(program, cls):
                if name in owner.bindings:
                    values = inference.class_attribute(program, owner, name)
                    yield from self._namings.of_values(values)

    # --- what stands around all routes of something -----------------------------------------

    def _found(self) -> Iterator[Hook]:
        if not any(response.live for response in self.project.responses):
            return
        for hook in (
            *self._installed(), *self._registered(), *self._listed(), *self._constructed(),
            *self._overridden(), *self._wrapped(),
        ):  # fmt: skip
            if hook.namings:
                yield hook

    def _installed(self) -> Iterator[Hook]:
        for installation in installations(self._applications):
            namings = [*self._namings.of_values((installation.value,))]
            if installation.call is not None:
                for arg in installation.call.args:
                    env = installation.site.env
                    namings += self._namings.of_node(arg.value, env)
                    given = inference.infer(self.project.program, arg.value, env)
                    namings += self._namings.of_values(tuple(filter(_is_own, given)))
            yield Hook(tuple(namings), installation.hosts)

    def _registered(self) -> Iterator[Hook]:
        """Decorators and calls: `@app.after_request`, `app.after_request(f)`."""
        program = self.project.program
        for module in list(program.modules):
            for function in () if module.is_test else module.all_functions:
                env = program.env(function.parent or function.module)
                for callee, call in inference.decorator_calls(function):
                    if _speaks_of_answers(callee, call):
                        namings = tuple(self._namings.of_function(function))
                        yield from self._hooked(callee, env, namings)
        for name in sorted(hooks().methods | hooks().above | _last(hooks().here)):
            for call, env in self._applications.calls(name):
                if not call.args or not _speaks_of_answers(call.func, call):
                    continue
                values = inference.infer(program, call.args[0].value, env)
                yield from self._hooked(call.func, env, tuple(self._namings.of_values(values)))

    def _hooked(self, callee: t.Expr, env: Env, namings: tuple[Naming, ...]) -> Iterator[Hook]:
        """Whose answers a decorator or a method speaks of."""
        values = inference.infer(self.project.program, callee, env) if namings else ()
        if any(isinstance(value, External) and value.name in hooks().here for value in values):
            yield Hook(namings, route=enclosing_function(env.scope))
        elif namings and isinstance(callee, t.Attribute):
            found = self._applications.hosts(callee.value, env)
            if callee.attr in hooks().above:
                found = self._applications.holding(found) & self._applications.applications
            yield Hook(namings, frozenset(found))

    def _listed(self) -> Iterator[Hook]:
        """`app.on_response_prepare.append(f)`, `app.middlewares.append(f)`."""
        rows = container_methods().rows
        for method in [name for name, row in rows.items() if row.adds and "list" in row.of]:
            for call, env in self._applications.calls(method):
                func = call.func
                held = func.value if isinstance(func, t.Attribute) else None
                if not isinstance(held, t.Attribute) or held.attr not in hooks().lists:
                    continue
                for added in container_methods().added(call):
                    values = inference.infer(self.project.program, added, env)
                    namings = tuple(self._namings.of_values(values))
                    yield Hook(namings, frozenset(self._applications.hosts(held.value, env)))

    def _constructed(self) -> Iterator[Hook]:
        """What the calls that make applications, routers and routes are given."""
        for call, env in self._applications.constructors():
            namings = tuple(self._keywords(call, env))
            yield Hook(namings, frozenset(self._applications.hosts(call, env)))
        for attribute in hooks().keywords:
            for write in self.project.program.writes_of(attribute):
                if write.value is None or write.scope.module.is_test:
                    continue
                env = self.project.program.env(write.scope)
                values = inference.infer(self.project.program, write.value, env)
                namings = tuple(self._namings.of_values(values))
                found = self._applications.hosts(write.target.value, env) if namings else set()
                if found:
                    yield Hook(namings, frozenset(found))

    def _overridden(self) -> Iterator[Hook]:
        """Methods of the project's own application classes that every answer passes."""
        program = self.project.program
        for base, methods in hooks().overrides.items():
            for cls in _subclasses(program, base):
                for name in methods:
                    method = inference.find_method(program, cls, name)
                    if method is not None:
                        namings = tuple(self._namings.of_function(method))
                        yield Hook(namings, frozenset({id(cls)}))

    def _wrapped(self) -> Iterator[Hook]:
        """`app = OwnMiddleware(app)` by hand, where the class is an ASGI application."""
        program = self.project.program
        for module in list(program.modules):
            for cls in () if module.is_test else module.all_classes:
                method = cls.method("__call__")
                is_asgi = method is not None and len(method.params) == _ASGI
                if not is_asgi and BASE_HTTP not in inference.external_bases(program, cls):
                    continue
                namings = tuple(self._namings.of_class(cls))
                for call, env in self._applications.calls(cls.name) if namings else ():
                    found = {
                        host
                        for arg in call.args
                        for host in self._applications.hosts(arg.value, env)
                    }
                    if found:
                        yield Hook(namings, frozenset(found))


def _is_own(value: object) -> bool:
    return isinstance(value, (FunctionRef, ClassRef, Instance))


def _last(names: Iterable[str]) -> set[str]:
    return {name.rpartition(".")[2] for name in names}


def _speaks_of_answers(callee: t.Expr, call: t.Call | None) -> bool:
    """Whether the function that a decorator or a method gets is run for each answer."""
    name = callee.attr if isinstance(callee, t.Attribute) else getattr(callee, "id", "")
    phases = {
        arg.value.value
        for arg in (call.args if call is not None else ())
        if isinstance(arg.value, t.Constant) and arg.value.value in _PHASES
    }
    if name in ("middleware", "register_middleware"):
        return _RESPONSE in phases
    return name in hooks().methods or name in hooks().above or name in _last(hooks().here)


def _classes_of(program: Program, response: StreamResponse) -> Iterator[Class]:
    """The project's own class that a response is an object of."""
    node = response.site.node
    values: Values = ()
    if isinstance(node, t.Call):
        values = inference.infer(program, node.func, response.site.env)
    for value in values:
        if isinstance(value, ClassRef):
            yield value.cls


def _subclasses(program: Program, base: str) -> Iterator[Class]:
    seen: set[int] = set()
    names = [base, *(name for name, meant in program.types.aliases.items() if meant == base)]
    names += [name for name in program.types.parents if base in program.types.lineage(name)]
    for name in dict.fromkeys(each.rpartition(".")[2] for each in names):
        for cls in program.classes_with_base(name):
            for each in (cls, *inference.subclasses(program, cls)):
                kinds = inference.external_bases(program, each)
                known = any(base in program.types.lineage(kind) for kind in kinds)
                if known and id(each) not in seen:
                    seen.add(id(each))
                    yield each
