"""Savers, sessions and clients that are closed before what uses them runs."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.graph import Graph, GraphRun
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.closing_dependencies import closed_by_fastapi
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.control_flow import own_nodes
from lg_lint.program.scopes import Function, enclosing_function, owner
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Env, ExternalObject, FunctionRef, Instance, Value

_DEPTH = 6
RESPONSE, GRAPH, UNENTERED, DEPENDENCY = "response", "graph", "unentered", "dependency"


class Closed(Struct, frozen=True):
    """A use that comes too late: `site` is its place, `name` what is closed, `opened` where.

    `kind`: RESPONSE where a response leaves the block, GRAPH where a graph does, UNENTERED where
    the block was never entered, DEPENDENCY where FastAPI has ended what yields it.
    """

    kind: str
    site: Site
    name: str
    opened: Site


def closed_before_use(project: Project) -> Iterator[Closed]:
    """Each place once; a run in a response that leaves its block is told with the response."""
    reported: set[t.Node] = set()
    for found in _all(project):
        again = found.kind == GRAPH and found.opened.node in reported
        if found.site.node not in reported and not again:
            reported |= {found.site.node, found.opened.node}
            yield found


def _all(project: Project) -> Iterator[Closed]:
    for response in project.responses:
        yield from _response(project, response)
        for site, name, opened in closed_by_fastapi(project, response):
            yield Closed(DEPENDENCY, site, name, opened)
    for graph in project.graphs:
        yield from _graph(project, graph)


# --- responses that leave a block ----------------------------------------------------------


def _response(project: Project, response: StreamResponse) -> Iterator[Closed]:
    function = enclosing_function(response.site.env.scope)
    if function is None or function.is_generator:
        return
    for statement in function.withs:
        if not t.in_block(statement.body, response.site.node):
            continue
        for item, name in _closing(project.program, function, statement):
            names = _derived(project.program, function, statement, name)
            if uses(response, function, names):
                opened = Site(item.context, response.site.env)
                yield Closed(RESPONSE, response.site, name, opened)


def _closing(
    program: Program, function: Function, statement: t.With
) -> Iterator[tuple[t.WithItem, str]]:
    """What a `with` binds to a name and closes at its end."""
    env = program.env(function)
    for item in statement.items:
        if isinstance(item.target, t.Name) and any(
            _is_closed(program, value) for value in _bound(program, function, item, env)
        ):
            yield item, item.target.id
        elif isinstance(item.context, t.Name) and any(
            _is_closed(program, value) for value in inference.infer(program, item.context, env)
        ):
            yield item, item.context.id


def _bound(program: Program, function: Function, item: t.WithItem, env: Env) -> Iterator[Value]:
    assert isinstance(item.target, t.Name)
    for binding in function.bindings.get(item.target.id, ()):
        if binding.node is item:
            yield from inference.binding_values(program, binding, env)


def _is_closed(program: Program, value: Value) -> bool:
    """Whether a value is of a class whose context closes it."""
    if not isinstance(value, ExternalObject):
        return False
    closing, pools = table("connections")["closing"], table("connections")["pools"]
    kinds = program.types.lineage(value.type)
    if any(kind in closing["open"] for kind in kinds):
        return False
    known = {*closing["types"], *pools["sessions"], *pools["connections"]}
    return any(kind in known or kind.startswith(tuple(closing["packages"])) for kind in kinds)


def _derived(program: Program, function: Function, statement: t.With, name: str) -> set[str]:
    """The name, and those of graphs and objects of the project that are made with it."""
    names = {name}
    env = program.env(function)
    for bindings in function.bindings.values():
        for binding in bindings:
            value = binding.value
            if binding.kind != "assign" or value is None or not t.in_block(statement.body, value):
                continue
            if mentions(value, names) and any(
                isinstance(each, Instance) or is_graph(program, each)
                for each in inference.infer(program, value, env)
            ):
                names.add(binding.name)
    return names


def uses(response: StreamResponse, function: Function, names: set[str]) -> bool:
    """Whether what makes the chunks is given one of the names of a function, or closes over it."""
    content = response.content
    if isinstance(content, t.Name):
        bound = function.bindings.get(content.id, ())
        content = next((each.value for each in bound if each.value is not None), content)
    if isinstance(content, t.Call):
        given = [*(arg.value for arg in content.args)]
        if isinstance(content.func, t.Attribute):
            given.append(content.func.value)
        if any(mentions(value, names) for value in given):
            return True
    return any(
        mentions(ref.function.node, names - set(ref.function.bindings))
        for ref in response.generators
        if _is_inside(ref.function, function)
    )


def _is_inside(inner: Function, function: Function) -> bool:
    parent = inner.parent
    while parent is not None and parent is not function:
        parent = parent.parent
    return parent is function


def mentions(node: t.Node, names: set[str]) -> bool:
    """Whether code names one of these variables, inner functions included."""
    return any(
        isinstance(each, t.Name) and each.id in names for each in t.walk(node, into_functions=True)
    )


# --- graphs --------------------------------------------------------------------------------


def _graph(project: Project, graph: Graph) -> Iterator[Closed]:
    sites = [*graph.compiles, *([graph.site] if graph.kind in ("agent", "entrypoint") else ())]
    for site in sites:
        call = site.node
        given = call.argument("checkpointer", None) if isinstance(call, t.Call) else None
        if given is None or site.env.scope.module.is_test:
            continue
        maker = _unentered(given, site.env)
        if maker is not None:
            yield Closed(UNENTERED, site, terminal_name(maker.func) or "", Site(maker, site.env))
        elif isinstance(given, t.Name):
            yield from _outside(project, graph, site, given.id)


def _unentered(given: t.Expr, env: Env) -> t.Call | None:
    """The call of `from_conn_string` whose result is given as it is."""
    makers = table("connections")["closing"]["makers"]
    if isinstance(given, t.Call):
        return given if terminal_name(given.func) in makers else None
    if not isinstance(given, t.Name):
        return None
    scope = owner(env.scope, given.id)
    bindings = scope.bindings.get(given.id, ())
    calls = [each.value for each in bindings if each.kind == "assign"]
    found = [each for each in calls if isinstance(each, t.Call) and _unentered(each, env)]
    if not found or len(found) != len(bindings):
        return None
    entered = any(
        isinstance(item.context, t.Name) and item.context.id == given.id
        for statement in scope.withs
        for item in statement.items
    )
    return None if entered else found[0]


def _outside(project: Project, graph: Graph, site: Site, name: str) -> Iterator[Closed]:
    """Runs of a graph that was compiled with the saver of a block, once the block has ended."""
    function = enclosing_function(site.env.scope)
    if function is None or owner(site.env.scope, name) is not function:
        return
    for statement in function.withs:
        if not t.in_block(statement.body, site.node) or _stays_open(statement):
            continue
        for item, bound in _closing(project.program, function, statement):
            if bound != name:
                continue
            inside = _called_within(project, function, statement)
            for run in graph.runs:
                where = enclosing_function(run.site.env.scope)
                if where is function and t.in_block(statement.body, run.site.node):
                    continue
                if where in inside or run.site.env.scope.module.is_test:
                    continue
                if where is not None and _is_inside(where, function):
                    continue
                if not _is_of(project.program, run, site):
                    continue
                yield Closed(GRAPH, run.site, name, Site(item.context, site.env))
                return


def _is_of(program: Program, run: GraphRun, compiled: Site) -> bool:
    """Whether a run is one of what this very compile gave: a builder may be compiled again."""
    func = run.site.node.func if isinstance(run.site.node, t.Call) else None
    values = (
        inference.infer(program, func.value, run.site.env) if isinstance(func, t.Attribute) else ()
    )
    while values:
        if any(getattr(value, "site", None) is compiled.node for value in values):
            return True
        values = tuple(
            value.base for value in values if isinstance(value, ExternalObject) and value.base
        )
    return False


def _stays_open(statement: t.With) -> bool:
    """Whether a block holds on: it yields, serves, or waits."""
    keeps = table("connections")["closing"]["keeps"]
    return any(
        isinstance(node, t.Yield)
        or (isinstance(node, t.Call) and terminal_name(node.func) in keeps)
        for node in own_nodes(statement.body)
    )


def _called_within(project: Project, function: Function, statement: t.With) -> set[Function]:
    """The functions that run while a block is open, a few calls deep."""
    start = project.execution.state(FunctionRef(function), ThreadContext.LOOP)
    states = [
        edge.target
        for edge in project.execution.edges(start)
        if t.in_block(statement.body, edge.node)
    ]
    found = {state.function for state in states}
    for _ in range(_DEPTH):
        states = [
            edge.target
            for state in states
            for edge in project.execution.edges(state)
            if edge.target.function not in found
        ]
        found |= {state.function for state in states}
    return found
