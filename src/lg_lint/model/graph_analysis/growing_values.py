"""Keys without a reducer that a node reads, adds to and writes back, and that nothing bounds."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.model.graph import Graph, ReducerKind
from lg_lint.model.graph_analysis import cycles, growth_bounds
from lg_lint.model.graph_analysis.state_updates import Write, of_graph
from lg_lint.model.state_flow.function_summary import PREVIOUS
from lg_lint.program.store import Program

_GROWING = ("list", "dict", "str", "set")


class ValueGrowth(Struct, frozen=True):
    """A write that lets its key grow, where the node can run again on the same state.

    `shape` is "list", "dict", "str" or "set". `cycle` are the names on the cycle that the node
    stands in; None where it grows on a durable thread alone. `limited` where a limit that a turn
    is given ends that cycle. `doubtful` where something may start the key anew (another update of
    the function, another node, the end of the thread), or the cycle may be left each time.
    """

    write: Write
    shape: str
    cycle: list[str] | None
    limited: bool = False
    doubtful: bool = False

    @property
    def key(self) -> str:
        """The key of the state that grows."""
        return self.write.update.key


def growing_values(program: Program, graph: Graph) -> list[list[ValueGrowth]]:
    """The growths of a graph, those of one key together; empty where all are bounded."""
    by_key: dict[str, list[ValueGrowth]] = {}
    for write in of_graph(program, graph).writes():
        growth = _growth(program, graph, write)
        if growth is not None:
            by_key.setdefault(growth.key, []).append(growth)
    return list(by_key.values())


def _growth(program: Program, graph: Graph, write: Write) -> ValueGrowth | None:
    key = write.update.key
    if not (write.node and _keeps_last(graph, key) and _grows(graph, write)):
        return None
    cycle = cycles.endless_cycle(program, graph, write.node)
    if cycle is not None and cycles.is_last(program, graph, write):
        cycle = None
    if cycle is None and graph.durable is None:
        return None
    if _is_shortened_elsewhere(program, graph, write, cycle) or growth_bounds.is_renewed(
        program, graph, key, write.node
    ):
        return None
    limited = cycle is not None and cycles.has_limit(program, graph, write.node)
    doubtful = _is_doubtful(program, graph, write, cycle)
    return ValueGrowth(write, _shape(graph, write), cycle, limited, doubtful)


def _keeps_last(graph: Graph, key: str) -> bool:
    channel = graph.channels.get(key)
    if graph.kind == "entrypoint":
        return key == PREVIOUS
    return channel is not None and channel.reducer.kind in (
        ReducerKind.LAST_VALUE,
        ReducerKind.REPLACE,
    )


def _grows(graph: Graph, write: Write) -> bool:
    content, key = write.update.content, write.update.key
    may_hold = key in content.keys or any(key == name for name, _ in content.maybe)
    if not may_hold or not content.grown or content.bounded or content.partial:
        return False
    return _shape(graph, write) in _GROWING


def _shape(graph: Graph, write: Write) -> str:
    """The shape that the schema declares for a key, else that of what is written."""
    channel = graph.channels.get(write.update.key)
    return (channel.shape if channel is not None else "") or write.update.content.shape


def _is_shortened_elsewhere(
    program: Program, graph: Graph, write: Write, cycle: list[str] | None
) -> bool:
    """Whether another way out, or another node, writes the key back shorter.

    For one run alone that node has to stand on each way round.
    """
    key = write.update.key
    alone = cycle is not None and graph.durable is None
    return any(
        other.update.key == key
        and key in other.update.content.keys
        and (other.update.content.bounded or other.update.content.partial)
        and not other.update.content.unique
        and not (alone and cycles.goes_round(graph, write.node, other.node))
        for other in of_graph(program, graph).writes(key)
    )


def _is_doubtful(program: Program, graph: Graph, write: Write, cycle: list[str] | None) -> bool:
    key = write.update.key
    if write.update.content.inside or key not in write.update.content.keys:
        return True
    if any(key not in other.content.keys for other in write.function.updates if other.key == key):
        return True
    if cycle is not None:
        return graph.durable is None and not cycles.is_known_cycle(graph, write.node)
    others = growth_bounds.fresh_writers(program, graph, key, always=False) - {write.node}
    return bool(others) or growth_bounds.is_deleted(program, graph)
