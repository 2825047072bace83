"""What a compiled graph writes as a node of another: every key that both have, changed or not."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model import state_class
from lg_lint.model.graph import Graph, Node
from lg_lint.model.graph_analysis import growth_bounds
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.langgraph.callables import is_builder, is_graph
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import ClassRef, ExternalMethod, ExternalObject, Value

_OUTPUT = ("output_schema", "output")
_INPUT = ("input_schema", "input")


def keys_given_back(program: Program, graph: Graph, node: Node) -> dict[str, bool]:
    """The keys that a node gives back as it is a compiled graph; True where they surely have a
    value by then, which another one gives back as well.
    """
    inner, builder = node.subgraph, _builder(program, node)
    if inner is None or builder is None or inner.open_schema:
        return {}
    own = _schema(program, builder, ("state_schema",))
    output = _schema(program, builder, _OUTPUT) or own
    taken = _schema(program, builder, _INPUT) or own
    if output is None or taken is None:
        return {}
    written = set(_written(program, inner, builder))
    found = {}
    for key in output:
        if key in graph.channels and (key in taken or key in written):
            held = None if key in written else _has_value(program, graph, node, key)
            if held is not False:
                found[key] = held is not None
    return found


def _written(program: Program, inner: Graph, builder: ExternalObject) -> Iterator[str]:
    """The keys that the nodes write which this call of a helper has given the inner graph."""
    frame = builder.env.frame if builder.env is not None else None
    for each in of_graph(program, inner).writes():
        made = inner.nodes[each.node].site.env.frame if each.node else frame
        if frame is None or made is None or made.call is frame.call:
            yield each.update.key


def _has_value(program: Program, graph: Graph, node: Node, key: str) -> bool | None:
    """Whether a key of the parent has a value when a node begins; None where that is not known."""
    inputs = growth_bounds.inputs(program, graph)
    if any(key in given for given in inputs):
        return True
    before = _leading_to(graph, node.name)
    if any(
        each.update.key == key for each in of_graph(program, graph).writes() if each.node in before
    ):
        return None
    return False if inputs and all(inputs) else None


def _leading_to(graph: Graph, name: str) -> set[str]:
    """The nodes from which a run may come to a node."""
    found: set[str] = set()
    wanted = {name}
    while wanted:
        found |= wanted
        wanted = {each for each in graph.nodes if graph.successors(each) & wanted} - found
    return found - {name} if not graph.successors(name) & found else found


def _builder(program: Program, node: Node) -> ExternalObject | None:
    """The builder of the graph that is all that a node runs."""
    value: Value | None = node.values[0] if len(node.values) == 1 else None
    if isinstance(value, ExternalMethod):
        value = value.receiver
    if value is None or not is_graph(program, value):
        return None
    while isinstance(value, ExternalObject) and not is_builder(program, value):
        value = value.base
    return value if isinstance(value, ExternalObject) else None


def _schema(program: Program, builder: ExternalObject, names: tuple[str, ...]) -> set[str] | None:
    """The keys of one of a builder's schemas, as this call of its helper gives it."""
    found = list(_classes(program, builder, names))
    if len(found) != 1:
        return None
    return set(state_class.keys(program, found[0].cls))


def _classes(
    program: Program, builder: ExternalObject, names: tuple[str, ...]
) -> Iterator[ClassRef]:
    node, env = builder.site, builder.env
    if not isinstance(node, t.Call) or env is None:
        return
    for name in names:
        expr = node.argument(name, 0 if name == "state_schema" else None)
        for value in inference.infer(program, expr, env) if expr is not None else ():
            if isinstance(value, ClassRef):
                yield value
