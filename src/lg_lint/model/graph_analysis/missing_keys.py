"""Arms of a router that ask for a key which no state of the graph has."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, Router, state_param
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.langgraph.routers import key_read
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.values import FunctionRef, Instance


def never_comes(project: Project, graph: Graph, router: Router, site: Site) -> bool:
    """Whether a router gets to a place only where the state has a key that the graph lacks."""
    if graph.kind != "state" or graph.open_schema or "__root__" in graph.channels:
        return False
    return any(
        _lacks(project, graph, key)
        for ref in router.functions
        if ref.function is site.env.scope and (state := _typed_state(project, graph, ref))
        for key in _asked_for(ref, site.node, state)
    )


def _lacks(project: Project, graph: Graph, key: str) -> bool:
    if key in graph.channels or key in graph.managed:
        return False
    if any(key in cls.bindings for cls in graph.schemas):
        return False
    return not any(of_graph(project.program, graph).writes(key))


def _typed_state(project: Project, graph: Graph, ref: FunctionRef) -> str | None:
    """The name of a router's parameter for the state, where it has the graph's schema."""
    param = state_param(ref)
    if param is None or param.annotation is None or len(ref.function.bindings[param.name]) > 1:
        return None
    env = project.program.env(ref.function.parent or ref.function.module)
    found = inference.annotated_values(project.program, param.annotation, env)
    typed = all(isinstance(value, Instance) and value.cls in graph.schemas for value in found)
    return param.name if found and typed else None


def _asked_for(ref: FunctionRef, place: t.Node, state: str) -> set[str]:
    """The keys that the tests around a place need a value of."""
    keys: set[str] = set()
    for node in t.walk(ref.function.node):
        if isinstance(node, (t.If, t.IfExp)):
            body = node.body if isinstance(node.body, tuple) else (node.body,)
            if t.in_block(body, place):
                keys |= _needed(node.test, state)
    return keys


def _needed(test: t.Expr, state: str) -> set[str]:
    """The keys without which a test fails."""
    if isinstance(test, t.BoolOp) and test.op == "and":
        return _needed(test.left, state) | _needed(test.right, state)
    if isinstance(test, t.Compare) and test.ops == ("is not",):
        other = test.comparators[0]
        absent = isinstance(other, t.Constant) and other.value is None
        return _needed(test.left, state) if absent else set()
    if isinstance(test, t.Call) and len(test.args) > 1:
        return set()
    key = key_read(test, state)
    return {key} if key is not None else set()
