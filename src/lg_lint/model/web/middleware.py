"""Where middleware of Starlette and FastAPI is put on an application."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Applications, Host
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program, scopes
from lg_lint.program.values import (
    ClassRef,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Value,
)

BASE_HTTP = named("base_http_middleware")
_MIDDLEWARE = named("installed_middleware")


class Installation(Struct, frozen=True):
    """One piece of middleware on `hosts`: its class or function, and the call with its options."""

    site: Site
    hosts: frozenset[Host]
    value: Value
    call: t.Call | None = None

    def is_a(self, name: str) -> bool:
        """Whether it is the outside class itself, and not one of the project's built on it."""
        return isinstance(self.value, External) and self.value.name == name


def installations(applications: Applications) -> Iterator[Installation]:
    """All middleware of the project: `add_middleware`, `Middleware(...)` and decorators."""
    program = applications.project.program
    for call, env in applications.calls("add_middleware"):
        if isinstance(call.func, t.Attribute):
            hosts = applications.hosts(call.func.value, env)
            yield from _of_call(program, call, "middleware_class", env, hosts)
    for maker, env in applications.constructors():
        hosts = applications.hosts(maker, env)
        for value in applications.listed(maker.argument("middleware"), env):
            made = _made(value)
            if made is not None:
                yield from _of_call(program, made.node, "cls", made.env, hosts)
    yield from _decorated(applications)
    yield from _handed(applications)


def under_dispatch(project: Project) -> set[StreamResponse]:
    """The live responses that pass a BaseHTTPMiddleware of their application."""
    if not any(entry.kind == "http middleware" for entry in project.entries):
        return set()
    applications = project.once(Applications)
    return {
        served.response
        for installation in installations(applications)
        if any(dispatch_of(project.program, installation))
        for served in applications.served(set(installation.hosts))
    }


def dispatch_of(program: Program, installation: Installation) -> Iterator[FunctionRef]:
    """The function that middleware built on BaseHTTPMiddleware runs for each request."""
    value = installation.value
    if isinstance(value, FunctionRef):
        yield value
    elif isinstance(value, ClassRef) and BASE_HTTP in inference.external_bases(program, value.cls):
        method = inference.find_method(program, value.cls, "dispatch")
        if method is not None:
            yield FunctionRef(method)
    elif installation.is_a(BASE_HTTP) and installation.call is not None:
        given = installation.call.argument("dispatch")
        for each in inference.infer(program, given, installation.site.env) if given else ():
            if isinstance(each, FunctionRef):
                yield each


def _made(value: Value) -> Site | None:
    """The call `Middleware(...)` that makes a value."""
    if not isinstance(value, ExternalObject) or value.type != _MIDDLEWARE:
        return None
    return Site(value.site, value.env) if value.site is not None and value.env is not None else None


def _of_call(
    program: Program, call: t.Node, keyword: str, env: Env, hosts: set[Host]
) -> Iterator[Installation]:
    if not isinstance(call, t.Call):
        return
    given = call.argument(keyword, 0)
    for value in inference.infer(program, given, env) if given is not None else ():
        yield Installation(Site(call, env), frozenset(hosts), value, call)


def _decorated(applications: Applications) -> Iterator[Installation]:
    """`@app.middleware("http")`."""
    project = applications.project
    for entry in project.entries:
        if entry.kind != "http middleware" or entry.ref.function.cls is not None:
            continue
        function = entry.ref.function
        env = project.program.env(function.parent or function.module)
        for index, (callee, _) in enumerate(inference.decorator_calls(function)):
            for value in inference.infer(project.program, callee, env):
                if isinstance(value, ExternalMethod) and value.name == "middleware":
                    assert isinstance(callee, t.Attribute)
                    hosts = frozenset(applications.hosts(callee.value, env))
                    site = Site(function.decorators[index], env)
                    yield Installation(site, hosts, FunctionRef(function))
                    break


def _handed(applications: Applications) -> Iterator[Installation]:
    """`app.middleware("http")(function)`."""
    program = applications.project.program
    modules = [each for each in program.modules if "middleware" in each.names and not each.is_test]
    for scope in (scope for module in modules for scope in scopes(module)):
        for site in scope.calls:
            method = site.node.func.func if isinstance(site.node.func, t.Call) else None
            if not isinstance(method, t.Attribute) or method.attr != "middleware":
                continue
            env = program.env(scope)
            hosts = applications.hosts(method.value, env)
            for arg in site.node.args[:1] if hosts else ():
                for value in inference.infer(program, arg.value, env):
                    yield Installation(Site(site.node, env), frozenset(hosts), value)
