"""Nodes, edges and routers: what the builder's methods, Command and Send say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.graph import END, START, Graph, Node, Router, connect, name_of
from lg_lint.model.langgraph import node_names, node_sends, routers, runnables
from lg_lint.model.langgraph.callables import is_builder, resolve
from lg_lint.model.langgraph.loop_unrolling import in_each_round, is_counted, rounds
from lg_lint.model.langgraph.routers import Reader
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Container, Env, External, ExternalObject, FunctionRef, Values

if TYPE_CHECKING:
    from lg_lint.model.langgraph.registry import Graphs

_COMMAND = named("command")


def wire(program: Program, graphs: Graphs) -> None:
    """Adds nodes, edges and routers to the graphs, builder call by builder call."""
    for method, handler in _METHODS.items():
        for site in inference.sites_of_method(program, method):
            outer = program.env(site.scope)
            for env in rounds(program, site, outer):
                for call in inference.method_calls(program, site, method, env):
                    is_ours = is_builder(program, call.receiver)
                    graph = graphs.of(call.receiver) if is_ours else None
                    if graph is None:
                        continue
                    if call.certain:
                        handler(program, graph, call.site, call.env)
                    if not call.certain or (
                        method != "compile" and not is_counted(program, site, outer)
                    ):
                        graph.complete = False
    for graph in graphs.all:
        _link_subgraphs(program, graphs, graph)


def route(program: Program, graph: Graph) -> None:
    """Adds what depends on the channels: where routers, Commands and Sends lead."""
    for router in graph.routers:
        _lead(program, graph, router)
    for node in list(graph.nodes.values()):
        _commands(program, graph, node)
        node_sends.follow(program, graph, node)


def add_entrypoint(graph: Graph, function: FunctionRef) -> None:
    """The one node of a functional graph."""
    graph.nodes[graph.name] = Node(graph.name, graph.site, [function])
    connect(graph, START, graph.name, graph.site)
    connect(graph, graph.name, END, graph.site)


# --- nodes ---------------------------------------------------------------------------------


def _add_node(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    node, place = site.node, Site(site.node, env)
    first, second = node.argument("node", 0), node.argument("action", 1)
    if first is None:
        graph.complete = False
        return
    values = inference.infer(program, second or first, env)
    if second is None:
        names = node_names.own_names(program, values)
    else:
        names = node_names.names(program, first, env) or []
    if len(names) != 1:
        graph.complete = False
    many = len(names) != 1 and _in_loop(site)
    for name in names or [node_names.pattern(program, first, env)]:
        made = put(program, graph, name, place, values)
        made.many = made.many or many
        made.defer = made.defer or _is_true(node.argument("defer", None))
        made.destinations += _destinations(program, node, values, env)
        handler = node.argument("error_handler", None)
        if handler is not None:
            _add_error_handler(program, graph, name, handler, place)


def put(program: Program, graph: Graph, name: str, site: Site, values: Values) -> Node:
    """A node with what its values run; more of it where the name is known already."""
    made = graph.nodes.get(name) or Node(name, site)
    graph.nodes[name] = made
    called = resolve(program, values)
    made.values = (*made.values, *values)
    made.functions = list(dict.fromkeys((*made.functions, *called.functions, *called.threads)))
    made.passing += called.passing
    if called.passing or any(map(runnables.is_chain, values)):
        made.chain = runnables.of_values(program, values)
    made.tools = list(dict.fromkeys((*made.tools, *called.tools)))
    return made


def _in_loop(site: CallSite) -> bool:
    return any(isinstance(statement, (t.For, t.While)) for statement in site.enclosing)


def _is_true(expr: t.Expr | None) -> bool:
    return isinstance(expr, t.Constant) and expr.value is True


def _destinations(program: Program, node: t.Call, values: Values, env: Env) -> list[str]:
    """What a node says of where its Commands go: the argument, else the annotation."""
    expr = node.argument("destinations", None)
    if expr is not None:
        found = node_names.path_map(program, expr, env)
        return [str(key) for key in found] if found else _tuple(program, expr, env)
    for value in values:
        if isinstance(value, FunctionRef) and _mentions_command(value):
            declared = routers.literal(program, value) or []
            return [result.value for result in declared if isinstance(result.value, str)]
    return []


def _tuple(program: Program, expr: t.Expr, env: Env) -> list[str]:
    return node_names.names(program, expr, env) or []


def _add_error_handler(
    program: Program, graph: Graph, name: str, handler: t.Expr, site: Site
) -> None:
    made = f"__error_handler__{name}"
    put(program, graph, made, site, inference.infer(program, handler, site.env))
    connect(graph, name, made, site, "error")


def _add_sequence(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    expr = site.node.argument("nodes", 0)
    rows = inference.sequence(program, inference.infer(program, expr, env)) if expr else None
    if rows is None:
        graph.complete = False
        return
    before: str | None = None
    for values in rows:
        names = node_names.own_names(program, values)
        pair = next((v for v in values if isinstance(v, Container) and v.kind == "tuple"), None)
        if pair is not None:
            items = list(inference.items_of(program, pair))
            names = [name for name in map(name_of, items[0]) if name]
            values = items[1] if len(items) > 1 else ()
        if len(names) != 1:
            graph.complete = False
            before = None
            continue
        put(program, graph, names[0], Site(site.node, env), values)
        if before is not None:
            connect(graph, before, names[0], Site(site.node, env))
        before = names[0]


# --- edges ---------------------------------------------------------------------------------


def _add_edge(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    first, second = site.node.argument("start_key", 0), site.node.argument("end_key", 1)
    if first is None or second is None:
        graph.complete = False
        return
    sources = node_names.names(program, first, env)
    ends = node_names.names(program, second, env)
    waiting = node_names.is_list(program, first, env)
    if not sources or not ends or len(ends) > 1 or (len(sources) > 1 and not waiting):
        graph.complete = False
    waits = tuple(sources or ()) if waiting else ()
    many = len(sources or ()) == 1 and len(ends or ()) != 1 and in_each_round(site)
    for source in sources or [node_names.pattern(program, first, env)]:
        for target in ends or [node_names.pattern(program, second, env)]:
            connect(graph, source, target, Site(site.node, env), waits=waits, many=many)


def _set_entry_point(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    for name in _point(program, graph, site, env):
        connect(graph, START, name, Site(site.node, env))


def _set_finish_point(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    for name in _point(program, graph, site, env):
        connect(graph, name, END, Site(site.node, env))


def _point(program: Program, graph: Graph, site: CallSite, env: Env) -> list[str]:
    expr = site.node.argument("key", 0)
    names = node_names.names(program, expr, env) if expr is not None else None
    if names is None or len(names) != 1:
        graph.complete = False
    return names or []


def _add_conditional_edges(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    node = site.node
    first, path = node.argument("source", 0), node.argument("path", 1)
    if first is None or path is None:
        graph.complete = False
        return
    sources = node_names.names(program, first, env) or []
    if len(sources) != 1:
        graph.complete = False
    for source in sources:
        _branch(program, graph, source, path, node.argument("path_map", 2), Site(node, env))


def _set_conditional_entry(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    path = site.node.argument("path", 0)
    if path is None:
        graph.complete = False
        return
    path_map = site.node.argument("path_map", 1)
    _branch(program, graph, START, path, path_map, Site(site.node, env))


def _compile(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    graph.compiles.append(Site(site.node, env))


# --- routers -------------------------------------------------------------------------------


def _branch(
    program: Program, graph: Graph, source: str, path: t.Expr, path_map: t.Expr | None, site: Site
) -> None:
    values = inference.infer(program, path, site.env)
    router = Router(source, site, resolve(program, values).functions, None)
    if path_map is not None and not _is_none(path_map):
        router.path_map = node_names.path_map(program, path_map, site.env)
        router.unmapped = router.path_map is None
    elif _is_tools_condition(values):
        router.path_map = {"tools": "tools", END: END}
    elif len(values) == 1 and len(router.functions) == 1:
        router.path_map = routers.path_map_of_annotation(program, router.functions[0])
    graph.routers.append(router)


def _is_none(expr: t.Expr) -> bool:
    return isinstance(expr, t.Constant) and expr.value is None


def _is_tools_condition(values: Values) -> bool:
    return any(
        isinstance(value, External) and value.name == named("tools_condition") for value in values
    )


def _lead(program: Program, graph: Graph, router: Router) -> None:
    """Where a router leads: its map, and the Sends that pass it by."""
    results = Reader(program, graph.channels).router(router.functions)
    router.results, router.closed = results.found, results.closed
    sends = [item.value for item in results.found if item.send and isinstance(item.value, str)]
    named = [item.value for item in results.found if not item.send and isinstance(item.value, str)]
    if router.unmapped:
        router.targets = None
    elif router.path_map is not None:
        router.targets = list(dict.fromkeys([*router.path_map.values(), *sends]))
    elif results.closed:
        router.targets = list(dict.fromkeys([*named, *sends]))
    for target in router.targets or ():
        kind = "send" if target in sends and target not in named else "conditional"
        connect(graph, router.source, target, router.site, kind)


# --- Command -------------------------------------------------------------------------------


def _commands(program: Program, graph: Graph, node: Node) -> None:
    """Edges that a node's `Command(goto=...)` adds."""
    for ref in (*node.functions, *node.tools, *node.hooks):
        sites = list(_command_calls(program, ref))
        before = len(graph.routers)
        for site, env in sites:
            goto = site.node.argument("goto", None)
            if goto is None:
                if any(arg.star == "**" for arg in site.node.args):
                    graph.routers.append(Router(node.name, Site(site.node, env), [ref], None))
                continue
            if site.node.argument("graph", None) is not None:
                for parent in graph.parents:
                    _leave(graph, parent, Site(site.node, env), ref)
                continue
            _goto(program, graph, node, ref, Site(goto, env))
        if ref in node.functions and routers.ends_in_goto(program, ref):
            for router in graph.routers[before:]:
                router.always = True
        if not sites and _mentions_command(ref):
            for target in node.destinations:
                connect(graph, node.name, target, node.site, "command")


