"""Changes of a node's or router's state object that reach neither its update nor a checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.graph import Channel, Graph, Node, Router
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.graph_analysis.uses_after import counts_up, is_read_later
from lg_lint.model.state_flow.function_summary import FunctionUpdates, Path
from lg_lint.model.state_flow.lattice import Mutation
from lg_lint.program import inference
from lg_lint.program.scopes import START, Function, enclosing_function
from lg_lint.program.store import Program, terminal_name

_BY_VERSION = ("InMemorySaver", "PersistentDict", ".PostgresSaver", ".AsyncPostgresSaver")
_HARMLESS = {"staticmethod", "classmethod", "traceable", "wraps"}


class LossKind(str, Enum):
    """Why a change is lost.

    A key set on the node's own copy; a change in place of a pydantic state, which each node gets
    as a new object; a change in place of a channel that the saver does not store, as nothing was
    written to it.
    """

    REBOUND = "rebound"
    OWN_COPY = "own copy"
    UNSAVED = "unsaved"


class Loss(Struct, frozen=True):
    """A change of one channel that gets lost; `used` where the function reads it afterwards."""

    channel: Channel
    mutation: Mutation
    kind: LossKind
    used: bool = False


class NodeLosses(Struct, frozen=True):
    """What the only function of a node loses in the same way, by place in the code."""

    node: Node
    function: Function
    kind: LossKind
    losses: list[Loss]


class RouterLosses(Struct, frozen=True):
    """The writes of a router to its state, by place in the code: all of them are lost."""

    router: Router
    function: Function
    mutations: list[Mutation]


# --- nodes ---------------------------------------------------------------------------------


def lost_in_nodes(program: Program, graph: Graph) -> Iterator[NodeLosses]:
    """What the nodes of a graph lose, one record for each node and kind.

    Nodes of several functions, or that a Send may give something else than the state, are left
    out, and so are changes that a way out which is not understood may return.
    """
    updates, sent_to = of_graph(program, graph), _sent_to(graph)
    for name, node in graph.nodes.items():
        if len(node.functions) != 1 or node.passing or name in sent_to:
            continue
        summary = updates.nodes[name][0]
        if not _is_plain(summary):
            continue
        by_kind: dict[LossKind, list[Loss]] = {}
        for key, mutation in _unreturned(summary.paths).items():
            channel = graph.channels.get(key)
            loss = _loss(program, graph, node, channel, mutation) if channel else None
            if loss is not None:
                by_kind.setdefault(loss.kind, []).append(loss)
        for kind, losses in by_kind.items():
            losses.sort(key=lambda loss: (loss.mutation.site.path, loss.mutation.site.span))
            yield NodeLosses(node, summary.ref.function, kind, losses)


def return_without(function: Function, mutation: Mutation) -> t.Return | None:
    """The first return with a value after a change; None where the function has none.

    For a change in a helper it is the first return of the function itself.
    """
    inside = enclosing_function(mutation.site.env.scope) is function
    after = mutation.site.node.start if inside else START
    for statement in function.returns:
        if statement.value is not None and statement.start > after:
            return statement
    return None


def _sent_to(graph: Graph) -> set[str]:
    """The nodes that a Send may give something else than the state."""
    return {edge.target for edge in graph.edges if edge.kind == "send"}


def _is_plain(summary: FunctionUpdates) -> bool:
    """Whether the function gets the state itself, and what it returns is what the node writes."""
    function = summary.ref.function
    if function.self_name is not None and summary.ref.bound is None:
        return False
    applied = (each.func if isinstance(each, t.Call) else each for each in function.decorators)
    return {terminal_name(each) for each in applied} <= _HARMLESS


def _unreturned(paths: list[Path]) -> dict[str, Mutation]:
    """By key, the first change that none of the ways out from there returns."""
    found: dict[str, Mutation] = {}
    kept: set[str] = set()
    in_place = {item.key for path in paths for item in path.mutations if item.kind == "in place"}
    for path in paths:
        changed = {item.key for item in path.mutations}
        kept |= changed if path.unknown else changed & path.keys
        for item in path.mutations:
            if item.kind == "in place" or (item.kind == "rebound" and item.key not in in_place):
                found.setdefault(item.key, item)
    return {key: item for key, item in found.items() if key not in kept}


def _loss(
    program: Program, graph: Graph, node: Node, channel: Channel, mutation: Mutation
) -> Loss | None:
    function = node.functions[0].function
    used = not counts_up(mutation) and is_read_later(function, mutation)
    if mutation.kind == "rebound":
        return None if used else Loss(channel, mutation, LossKind.REBOUND)
    if _is_pydantic(program, graph) and channel.shape in ("list", "set"):
        return None if used else Loss(channel, mutation, LossKind.OWN_COPY)
    if _is_dropped_by_saver(graph) and not _is_written_later(
        program, graph, node.name, channel.key
    ):
        return Loss(channel, mutation, LossKind.UNSAVED, used)
    return None


def _is_pydantic(program: Program, graph: Graph) -> bool:
    return bool(graph.schemas) and all(
        any(base.endswith(".BaseModel") for base in inference.external_bases(program, cls))
        for cls in graph.schemas
    )


def _is_dropped_by_saver(graph: Graph) -> bool:
    """Whether the saver stores a channel only when something was written to it."""
    saver = graph.durable
    return (
        saver is not None
        and graph.kind == "state"
        and graph.complete
        and bool(saver.types)
        and all(name.endswith(_BY_VERSION) for name in saver.types)
    )


def _is_written_later(program: Program, graph: Graph, name: str, key: str) -> bool:
    """Whether a node that may follow writes the key, and with it the changed value."""
    updates = of_graph(program, graph)
    queue, reached = [name], set()
    while queue:
        for following in graph.successors(queue.pop()) & set(graph.nodes):
            if following in reached:
                continue
            reached.add(following)
            queue.append(following)
            node, functions = graph.nodes[following], updates.nodes[following]
            if not node.functions or node.tools or node.subgraph is not None:
                return True
            if any(path.unknown or key in path.keys for item in functions for path in item.paths):
                return True
    return False


# --- routers -------------------------------------------------------------------------------


def lost_in_routers(program: Program, graph: Graph) -> Iterator[RouterLosses]:
    """The routers of a graph, other than its nodes and those that return Commands, that write."""
    nodes = {ref.function for node in graph.nodes.values() for ref in node.functions}
    for router, summary in of_graph(program, graph).routers:
        function = summary.ref.function
        lost = _lost_by_router(summary)
        if lost and not router.is_command and function not in nodes:
            yield RouterLosses(router, function, lost)


def _lost_by_router(summary: FunctionUpdates) -> list[Mutation]:
    """The writes of a router, else those of its helpers, that it does not read itself."""
    routing = summary.ref.function
    lost = {
        item
        for path in summary.paths
        for item in path.mutations
        if item.kind != "in place" and (counts_up(item) or not is_read_later(routing, item))
    }
    own = {item for item in lost if enclosing_function(item.site.env.scope) is routing}
    return sorted(own or lost, key=lambda item: (item.site.path, item.site.span))
