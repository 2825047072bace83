"""Keys that several nodes, or several runs of one node, write in the same superstep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec import Struct

from lg_lint.model.graph import Edge, Graph
from lg_lint.model.graph_analysis import supersteps
from lg_lint.model.graph_analysis.state_keys import is_write
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.graph_analysis.subgraph_writes import keys_given_back
from lg_lint.model.state_flow.function_summary import Update
from lg_lint.program.site import Site
from lg_lint.program.store import Program


class KeyWrite(Struct, frozen=True):
    """Where a node writes a key, and whether each of its runs does.

    `subgraph` where it is a compiled graph, which gives back what it got.
    """

    site: Site
    always: bool
    subgraph: bool = False


class WritingPair(Struct, frozen=True):
    """Two nodes of one superstep, and what both write: by key, the write of each, never empty."""

    names: tuple[str, str]
    together: supersteps.Together
    writes: dict[str, tuple[KeyWrite, KeyWrite]]


class RepeatedNode(Struct, frozen=True):
    """An edge that starts its target several times in one superstep, and what each run writes."""

    edge: Edge
    writes: dict[str, KeyWrite]


def written_once(program: Program, graph: Graph, name: str) -> dict[str, KeyWrite]:
    """The keys that a node writes and that take one write a superstep, the surest write of each."""
    found: dict[str, Update] = {}
    node = graph.nodes[name]
    every = of_graph(program, graph).nodes.get(name, ())
    for functions in every:
        for update in functions.updates:
            known = found.get(update.key)
            if is_write(node, functions, update) and (known is None or known.optional):
                found[update.key] = update
    writes = {
        key: KeyWrite(update.written, any(each.always(key) for each in every))
        for key, update in found.items()
    }
    for key, sure in keys_given_back(program, graph, node).items():
        writes.setdefault(key, KeyWrite(node.site, sure, subgraph=True))
    return {key: write for key, write in writes.items() if supersteps.takes_one_write(graph, key)}


# --- two nodes -----------------------------------------------------------------------------


def writing_pairs(program: Program, graph: Graph) -> list[list[WritingPair]]:
    """The nodes that run side by side and write the same keys, in groups.

    A pair stands in the group of an earlier one with which it has a key in common; of each node
    a key is told once.
    """
    found: list[list[WritingPair]] = []
    group_of: dict[str, list[WritingPair]] = {}
    for pair in _pairs(program, graph):
        group = next((group_of[key] for key in pair.writes if key in group_of), None)
        if group is None:
            group = []
            found.append(group)
        group.append(pair)
        for key in pair.writes:
            group_of.setdefault(key, group)
    return found


def _pairs(program: Program, graph: Graph) -> Iterator[WritingPair]:
    written: set[tuple[str, str]] = set()
    writes_of: dict[str, dict[str, KeyWrite]] = {}
    for together in supersteps.supersteps(graph):
        for name in together.names:
            if name not in writes_of:
                writes_of[name] = written_once(program, graph, name)
        for names in _sharing(together.names, writes_of, written):
            first, second = (writes_of[name] for name in names)
            shared = {
                key: (first[key], second[key])
                for key in first
                if key in second and (key, names[1]) not in written
            }
            if shared:
                written |= {(key, names[1]) for key in shared}
                yield WritingPair(names, together, shared)


def _sharing(
    names: tuple[str, ...],
    writes_of: Mapping[str, Mapping[str, KeyWrite]],
    written: set[tuple[str, str]],
) -> Iterator[tuple[str, str]]:
    """The pairs of nodes that may write a key in common which is not told of the second yet."""
    writers = Counter(key for name in names for key in writes_of[name])
    involved = [name for name in names if any(writers[key] > 1 for key in writes_of[name])]

    def is_open(name: str) -> bool:
        return any(writers[key] > 1 and (key, name) not in written for key in writes_of[name])

    for index, first in enumerate(involved):
        rest = [name for name in involved[index + 1 :] if is_open(name)]
        if not rest:
            return
        for second in rest:
            yield first, second


# --- one node, several times ---------------------------------------------------------------


def repeated_nodes(program: Program, graph: Graph) -> Iterator[RepeatedNode]:
    """The nodes of which several runs write the same key in one superstep, by the edge."""
    for edge in _parting(graph):
        writes = written_once(program, graph, edge.target)
        if writes:
            yield RepeatedNode(edge, writes)


def _parting(graph: Graph) -> Iterator[Edge]:
    """Edges that start a node several times in one step: Sends in a loop, nodes of a loop."""
    for router in graph.routers:
        sends = [result for result in router.results if result.send and result.value in graph.nodes]
        for name in dict.fromkeys(str(result.value) for result in sends):
            mine = [result for result in sends if result.value == name]
            if len(mine) > 1 or mine[0].many:
                yield Edge(router.source, name, "send", mine[0].site)
    for edge in graph.edges:
        source, target = graph.nodes.get(edge.source), graph.nodes.get(edge.target)
        parted = edge.many and not edge.waits and (source is None or not source.many)
        if parted and target is not None and target.many:
            yield edge
