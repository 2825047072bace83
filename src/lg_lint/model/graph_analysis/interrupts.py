"""Where graphs pause: calls of interrupt(), and what stands between them and the runtime."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, names
from lg_lint.model.entry import Entry
from lg_lint.model.graph import Graph
from lg_lint.model.langgraph.tool_wrappers import tool_wrappers
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge, CallNode
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Env, External

_INTERRUPT = named("interrupt")
_BROAD = {"builtins.Exception", "builtins.BaseException"}
_PASSED_ON = names("interrupt_exceptions")
_KINDS = ("node", "tool", "task", "middleware", "router", "hook")


class Swallowing(Struct, frozen=True):
    """A handler that catches an interrupt; `raises` where it raises something else."""

    site: Site
    what: str
    raises: bool = False


class Interrupt(Struct, frozen=True):
    """A call of interrupt(), and the calls that lead there from a node; `entry` is None without."""

    site: Site
    entry: Entry | None
    start: CallNode | None
    edges: tuple[CallEdge, ...] = ()
    swallowed: Swallowing | None = None


def interrupts(project: Project) -> list[Interrupt]:
    """Every call of interrupt(), once for each entry that leads there, and those of no entry."""
    program = project.program
    calls = _calls(program)
    if not calls:
        return []
    found = [
        item
        for entry in project.entries
        if entry.kind in _KINDS
        for item in _reached(project, entry, calls)
    ]
    met = {item.site.node for item in found}
    for function, sites in calls.items():
        for site in sites:
            if site.node not in met:
                env = program.env(function)
                swallowed = swallowing(program, site, env)
                found.append(Interrupt(Site(site.node, env), None, None, (), swallowed))
    return found


def _calls(program: Program) -> dict[Function, list[CallSite]]:
    found: dict[Function, list[CallSite]] = {}
    for site, scope in program.calls_named("interrupt"):
        if not isinstance(scope, Function):
            continue
        values = inference.infer(program, site.node.func, program.env(scope))
        if any(isinstance(value, External) and value.name == _INTERRUPT for value in values):
            found.setdefault(scope, []).append(site)
    return found


def _reached(
    project: Project, entry: Entry, calls: dict[Function, list[CallSite]]
) -> Iterator[Interrupt]:
    """Breadth first from an entry; a state is met again where the way there swallows nothing."""
    program, execution = project.program, project.execution
    start = execution.state(entry.ref, entry.world)
    queue: deque[tuple[CallNode, tuple[CallEdge, ...], Swallowing | None]] = deque(
        [(start, (), _around(program, entry))]
    )
    seen = {start}
    while queue:
        state, edges, outer = queue.popleft()
        env = state.env
        for site in calls.get(state.function, ()):
            inner = swallowing(program, site, env)
            yield Interrupt(Site(site.node, env), entry, start, edges, inner or outer)
        sites: dict[t.Node, CallSite] = {site.node: site for site in state.function.calls}
        for edge in execution.edges(state):
            if edge.target in seen:
                continue
            seen.add(edge.target)
            call = sites.get(edge.node)
            inner = swallowing(program, call, env) if call is not None else None
            queue.append((edge.target, (*edges, edge), inner or outer))


def _around(program: Program, entry: Entry) -> Swallowing | None:
    """What keeps an interrupt of a tool from leaving the functions that its calls go through."""
    if entry.kind != "tool" or entry.graph is None:
        return None
    for wrapper in tool_wrappers(program, entry.graph):
        function = wrapper.ref.function
        env = program.env(function)
        for site in function.calls:
            if isinstance(site.node.func, t.Name) and site.node.func.id == wrapper.handler:
                found = swallowing(program, site, env)
                if found is not None:
                    return found
    return None


def runs_inside(project: Project, graph: Graph) -> bool:
    """Whether a node of another graph runs this graph, which then has that graph's saver."""
    inside = {run.site.env.scope for run in graph.runs}
    if not inside:
        return False
    for entry in project.entries:
        if entry.graph is None or entry.graph is graph:
            continue
        start = project.execution.state(entry.ref, entry.world)
        queue, seen = [start], {start}
        while queue:
            state = queue.pop()
            if state.function in inside:
                return True
            for edge in project.execution.edges(state):
                if edge.target not in seen:
                    seen.add(edge.target)
                    queue.append(edge.target)
    return False


# --- handlers ------------------------------------------------------------------------------


def swallowing(program: Program, site: CallSite, env: Env) -> Swallowing | None:
    """The innermost handler around a call that keeps an interrupt from leaving."""
    for statement in reversed(site.enclosing):
        if isinstance(statement, t.Try) and t.in_block(statement.body, site.node):
            found = _handler(program, statement, env)
            if found is not None:
                return found
        elif isinstance(statement, t.With):
            for item in statement.items:
                if _suppresses(program, item.context, env):
                    return Swallowing(Site(item.context, env), "suppress(Exception)")
    return None


def _handler(program: Program, statement: t.Try, env: Env) -> Swallowing | None:
    for handler in statement.handlers:
        names = [terminal_name(expr) or "" for expr in _types(handler)]
        if any(name in _PASSED_ON for name in names):
            if _raises_again(handler):
                return None
            return _swallowed(handler, env, f"`except {names[0]}`")
        if handler.type is None or any(_is_broad(program, expr, env) for expr in _types(handler)):
            what = "`except`" if handler.type is None else f"`except {', '.join(names)}`"
            return None if _raises_again(handler) else _swallowed(handler, env, what)
    return None


def _swallowed(handler: t.Handler, env: Env, what: str) -> Swallowing:
    last = handler.body[-1] if handler.body else None
    return Swallowing(Site(handler.type or handler, env), what, isinstance(last, t.Raise))


def _types(handler: t.Handler) -> tuple[t.Expr, ...]:
    if handler.type is None:
        return ()
    return handler.type.items if isinstance(handler.type, t.Sequence) else (handler.type,)


def _is_broad(program: Program, expr: t.Expr, env: Env) -> bool:
    return any(
        isinstance(value, External) and value.name in _BROAD
        for value in inference.infer(program, expr, env)
    )


def _raises_again(handler: t.Handler) -> bool:
    """Whether a handler raises what it caught, on some way."""
    return any(
        isinstance(node, t.Raise)
        and (
            node.exception is None
            or (isinstance(node.exception, t.Name) and node.exception.id == handler.name)
        )
        for statement in handler.body
        for node in t.walk(statement)
    )


def _suppresses(program: Program, expr: t.Expr, env: Env) -> bool:
    if not isinstance(expr, t.Call) or terminal_name(expr.func) != "suppress":
        return False
    return any(_is_broad(program, arg.value, env) for arg in expr.args)
