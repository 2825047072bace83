"""Which application serves which streams: routers, what includes them, what is mounted where."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.tables import INCLUSIONS, VIEWS
from lg_lint.model.web.tables import hosts as host_classes
from lg_lint.program import inference
from lg_lint.program.call_graph.path_search import ReverseReachability
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ClassRef,
    Container,
    Env,
    ExternalObject,
    FunctionRef,
    Instance,
    Value,
    Values,
)

APPLICATION = named("web_application")
_LISTED = ("routes", "route_handlers")

Host = int
"""The identity of an application, router or route: of the call or class that makes it."""


class Served(Struct, frozen=True):
    """A live response and the route that sends it.

    `certain` is False where only the project's having one application tells that it serves it.
    """

    response: StreamResponse
    entry: Entry
    certain: bool

    @property
    def route(self) -> Function:
        """The function that answers."""
        return self.entry.ref.function


class Applications(Struct):
    """Applications and routers of a project, and the way from a route up to them."""

    project: Project
    applications: set[Host] = field(default_factory=set)
    _parents: dict[Host, set[Host]] = field(default_factory=dict)
    _starlette: set[Host] = field(default_factory=set)
    _above_route: dict[int, set[Host]] = field(default_factory=dict)
    _routes: list[tuple[StreamResponse, Entry]] = field(default_factory=list)
    _above_function: ReverseReachability | None = None

    def __post_init__(self) -> None:
        for call, env in self.constructors():
            self._constructed(call, env)
        for name, inner in INCLUSIONS.items():
            for call, env in self.calls(name):
                given = inner.of(call)
                if given is not None and isinstance(call.func, t.Attribute):
                    outer = self.hosts(call.func.value, env)
                    self._put(self.hosts(given, env), outer)
                    for value in self.listed(given, env) if outer else ():
                        self._put(set(self._host(value)), outer)
        for name, view in VIEWS.items():
            for call, env in self.calls(name):
                if isinstance(call.func, t.Attribute):
                    self._put(self._classes(view.of(call), env), self.hosts(call.func.value, env))
        self._routes = list(self._live_routes())

    def _classes(self, expr: t.Expr | None, env: Env) -> set[Host]:
        """The classes that are given as views: `Chat.as_view("chat")`, or as they are."""
        if isinstance(expr, t.Call) and terminal_name(expr.func) == "as_view":
            assert isinstance(expr.func, t.Attribute)
            expr = expr.func.value
        values = inference.infer(self.project.program, expr, env) if expr is not None else ()
        return {id(value.cls) for value in values if isinstance(value, ClassRef)}

    def calls(self, name: str) -> Iterator[tuple[t.Call, Env]]:
        """The calls of a name outside tests, with where they stand."""
        for site, scope in self.project.program.calls_named(name):
            if not scope.module.is_test:
                yield site.node, self.project.program.env(scope)

    def constructors(self) -> Iterator[tuple[t.Call, Env]]:
        """The calls that make applications, routers and routes."""
        for name in self._names():
            for call, env in self.calls(name):
                if self.of_values(inference.infer(self.project.program, call, env)):
                    yield call, env

    def _names(self) -> list[str]:
        """The last names of the classes of hosts, and of the project's own below them."""
        program = self.project.program
        queue = [name.rpartition(".")[2] for name in _spoken(program, host_classes().all)]
        names: list[str] = []
        while queue:
            name = queue.pop(0)
            if name[:1].isupper() and name not in names:
                names.append(name)
                queue += [cls.name for cls in program.classes_with_base(name)]
        return names

    def hosts(self, expr: t.Expr, env: Env) -> set[Host]:
        """The applications and routers that an expression may be."""
        return self.of_values(inference.infer(self.project.program, expr, env))

    def served(self, hosts: set[Host]) -> list[Served]:
        """The live responses below some applications; where these are not known, below the one."""
        found = []
        for response, entry in self._routes:
            above = self._above_entry(entry)
            certain = bool(hosts & above)
            unknown = not hosts or not above & self._starlette
            if certain or (unknown and len(self._starlette) == 1):
                found.append(Served(response, entry, certain))
        return found

    def of_django(self) -> list[Served]:
        """The live responses of views of Django: its settings say who serves them."""
        routes = ((each, entry) for each, entry in self._routes if each.type.startswith("django."))
        return [Served(response, entry, True) for response, entry in routes]

    def is_asgi(self, hosts: set[Host]) -> bool:
        """Whether applications are Starlette's or FastAPI's, which no WSGI server can call."""
        return bool(hosts & self._starlette)

    def routes(self, hosts: set[Host]) -> list[Entry]:
        """The routes and websockets below some applications, as far as their holders are seen."""
        kinds = ("route", "websocket")
        routes = (entry for entry in self.project.entries if entry.kind in kinds)
        return [entry for entry in routes if hosts & self._above_entry(entry)]

    def has_sockets(self, hosts: set[Host]) -> bool:
        """Whether some applications have websockets."""
        return any(entry.kind == "websocket" for entry in self.routes(hosts))

    def above(self, response: StreamResponse) -> set[Host]:
        """What holds the routes that send a response, up to the applications."""
        entries = [entry for each, entry in self._routes if each is response]
        return {host for entry in entries for host in self._above_entry(entry)}

    def entries(self, response: StreamResponse) -> list[Entry]:
        """The routes that send a response."""
        return [entry for each, entry in self._routes if each is response]

    def holding(self, inner: set[Host]) -> set[Host]:
        """Some hosts, and all that hold them."""
        return self._above(inner)

    def _above_entry(self, entry: Entry) -> set[Host]:
        if id(entry) not in self._above_route:
            self._above_route[id(entry)] = self._above(self._owners(entry))
        return self._above_route[id(entry)]

    # --- who holds whom ------------------------------------------------------------------------

    def of_values(self, values: Values) -> set[Host]:
        """The applications and routers that values are."""
        return {host for value in values for host in self._host(value)}

    def _host(self, value: Value) -> Iterator[Host]:
        program = self.project.program
        if isinstance(value, ExternalObject):
            if value.site is not None and self._is_host(value.type):
                yield id(value.site)
            elif value.site is None and value.base is not None:
                yield from self._host(value.base)
        elif isinstance(value, (Instance, ClassRef)) and any(
            map(self._is_host, inference.external_bases(program, value.cls))
        ):
            yield id(value.cls)

    def _is_host(self, kind: str) -> bool:
        return not host_classes().all.isdisjoint(self.project.program.types.lineage(kind))

    def _is_application(self, value: Value) -> bool:
        program, kinds = self.project.program, []
        if isinstance(value, ExternalObject):
            kinds = [value.type]
        elif isinstance(value, Instance):
            kinds = inference.external_bases(program, value.cls)
        lines = [program.types.lineage(kind) for kind in kinds]
        return any(
            not host_classes().applications.isdisjoint(line)
            and host_classes().parts.isdisjoint(line)
            for line in lines
        )

    def _constructed(self, call: t.Call, env: Env) -> None:
        made = inference.infer(self.project.program, call, env)
        found = self.of_values(made)
        lineage = self.project.program.types.lineage
        if any(self._is_application(each) for each in made):
            self.applications |= found
        if any(
            isinstance(each, ExternalObject) and APPLICATION in lineage(each.type) for each in made
        ):
            self._starlette |= found
        for keyword in _LISTED:
            position = 0 if keyword == "route_handlers" else None
            for value in self.listed(call.argument(keyword, position), env):
                self._put({*self._host(value), *_routes(value)}, found)
        inner = call.argument("app", 1)
        if inner is not None:
            self._put(self.hosts(inner, env), found)

    def listed(self, expr: t.Expr | None, env: Env) -> Iterator[Value]:
        """The values in the lists that an expression may be."""
        program = self.project.program
        for value in inference.infer(program, expr, env) if expr is not None else ():
            if isinstance(value, Container):
                for items in inference.items_of(program, value):
                    yield from items

    def _put(self, inner: set[Host], outer: set[Host]) -> None:
        for host in inner:
            self._parents.setdefault(host, set()).update(outer)

    def _above(self, hosts: set[Host]) -> set[Host]:
        """The hosts themselves and all that hold them."""
        found = set(hosts)
        queue = deque(hosts)
        while queue:
            for host in self._parents.get(queue.popleft(), ()):
                if host not in found:
                    found.add(host)
                    queue.append(host)
        return found

    # --- routes --------------------------------------------------------------------------------

    def _owners(self, entry: Entry) -> set[Host]:
        """What a route was given to: the object of its decorator, or a `Route(...)` itself."""
        node, env = entry.site.node, entry.site.env
        callee = node.func if isinstance(node, t.Call) else node
        if isinstance(callee, t.Attribute):
            found = self.hosts(callee.value, env)
            if found:
                return found | {id(entry.ref.function)}
        found = self.hosts(node, env) if isinstance(node, t.Call) else set()
        function = entry.ref.function
        return found | {id(function)} | ({id(function.cls)} if function.cls is not None else set())

    def _live_routes(self) -> Iterator[tuple[StreamResponse, Entry]]:
        routes: dict[Function, list[Entry]] = {}
        for entry in self.project.entries:
            if entry.kind == "route":
                routes.setdefault(entry.ref.function, []).append(entry)
        for response in self.project.responses:
            if not response.live or response.route is None:
                continue
            for entry in routes.get(response.route) or self._leading(response.route):
                yield response, entry

    def _leading(self, function: Function) -> Iterator[Entry]:
        """The routes that call a function, directly or not."""
        execution = self.project.execution
        starts = [
            (entry, execution.state(entry.ref, entry.world))
            for entry in self.project.entries
            if entry.kind == "route"
        ]
        if self._above_function is None:
            self._above_function = ReverseReachability(execution, [state for _, state in starts])
        leading = self._above_function.leading_to(function)
        return (entry for entry, state in starts if state in leading)


def _routes(value: Value) -> Iterator[Host]:
    """A function that is a route by its own decorator, as in Litestar."""
    if isinstance(value, FunctionRef):
        yield id(value.function)


def _spoken(program: Program, names: Iterable[str]) -> Iterator[str]:
    """Canonical names, and the public ones that stand for them or for classes below them."""
    yield from names
    below = [name for name in program.types.parents if _is_below(program, name, set(names))]
    yield from below
    known = {*names, *below}
    yield from (name for name, meant in program.types.aliases.items() if meant in known)


def _is_below(program: Program, name: str, names: set[str]) -> bool:
    return not names.isdisjoint(program.types.lineage(name))
