"""Channels whose reducer adds what nodes write, and that nothing shortens."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.graph import ROOT, Channel, Graph, Node, ReducerKind
from lg_lint.model.graph_analysis import cycles, growth_bounds, supersteps
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import External, FunctionRef

MESSAGES = "messages"
"""The key that LangGraph's own agents and tool nodes write to, whatever its reducer."""


class ChannelGrowth(Struct, frozen=True):
    """An accumulating channel with the nodes that add to it: where each of them does, by name.

    `cycle` are the names on an endless cycle that one of them stands in; None where the channel
    grows on a durable thread alone. `doubtful` where something that is not seen may shorten it:
    the thread is deleted, middleware is not known, or the cycle may be left each time.
    """

    channel: Channel
    writers: dict[str, Site]
    cycle: list[str] | None
    doubtful: bool = False

    @property
    def of_messages(self) -> bool:
        """Whether it is a list of messages, which RemoveMessage can shorten."""
        return self.channel.reducer.kind is ReducerKind.ADD_MESSAGES


def growing_channels(program: Program, graph: Graph) -> Iterator[ChannelGrowth]:
    """The channels of a graph that grow without end, in the order of the schema."""
    for channel in graph.channels.values():
        growth = _growth(program, graph, channel) if channel.reducer.accumulates else None
        if growth is not None:
            yield growth


def _growth(program: Program, graph: Graph, channel: Channel) -> ChannelGrowth | None:
    writers = _writers(program, graph, channel.key)
    if not writers or growth_bounds.is_trimmed(program, graph, channel.key):
        return None
    lasting = [name for name, (_, ends) in writers.items() if not ends]
    ways = [cycles.endless_cycle(program, graph, name) for name in lasting]
    cycle = next((names for names in ways if names is not None), None)
    if graph.kind == "agent":
        cycle = None
    if graph.durable is None and (cycle is None or _ends_by_itself(program, graph, channel, cycle)):
        return None
    places = {name: site for name, (site, _) in writers.items()}
    return ChannelGrowth(channel, places, cycle, _is_doubtful(program, graph, places, cycle))


def _ends_by_itself(program: Program, graph: Graph, channel: Channel, cycle: list[str]) -> bool:
    """Whether it is a loop of an agent and its tools, which the model or a router leaves."""
    tools = any(_runs_tools(program, graph.nodes[name]) for name in cycle)
    messages = channel.reducer.kind is ReducerKind.ADD_MESSAGES or channel.key == MESSAGES
    return tools and messages and supersteps.is_left(graph, cycle)


def _runs_tools(program: Program, node: Node) -> bool:
    """Whether it is a ToolNode, or a function that makes the messages of one itself."""
    return node.runs_tools or any(_makes_tool_messages(program, ref) for ref in node.functions)


def _makes_tool_messages(program: Program, ref: FunctionRef) -> bool:
    env = program.env(ref.function)
    made = External(named("tool_message"))
    return any(
        isinstance(part, t.Call) and made in inference.infer(program, part.func, env)
        for part in t.walk(ref.function.node)
    )


def _writers(program: Program, graph: Graph, key: str) -> dict[str, tuple[Site, bool]]:
    """The nodes that add to a channel: where, and whether only on their way to the end."""
    found: dict[str, tuple[Site, bool]] = {}
    for write in of_graph(program, graph).writes(key):
        content = write.update.content
        if not content.empty and not content.clears:
            site, ends = found.get(write.node, (write.update.key_site, True))
            found[write.node] = (site, ends and cycles.is_last(program, graph, write))
    if key == MESSAGES:
        for name in growth_bounds.message_writers(graph):
            found[name] = (graph.nodes[name].site, False)
    for name, node in graph.nodes.items():
        inner = node.subgraph
        if inner is None or inner is graph or key not in inner.channels:
            continue
        if inner.kind == "agent" or any(of_graph(program, inner).writes(key)):
            found[name] = (node.site, False)
    for name, node in graph.nodes.items() if key == ROOT else ():
        if node.subgraph is None and not (node.functions or node.tools):
            found[name] = (node.site, False)
    found.pop("", None)
    return found


def _is_doubtful(
    program: Program, graph: Graph, writers: dict[str, Site], cycle: list[str] | None
) -> bool:
    if graph.kind == "agent" and not of_graph(program, graph).hooks_known:
        return True
    if graph.durable is not None:
        return cycle is None and growth_bounds.is_deleted(program, graph)
    return not any(cycles.is_known_cycle(graph, name) for name in writers)
