"""Items that a channel gets a second time: what a reducer adds holds the old value already."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.graph import Channel, Graph, Node, ReducerKind
from lg_lint.model.graph_analysis.growth_bounds import schema_keys
from lg_lint.model.graph_analysis.state_updates import Write, of_graph
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name


class DoubledChannel(Struct, frozen=True):
    """A channel that gets its old items again, and the write that does it."""

    channel: Channel
    write: Write

    @property
    def is_sum(self) -> bool:
        """Whether it is a number that counts its old value twice."""
        return self.channel.reducer.kind is ReducerKind.SUM


class DoubledBySubgraph(Struct, frozen=True):
    """The channels that a subgraph node is given, and gives back whole; never empty.

    `by_thread` where only what earlier turns have left in the subgraph stands twice.
    """

    node: Node
    channels: list[Channel]
    by_thread: bool


# --- nodes ---------------------------------------------------------------------------------


def doubled_channels(program: Program, graph: Graph) -> list[list[DoubledChannel]]:
    """What nodes add again, by place: the channels, each with the first write of it there."""
    found: dict[tuple[object, ...], dict[str, DoubledChannel]] = {}
    for write in of_graph(program, graph).writes():
        channel = graph.channels.get(write.update.key)
        if channel is not None and _adds_again(channel, write):
            place = (write.update.key_site.path, write.update.key_site.span)
            doubled = DoubledChannel(channel, write)
            found.setdefault(place, {}).setdefault(channel.key, doubled)
    return [list(channels.values()) for channels in found.values()]


def drops_out(doubled: DoubledChannel) -> bool:
    """Whether `{"k": state["k"] + [x]}` adds the old items, so that the sum's left may be dropped.

    The reducer has to be operator.add itself.
    """
    update = doubled.write.update
    key, total = update.key_site.node, update.written.node
    if not doubled.channel.reducer.exact or not isinstance(key, t.Constant):
        return False
    if not isinstance(total, t.BinOp) or total.op != "+":
        return False
    old, new = total.left, total.right
    return (
        isinstance(old, t.Subscript)
        and isinstance(old.index, t.Constant)
        and old.index.value == doubled.channel.key
        and _is_parameter(old.value, update.written)
        and isinstance(new, t.Sequence)
        and new.kind == "list"
        and all(site.node is total for site in update.content.grown)
    )


def _adds(channel: Channel) -> bool:
    reducer = channel.reducer
    if reducer.kind is ReducerKind.SUM:
        return True
    return reducer.kind is ReducerKind.CONCAT and not reducer.dedupes


def _adds_again(channel: Channel, write: Write) -> bool:
    content = write.update.content
    if channel.key not in content.keys or not _adds(channel):
        return False
    if content.clears or content.item or content.shape == "length":
        return False
    if channel.reducer.kind is ReducerKind.CONCAT and content.partial and content.bounded:
        return bool(content.trimmed)
    return True


def _is_parameter(expr: t.Expr, site: Site) -> bool:
    """Whether a name is a parameter of the function there, and nothing else."""
    bindings = site.env.scope.bindings.get(expr.id, ()) if isinstance(expr, t.Name) else ()
    return [binding.kind for binding in bindings] == ["param"]


# --- subgraphs -----------------------------------------------------------------------------


def doubled_by_subgraphs(program: Program, graph: Graph) -> Iterator[DoubledBySubgraph]:
    """The nodes of a graph that are a compiled graph and give back whole what they got."""
    for node in graph.nodes.values():
        channels = list(_shared(program, graph, node))
        if channels:
            filled = any(_is_filled_before(program, graph, node, each.key) for each in channels)
            yield DoubledBySubgraph(node, channels, by_thread=not filled)


def _shared(program: Program, graph: Graph, node: Node) -> Iterator[Channel]:
    inner = node.subgraph
    if inner is None or inner is graph or not _is_given_the_state(graph, node):
        return
    for key, channel in graph.channels.items():
        if (
            channel.reducer.kind is ReducerKind.CONCAT
            and _adds(channel)
            and key in inner.channels
            and key in _outputs(program, inner)
            and (
                _is_filled_before(program, graph, node, key) or _is_kept(program, graph, inner, key)
            )
        ):
            yield channel


def _is_given_the_state(graph: Graph, node: Node) -> bool:
    """Whether the node gets the state itself, not the payload of a Send."""
    functions = [ref for item in graph.nodes.values() for ref in item.functions]
    functions += [ref for router in graph.routers for ref in router.functions]
    return not any(
        terminal_name(site.node.func) == "Send"
        and isinstance(first := site.node.argument("node", 0), t.Constant)
        and first.value == node.name
        for ref in functions
        for site in ref.function.calls
    )


def _outputs(program: Program, inner: Graph) -> set[str]:
    """The keys that a subgraph takes from its parent and gives back."""
    own = schema_keys(program, inner, "output_schema", "output")
    given = schema_keys(program, inner, "input_schema", "input")
    keys = set(inner.channels)
    return keys & (own if own is not None else keys) & (given if given is not None else keys)


def _is_filled_before(program: Program, graph: Graph, node: Node, key: str) -> bool:
    """Whether another node writes the key, so that the subgraph is given items of it."""
    return any(
        write.node != node.name and not write.update.content.empty
        for write in of_graph(program, graph).writes(key)
    )


def _is_kept(program: Program, graph: Graph, inner: Graph, key: str) -> bool:
    """Whether a durable thread gives the subgraph what it has written in earlier turns."""
    return graph.durable is not None and any(
        not write.update.content.empty for write in of_graph(program, inner).writes(key)
    )
