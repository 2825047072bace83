"""Nodes that hand on by a Send of their own: returned, or yielded last by a generator."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model.graph import Edge, Graph, Node, Router
from lg_lint.model.langgraph.node_names import SEND
from lg_lint.model.langgraph.routers import Reader, Results
from lg_lint.program import inference
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import ExternalObject


def follow(program: Program, graph: Graph, node: Node) -> None:
    """Adds the edges that a node's Sends make; LangGraph refuses a list of them."""
    for ref in node.functions:
        function = ref.function
        if not any(terminal_name(site.node.func) == "Send" for site in function.calls):
            continue
        frame = program.frame(function, bound=ref.bound, closure=ref.closure)
        env = program.env(function, frame)
        for expr in _results(function):
            values = inference.infer(program, expr, env)
            if not any(isinstance(v, ExternalObject) and v.type == SEND for v in values):
                continue
            site, found = Site(expr, env), Results()
            Reader(program, graph.channels).read(expr, env, found)
            names = [item.value for item in found.found if item.send]
            known = [name for name in names if isinstance(name, str)]
            graph.edges += [Edge(node.name, name, "send", site) for name in dict.fromkeys(known)]
            if not names or len(known) < len(names):
                graph.routers.append(Router(node.name, site, [ref], None, is_command=True))


def _results(function: Function) -> Iterator[t.Expr]:
    if not function.is_generator:
        yield from function.result_exprs()
        return
    for item in function.yields:
        if item.value is not None:
            yield item.value
