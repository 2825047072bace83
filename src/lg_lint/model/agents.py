"""Prebuilt agents: the nodes, tools and channels that create_react_agent and its kin bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.callables import resolve, tool_functions
from lg_lint.model.graph import END, START, Edge, Graph, Node, Site
from lg_lint.program import containers, inference
from lg_lint.program.program import Program
from lg_lint.program.values import Container, External, Values

if TYPE_CHECKING:
    from lg_lint.model.graphs import Graphs

MODEL_NODE = "model"
TOOLS_NODE = "tools"


def describe(program: Program, graphs: Graphs) -> None:
    """Gives each prebuilt agent its nodes: the model, its tools, the functions hooked into it."""
    for graph in graphs.all:
        if graph.kind == "agent" and isinstance(graph.site.node, t.Call):
            _describe(program, graph, graph.site.node)


def description(program: Program, graph: Graph) -> dict[str, object]:
    """The row of knowledge about the function that builds an agent."""
    assert isinstance(graph.site.node, t.Call)
    for value in inference.infer(program, graph.site.node.func, graph.site.env):
        if isinstance(value, External):
            row = table("langgraph")["agents"].get(value.name)
            if isinstance(row, dict):
                return row
    return {}


def _describe(program: Program, graph: Graph, node: t.Call) -> None:
    site, row = graph.site, description(program, graph)
    graph.nodes[MODEL_NODE] = Node(MODEL_NODE, site)
    _connect(graph, START, MODEL_NODE, site)
    _connect(graph, MODEL_NODE, END, site)
    position = row.get("tools")
    tools = node.argument("tools", position if isinstance(position, int) and position >= 0 else None)
    if tools is not None:
        values = inference.infer(program, tools, site.env)
        found = tool_functions(program, values)
        graph.nodes[TOOLS_NODE] = Node(TOOLS_NODE, site, tools=found)
        _connect(graph, MODEL_NODE, TOOLS_NODE, site)
        _connect(graph, TOOLS_NODE, MODEL_NODE, site)
    for keyword in row.get("nodes", ()):  # type: ignore[attr-defined]
        functions = resolve(program, _value(program, graph, keyword)).functions
        if functions:
            graph.nodes[keyword] = Node(keyword, site, functions)
            _connect(graph, keyword, MODEL_NODE, site)
            _connect(graph, MODEL_NODE, keyword, site)
    middleware = _value(program, graph, "middleware")
    for value in middleware:
        if isinstance(value, Container):


            graph.middleware += [item for part in containers.items(program, value) for item in part]


def _value(program: Program, graph: Graph, keyword: str) -> Values:
    assert isinstance(graph.site.node, t.Call)
    expr = graph.site.node.argument(keyword, None)
    return inference.infer(program, expr, graph.site.env) if expr is not None else ()


def _connect(graph: Graph, source: str, target: str, site: Site) -> None:
    graph.edges.append(Edge(source, target, "static", site))