def _leave(graph: Graph, parent: Graph, site: Site, ref: FunctionRef) -> None:
    """A Command of a subgraph that goes on in its parent, anywhere."""
    for node in parent.nodes.values():
        if node.subgraph is graph:
            parent.routers.append(Router(node.name, site, [ref], None, is_command=True))


def _goto(program: Program, graph: Graph, node: Node, ref: FunctionRef, site: Site) -> None:
    results = routers.Results()
    Reader(program, graph.channels).read(site.node, site.env, results)  # type: ignore[arg-type]
    found = [item.value for item in results.found if isinstance(item.value, str)]
    if not results.closed:
        found += node.destinations
    router = Router(node.name, site, [ref], list(dict.fromkeys(found)), is_command=True)
    router.results, router.closed = results.found, results.closed
    if not results.closed and not node.destinations:
        router.targets = None
    graph.routers.append(router)
    sends = {item.value for item in results.found if item.send}
    for target in router.targets or ():
        connect(graph, node.name, target, site, "send" if target in sends else "command")


def _mentions_command(ref: FunctionRef) -> bool:
    node = ref.function.node
    return (
        isinstance(node, t.FunctionDef)
        and node.returns is not None
        and any(
            terminal_name(part) == "Command"
            for part in t.walk(node.returns)
            if isinstance(part, (t.Name, t.Attribute))
        )
    )


