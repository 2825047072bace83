"""Connections of a pool that a dependency holds for as long as a response streams."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.connection_uses import ConnectionUses, Event
from lg_lint.model.versions import Change
from lg_lint.model.web.dependency_trees import Dependency, dependencies
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import ExternalObject, GeneratorOf, Value, Values

_DEPTH = 4
OUTLIVE = "dependencies-outlive-the-response"
EARLY = "dependencies-end-before-the-response"


class Held(Struct, frozen=True):
    """A route's dependency whose connection is out of the pool while the response streams.

    `used` is the call that took it; None where the dependency itself does.
    """

    route: Function
    response: StreamResponse
    dependency: Dependency
    used: Site | None
    change: Change
    certain: bool


def held_connections(project: Project) -> Iterator[Held]:
    """One for each route and each dependency that holds a connection."""
    if not _has_pools(project.program):
        return
    routes = [entry for entry in project.entries if entry.kind == "route"]
    for response in project.responses:
        if not response.live or response.route is None:
            continue
        for entry in routes:
            start = project.execution.state(entry.ref, entry.world)
            way = _way(project, start, response)
            if way is not None:
                yield from _of_route(project, entry, start, response, way)


def _way(project: Project, start: CallNode, response: StreamResponse) -> t.Node | None:
    """The node of a route that gives a response: its construction, or the call that leads there."""
    if start.function is response.route:
        return response.site.node
    states = [(edge.node, edge.target) for edge in project.execution.edges(start)]
    seen = {start.function}
    for _ in range(_DEPTH):
        following = []
        for node, state in states:
            if state.function is response.route:
                return node
            if state.function not in seen:
                seen.add(state.function)
                edges = project.execution.edges(state)
                following += [(node, edge.target) for edge in edges]
        states = following
    return None


def _of_route(
    project: Project, entry: Entry, start: CallNode, response: StreamResponse, way: t.Node
) -> Iterator[Held]:
    route = entry.ref.function
    change = _outlives(project, route)
    if change is None:
        return
    tree = dependencies(project.program, route)
    told: set[Function] = set()
    for each in sorted(tree, key=lambda item: len(item.via)):
        provider = each.ref.function
        if not provider.is_generator or provider in told or each.ends_early:
            continue
        values = given(project.program, each)
        kind = kind_of_dependency(project.program, values, each)
        if not kind:
            continue
        told.add(provider)
        uses = ConnectionUses(project, values, _holders(tree, provider))
        event = _last(project, uses, tree, each, start, way)
        if event is None and kind == "connections":
            yield Held(route, response, each, None, change, certain=True)
        elif event is not None and event.takes:
            yield Held(route, response, each, event.site, change, event.certain)


def _outlives(project: Project, route: Function) -> Change | None:
    """Whether FastAPI ends dependencies after the last chunk: not from 0.106 to 0.117."""
    path = route.module.path
    late = project.versions.change(OUTLIVE, path)
    if late.holds:
        return late
    early = project.versions.change(EARLY, path)
    return None if early.holds else early


def _last(
    project: Project,
    uses: ConnectionUses,
    tree: list[Dependency],
    held: Dependency,
    start: CallNode,
    way: t.Node,
) -> Event | None:
    """The last that is done with the connection before the response is returned."""
    found = None
    for each in tree:
        function = each.ref.function
        state = project.execution.state(each.ref, ThreadContext.LOOP)
        until = function.yields[0] if function is held.ref.function and function.yields else None
        found = uses.last(state, until) or found
    return uses.last(start, way) or found


def _holders(tree: list[Dependency], provider: Function) -> dict[Function, set[str]]:
    """The parameters that get what a dependency yields."""
    found: dict[Function, set[str]] = {}
    for each in tree:
        if each.ref.function is provider and each.param is not None:
            found.setdefault(each.holder, set()).add(each.param.name)
    return found


def given(program: Program, dependency: Dependency) -> Values:
    """What a dependency yields."""
    return inference.elements(program, (GeneratorOf(dependency.ref),), ())


def kind_of_dependency(program: Program, values: Values, dependency: Dependency) -> str:
    """Whether a dependency yields a session or a connection of a pool: by value, or as declared."""
    for value in values:
        kind = _kind_of(value)
        if kind:
            return kind
    param = dependency.param
    known = [value for value in values if inference.known(value)]
    if (
        param is None
        or param.annotation is None
        or any(_is_of_known_class(value) for value in known)
    ):
        return ""
    outer = program.env(dependency.holder.parent or dependency.holder.module)
    declared = inference.annotated_values(program, param.annotation, outer) or ()
    return next((kind for value in declared if (kind := _kind_of(value))), "")


def _is_of_known_class(value: Value) -> bool:
    """Whether a value is of a class that is known: what a call of an unseen object gives is not."""
    return not (isinstance(value, ExternalObject) and value.type.endswith("()"))


def _kind_of(value: Value) -> str:
    pools = table("connections")["pools"]
    if isinstance(value, ExternalObject):
        for kind in ("sessions", "connections"):
            if value.type in pools[kind]:
                return kind
    return ""


def _has_pools(program: Program) -> bool:
    """Whether some engine of the project has a pool, or none is seen."""
    pools = table("connections")["pools"]
    made = [site.node for name in pools["engines"] for site, _ in program.calls_named(name)]
    unpooled = [
        call
        for call in made
        if (given := call.argument("poolclass")) is not None
        and terminal_name(given) in pools["unpooled"]
    ]
    return not made or len(unpooled) < len(made)
