"""Builders that something outside the project is given, and may add nodes and edges to."""

from __future__ import annotations

from collections.abc import Iterable

from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.model.graph import Graph
from lg_lint.program import inference
from lg_lint.program.store import Program, scopes
from lg_lint.program.values import External, ExternalMethod, ExternalObject, Unknown, Value, Values

_ONLY_LOOK = tuple([f"{package}." for package in names("only_look")])
_ADDING = {
    "add_conditional_edges", "add_edge", "add_node", "add_sequence", "set_conditional_entry_point",
    "set_entry_point", "set_finish_point",
}  # fmt: skip


def mark(program: Program, graphs: Iterable[Graph]) -> None:
    """Notes the graphs whose builder a call hands out by the name that it was given, and those one
    of whose methods gets a name of its own.
    """
    for graph in graphs:
        if graph.kind in ("state", "messages") and (
            _escapes(program, graph) or _has_named_method(graph)
        ):
            graph.complete = False


def _has_named_method(graph: Graph) -> bool:
    """Whether a method such as `builder.add_edge` is taken without being called, beside a graph."""
    scope = graph.site.env.scope
    if scope.module.names.isdisjoint(_ADDING):
        return False
    called = {id(site.node.func) for each in scopes(scope.module) for site in each.calls}
    return any(
        isinstance(node, t.Attribute) and node.attr in _ADDING and id(node) not in called
        for statement in scope.module.body
        for node in t.walk(statement, into_functions=True)
    )


def _escapes(program: Program, graph: Graph) -> bool:
    env = graph.site.env
    names = {
        binding.name
        for bindings in env.scope.bindings.values()
        for binding in bindings
        if binding.value is graph.site.node
    }
    return any(
        isinstance(arg.value, t.Name)
        and arg.value.id in names
        and _may_add(inference.infer(program, site.node.func, env))
        for site in env.scope.calls
        for arg in site.node.args
    )


def _may_add(callees: Values) -> bool:
    return not callees or any(map(_is_outside, callees))


def _is_outside(callee: Value) -> bool:
    if isinstance(callee, ExternalMethod):
        receiver = callee.receiver
        return isinstance(receiver, ExternalObject) and not receiver.type.startswith(_ONLY_LOOK)
    if isinstance(callee, External):
        return not callee.name.startswith(_ONLY_LOOK)
    return isinstance(callee, Unknown)
