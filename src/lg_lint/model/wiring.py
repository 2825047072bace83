"""Nodes, edges and routers: what the builder's methods, Command and Send say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lg_lint.facts import tree as t
from lg_lint.model.callables import is_builder, resolve
from lg_lint.model.graph import END, START, Edge, Graph, Node, Router, Site
from lg_lint.model.unroll import rounds
from lg_lint.program import containers, inference
from lg_lint.program.program import Program, terminal_name
from lg_lint.program.scopes import CallSite
from lg_lint.program.values import (
    Const,
    Container,
    Env,
    External,
    ExternalObject,
    FunctionRef,
    Unknown,
    Values,
)

if TYPE_CHECKING:
    from lg_lint.model.graphs import Graphs

_ENDS = {"langgraph.constants.START": START, "langgraph.constants.END": END}
_COMMAND = "langgraph.types.Command"
_SEND = "langgraph.types.Send"


def wire(program: Program, graphs: Graphs) -> None:
    """Adds nodes, edges and routers to the graphs, builder call by builder call."""
    for method, handler in _METHODS.items():
        for site, scope in program.calls_named(method):
            if not isinstance(site.node.func, t.Attribute):
                continue
            for env in rounds(program, site, program.env(scope)):
                for value in inference.infer(program, site.node.func.value, env):
                    graph = graphs.of(value) if is_builder(program, value) else None
                    if graph is not None:
                        handler(program, graph, site, env)
    for graph in graphs.all:
        _link_subgraphs(program, graphs, graph)
        for node in list(graph.nodes.values()):
            _commands(program, graph, node)


def add_entrypoint(graph: Graph, function: FunctionRef) -> None:
    """The one node of a functional graph."""
    graph.nodes[graph.name] = Node(graph.name, graph.site, [function])
    graph.edges.append(Edge(START, graph.name, "static", graph.site))


# --- builder methods -----------------------------------------------------------------------


def _add_node(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    node = site.node
    first, second = node.argument("node", 0), node.argument("action", 1)
    if first is None:
        graph.complete = False
        return
    names = node_names(program, first, env)
    if second is None:
        values = inference.infer(program, first, env)
        names = names or _own_names(values)
    else:
        values = inference.infer(program, second, env)
    if not names:
        graph.complete = False
        names = [f"<line {node.row}>"]
    for name in names:
        _put(program, graph, name, Site(node, env), values)
    destinations = node.argument("destinations", None)
    if destinations is not None:
        for target in targets_of(program, destinations, env) or ():
            _edge(graph, names[0], target, "command", Site(node, env))


def _put(program: Program, graph: Graph, name: str, site: Site, values: Values) -> Node:
    made = graph.nodes.get(name) or Node(name, site)
    graph.nodes[name] = made
    called = resolve(program, values)
    made.values = (*made.values, *values)
    made.functions = list(dict.fromkeys((*made.functions, *called.functions, *called.threads)))
    made.tools = list(dict.fromkeys((*made.tools, *called.tools)))
    return made


def _own_names(values: Values) -> list[str]:
    names = []
    for value in values:
        if isinstance(value, FunctionRef):
            names.append(value.function.name)
        elif isinstance(value, ExternalObject) and isinstance(value.base, FunctionRef):
            names.append(value.base.function.name)
    return list(dict.fromkeys(names))


def _add_edge(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    first, second = site.node.argument("start_key", 0), site.node.argument("end_key", 1)
    if first is None or second is None:
        return
    sources, targets = targets_of(program, first, env), targets_of(program, second, env)
    if sources is None or targets is None:
        graph.complete = False
    for source in sources or ():
        for target in targets or ():
            _edge(graph, source, target, "static", Site(site.node, env))


def _add_conditional_edges(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    node = site.node
    first, path = node.argument("source", 0), node.argument("path", 1)
    if first is None or path is None:
        return
    for source in targets_of(program, first, env) or ["<unknown>"]:
        _route(program, graph, source, path, node.argument("path_map", 2), Site(node, env))


def _set_conditional_entry(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    path = site.node.argument("path", 0)
    if path is not None:
        path_map = site.node.argument("path_map", 1)
        _route(program, graph, START, path, path_map, Site(site.node, env))


def _route(
    program: Program,
    graph: Graph,
    source: str,
    path: t.Expr,
    path_map: t.Expr | None,
    site: Site,
) -> None:
    functions = resolve(program, inference.infer(program, path, site.env)).functions
    targets: list[str] | None = None
    if path_map is not None:
        targets = _map_targets(program, path_map, site.env)
    elif _is_tools_condition(program, path, site.env):
        targets = ["tools", END]
    elif functions:
        targets = _router_targets(program, functions)
    graph.routers.append(Router(source, site, functions, targets))
    for target in targets or ():
        _edge(graph, source, target, "conditional", site)


def _is_tools_condition(program: Program, path: t.Expr, env: Env) -> bool:
    return any(
        isinstance(value, External) and value.name.endswith("tool_node.tools_condition")
        for value in inference.infer(program, path, env)
    )


def _map_targets(program: Program, path_map: t.Expr, env: Env) -> list[str] | None:
    found: list[str] = []
    for value in inference.infer(program, path_map, env):
        if not isinstance(value, Container):
            return None
        parts = (
            [item for _, item in containers.entries(program, value)]
            if value.kind == "dict"
            else list(containers.items(program, value))
        )
        for item in parts:
            names = _names(item)
            if names is None:
                return None
            found += names
    return list(dict.fromkeys(found)) or None


def _router_targets(program: Program, functions: list[FunctionRef]) -> list[str] | None:
    """Where a router may lead: its Literal annotation, else the values that it returns."""
    found: list[str] = []
    for ref in functions:
        env = program.env(ref.function, _frame(program, ref))
        literal = _literal(program, ref)
        if literal is not None:
            found += literal
            continue
        for expr in ref.function.result_exprs():
            names = targets_of(program, expr, env)
            if names is None:
                return None
            found += names
    return list(dict.fromkeys(found))


def _frame(program: Program, ref: FunctionRef):  # type: ignore[no-untyped-def]
    return program.frame(ref.function, bound=ref.bound, closure=ref.closure)


def _literal(program: Program, ref: FunctionRef) -> list[str] | None:
    """The node names in `-> Literal[...]` or `-> Command[Literal[...]]`."""
    node = ref.function.node
    if not isinstance(node, t.FunctionDef) or node.returns is None:
        return None
    env = program.env(ref.function.parent or ref.function.module)
    for part in t.walk(node.returns):
        if isinstance(part, t.Subscript) and terminal_name(part.value) == "Literal":
            items = part.index.items if isinstance(part.index, t.Sequence) else (part.index,)
            names = [name for item in items for name in targets_of(program, item, env) or ()]
            return names or None
    return None


def _add_sequence(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    expr = site.node.argument("nodes", 0)
    rows = containers.sequence(program, inference.infer(program, expr, env)) if expr else None
    if rows is None:
        graph.complete = False
        return
    before: str | None = None
    for row in rows:
        values, names = row, _own_names(row)
        pair = next((v for v in row if isinstance(v, Container) and v.kind == "tuple"), None)
        if pair is not None:
            items = list(containers.items(program, pair))
            names, values = _names(items[0]) or [], items[1] if len(items) > 1 else ()
        if not names:
            graph.complete = False
            continue
        _put(program, graph, names[0], Site(site.node, env), values)
        if before is not None:
            _edge(graph, before, names[0], "static", Site(site.node, env))
        before = names[0]


def _set_entry_point(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    expr = site.node.argument("key", 0)
    for name in (targets_of(program, expr, env) if expr is not None else None) or ():
        _edge(graph, START, name, "static", Site(site.node, env))


def _set_finish_point(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    expr = site.node.argument("key", 0)
    for name in (targets_of(program, expr, env) if expr is not None else None) or ():
        _edge(graph, name, END, "static", Site(site.node, env))


def _compile(program: Program, graph: Graph, site: CallSite, env: Env) -> None:
    graph.compiles.append(Site(site.node, env))


def _edge(graph: Graph, source: str, target: str, kind: str, site: Site) -> None:
    graph.edges.append(Edge(source, target, kind, site))


_METHODS = {
    "add_node": _add_node,
    "add_sequence": _add_sequence,
    "add_edge": _add_edge,
    "add_conditional_edges": _add_conditional_edges,
    "set_conditional_entry_point": _set_conditional_entry,
    "set_entry_point": _set_entry_point,
    "set_finish_point": _set_finish_point,
    "compile": _compile,
}


# --- names ---------------------------------------------------------------------------------


def node_names(program: Program, expr: t.Expr, env: Env) -> list[str]:
    """The literal node names that an expression may be."""
    return [
        value.value
        for value in inference.infer(program, expr, env)
        if isinstance(value, Const) and isinstance(value.value, str)
    ]


def targets_of(program: Program, expr: t.Expr, env: Env) -> list[str] | None:
    """The node names that an edge's end, a router's result or a goto may be.

    None where some value is unknown.
    """
    found: list[str] = []
    for value in inference.infer(program, expr, env):
        if isinstance(value, Container) and value.kind in ("list", "tuple", "set", "sum"):
            parts = list(containers.items(program, value))
        else:
            parts = [(value,)]
        for part in parts:
            names = _names_with_sends(program, part)
            if names is None:
                return None
            found += names
    return list(dict.fromkeys(found)) if found or _is_empty(expr) else None


def _is_empty(expr: t.Expr) -> bool:
    return isinstance(expr, t.Constant) or (isinstance(expr, t.Sequence) and not expr.items)


def _names_with_sends(program: Program, values: Values) -> list[str] | None:
    found: list[str] = []
    for value in values:
        if isinstance(value, ExternalObject) and value.type == _SEND:
            if not isinstance(value.site, t.Call) or value.env is None:
                return None
            expr = value.site.argument("node", 0)
            names = targets_of(program, expr, value.env) if expr is not None else None
        elif isinstance(value, Container):
            inner = [_names_with_sends(program, item) for item in containers.items(program, value)]
            names = None if None in inner else [name for part in inner for name in part or ()]
        else:
            names = _names((value,))
        if names is None:
            return None
        found += names
    return found


def _names(values: Values) -> list[str] | None:
    found: list[str] = []
    for value in values:
        if isinstance(value, Const):
            if isinstance(value.value, str):
                found.append(value.value)
        elif isinstance(value, External) and value.name in _ENDS:
            found.append(_ENDS[value.name])
        elif isinstance(value, (Unknown, External, ExternalObject)):
            return None
    return found


# --- Command -------------------------------------------------------------------------------


def _commands(program: Program, graph: Graph, node: Node) -> None:
    """Edges that a node's `Command(goto=...)` adds."""
    for ref in (*node.functions, *node.tools):
        literal = _literal(program, ref) if _mentions_command(ref) else None
        if literal:
            for target in literal:
                _edge(graph, node.name, target, "command", node.site)
            continue
        for site, env in _command_calls(program, ref):
            goto = site.node.argument("goto", None)
            if goto is None or _leaves_graph(site.node):
                continue
            targets = targets_of(program, goto, env)
            place = Site(site.node, env)
            if targets is None:
                graph.routers.append(Router(node.name, place, [ref], None))
            for target in targets or ():
                _edge(graph, node.name, target, "command", place)


def _mentions_command(ref: FunctionRef) -> bool:
    node = ref.function.node
    return (
        isinstance(node, t.FunctionDef)
        and node.returns is not None
        and any(terminal_name(part) == "Command" for part in t.walk(node.returns))  # type: ignore[arg-type]
    )


def _command_calls(program: Program, ref: FunctionRef) -> Iterator[tuple[CallSite, Env]]:
    env = program.env(ref.function, _frame(program, ref))
    for site in ref.function.calls:
        if terminal_name(site.node.func) == "Command":
            values = inference.infer(program, site.node, env)
            if any(isinstance(value, ExternalObject) and value.type == _COMMAND for value in values):
                yield site, env


def _leaves_graph(node: t.Call) -> bool:
    return node.argument("graph", None) is not None


def _link_subgraphs(program: Program, graphs: Graphs, graph: Graph) -> None:
    for node in graph.nodes.values():
        for value in resolve(program, node.values).graphs:
            inner = graphs.of(value)
            if inner is not None and inner is not graph:
                node.subgraph = inner
                inner.parents.append(graph)
