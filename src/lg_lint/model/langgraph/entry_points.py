"""Where a graph's functions run: nodes, routers, tools, middleware hooks, prompts, reducers.

Fact F5: under `astream` and `ainvoke` it is the registration that decides. Plain `def` nodes,
routers, tools and tasks run in the loop's executor; `def` middleware hooks, prompt functions,
tool error handlers and reducers run on the loop (langgraph `_internal/_runnable.py`,
`RunnableCallable.ainvoke`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.entry import Entry
from lg_lint.model.graph import Graph, Node
from lg_lint.model.langgraph import agents
from lg_lint.model.langgraph.agent_hooks import NODE_HOOKS, WRAPPERS
from lg_lint.model.langgraph.callables import decorated_as, resolve, tool_functions
from lg_lint.model.langgraph.platform_files import served_values
from lg_lint.model.langgraph.tool_wrappers import loop_wrappers
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import Container, ExternalObject, FunctionRef, Instance, Value, Values

_MIDDLEWARE = named("agent_middleware")


def entries(program: Program, graphs: list[Graph]) -> list[Entry]:
    """Every function that one of the graphs runs."""
    found: list[Entry] = []
    for graph in graphs:
        for node in graph.nodes.values():
            found += _node(program, graph, node)
        for router in graph.routers:
            for ref in router.functions:
                if not any(ref in node.functions for node in graph.nodes.values()):
                    found.append(
                        _entry(graph, ref, "router", f"router {ref.function.name}()", router.site)
                    )
        found += _loop_side(program, graph)
        found += _middleware(program, graph)
        found += _reducers(program, graph)
    found += _tasks(program)
    found += _factories(program)
    return found


def _entry(
    graph: Graph,
    ref: FunctionRef,
    kind: str,
    title: str,
    site: Site,
    node: Node | None = None,
    *,
    on_loop: bool = False,
) -> Entry:
    world = ThreadContext.LOOP if on_loop or ref.function.is_async else ThreadContext.THREAD
    return Entry(ref, world, kind, title, site, graph, node)


def _node(program: Program, graph: Graph, node: Node) -> Iterator[Entry]:
    threads = resolve(program, node.values).threads
    kind = "entrypoint" if graph.kind == "entrypoint" else "node"
    for ref in node.functions:
        entry = _entry(graph, ref, "node", f'{kind} "{node.name}" of {graph.name}', node.site, node)
        if ref in threads:
            entry = Entry(ref, ThreadContext.THREAD, "node", entry.title, node.site, graph, node)
        yield entry
    wrappers = [ref for value in node.values for ref in loop_wrappers(program, value)]
    for ref in node.tools:
        title = f'tool {ref.function.name}() of node "{node.name}"'
        yield _entry(graph, ref, "tool", title, node.site, node, on_loop=bool(wrappers))
    for ref in wrappers:
        title = f'wrap_tool_call {ref.function.name}() of node "{node.name}"'
        yield _entry(graph, ref, "hook", title, node.site, node, on_loop=True)
    for value in resolve(program, node.values).tool_nodes:
        yield from _error_handlers(program, graph, node, value)


def _error_handlers(
    program: Program, graph: Graph, node: Node, value: ExternalObject
) -> Iterator[Entry]:
    if not isinstance(value.site, t.Call) or value.env is None:
        return
    expr = value.site.argument("handle_tool_errors", None)
    for ref in resolve(program, _infer(program, expr, value)).functions:
        title = f'handle_tool_errors {ref.function.name}() of node "{node.name}"'
        yield _entry(graph, ref, "hook", title, Site(value.site, value.env), node, on_loop=True)


def _infer(program: Program, expr: t.Expr | None, value: ExternalObject) -> Values:
    if expr is None or value.env is None:
        return ()
    return inference.infer(program, expr, value.env)


def _loop_side(program: Program, graph: Graph) -> Iterator[Entry]:
    """Functions of a prebuilt agent that run on the loop whatever their kind."""
    if graph.kind != "agent" or not isinstance(graph.site.node, t.Call):
        return
    row = agents.description(program, graph)
    for keyword in row.get("loop", ()):  # type: ignore[attr-defined]
        expr = graph.site.node.argument(keyword, None)
        if expr is None:
            continue
        for ref in resolve(program, inference.infer(program, expr, graph.site.env)).functions:
            title = f"{keyword}={ref.function.name} of {graph.name}"
            yield _entry(graph, ref, "prompt", title, graph.site, on_loop=True)


def _middleware(program: Program, graph: Graph) -> Iterator[Entry]:
    for value in graph.middleware:
        if isinstance(value, Instance):
            yield from _middleware_class(program, graph, value)
        elif isinstance(value, ExternalObject) and isinstance(value.base, FunctionRef):
            title = f"middleware {value.base.function.name}() of {graph.name}"
            yield _entry(graph, value.base, "middleware", title, graph.site, on_loop=True)


def _middleware_class(program: Program, graph: Graph, value: Instance) -> Iterator[Entry]:
    if _MIDDLEWARE not in inference.external_bases(program, value.cls):
        return
    for name in (*NODE_HOOKS, *WRAPPERS):
        plain = inference.find_method(program, value.cls, name)
        twin = inference.find_method(program, value.cls, f"a{name}")
        method = twin or (plain if name in NODE_HOOKS else None)
        if method is not None:
            title = f"middleware {value.cls.name}.{method.name}() of {graph.name}"
            ref = FunctionRef(method, bound=value)
            yield _entry(graph, ref, "middleware", title, graph.site, on_loop=True)
    yield from _middleware_tools(program, graph, value)


def _middleware_tools(program: Program, graph: Graph, value: Instance) -> Iterator[Entry]:
    values: tuple[Value, ...] = inference.instance_attribute(program, value, "tools")
    for ref in tool_functions(program, tuple(v for v in values if isinstance(v, Container))):
        yield _entry(graph, ref, "tool", f"tool {ref.function.name}() of {graph.name}", graph.site)


def _reducers(program: Program, graph: Graph) -> Iterator[Entry]:
    for channel in graph.channels.values():
        annotation = channel.annotation
        if not isinstance(annotation, t.Subscript) or not isinstance(annotation.index, t.Sequence):
            continue
        last = annotation.index.items[-1]
        for value in inference.infer(program, last, channel.site.env):
            if isinstance(value, FunctionRef):
                title = f'reducer {value.function.name}() of channel "{channel.key}"'
                yield _entry(graph, value, "reducer", title, channel.site, on_loop=True)


def _tasks(program: Program) -> Iterator[Entry]:
    """Functions decorated with `@task`."""
    for _, ref, site in decorated_as(program, named("task")):
        world = ThreadContext.LOOP if ref.function.is_async else ThreadContext.THREAD
        yield Entry(ref, world, "task", f"task {ref.function.name}()", site)


def _factories(program: Program) -> Iterator[Entry]:
    """Functions that a file names for a platform, which makes a graph by them for every run.

    They run on the loop whatever their kind (langgraph-api 0.16.7 raises BlockingError for both).
    """
    for path, value in served_values(program):
        if isinstance(value, FunctionRef):
            title = f"factory {value.function.name}() of {os.path.basename(path)}"
            module = value.function.module
            site = Site(value.function.node, program.env(module))
            yield Entry(value, ThreadContext.LOOP, "factory", title, site)