def _makes_command(ref: FunctionRef) -> bool:
    return any(terminal_name(site.node.func) == "Command" for site in ref.function.calls)


def _command_calls(program: Program, ref: FunctionRef) -> Iterator[tuple[CallSite, Env]]:
    """The Commands that a function makes, itself or in the functions that it calls."""
    seen = {ref.function}
    queue = [ref]
    while queue:
        current = queue.pop(0)
        frame = program.frame(current.function, bound=current.bound, closure=current.closure)
        env = program.env(current.function, frame)
        for site in current.function.calls:
            if terminal_name(site.node.func) == "Command":
                values = inference.infer(program, site.node, env)
                if any(isinstance(v, ExternalObject) and v.type == _COMMAND for v in values):
                    yield site, env
                continue
            for callee in inference.infer(program, site.node.func, env):
                if isinstance(callee, FunctionRef) and callee.function not in seen:
                    seen.add(callee.function)
                    if _mentions_command(callee) or _makes_command(callee):
                        queue.append(callee)


# --- subgraphs, and builders that leave the project's sight --------------------------------


def _link_subgraphs(program: Program, graphs: Graphs, graph: Graph) -> None:
    for node in graph.nodes.values():
        for value in resolve(program, node.values).graphs:
            inner = graphs.of(value)
            if inner is not None and inner is not graph:
                node.subgraph = inner
                inner.parents.append(graph)


_METHODS: dict[str, Callable[[Program, Graph, CallSite, Env], None]] = {
    "add_node": _add_node,
    "add_sequence": _add_sequence,
    "add_edge": _add_edge,
    "add_conditional_edges": _add_conditional_edges,
    "set_conditional_entry_point": _set_conditional_entry,
    "set_entry_point": _set_entry_point,
    "set_finish_point": _set_finish_point,
    "compile": _compile,
}
