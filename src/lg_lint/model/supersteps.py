"""What a graph's edges say of its runs: what is reached, what ends, what runs side by side."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.model.builds import alternatives, coexist, exclude
from lg_lint.model.graph import END, START, Edge, Graph, Node, ReducerKind
from lg_lint.program.values import External, ExternalMethod, ExternalObject, Unknown, Value


def is_opaque(node: Node) -> bool:
    """Whether a node runs something that cannot be seen, which may return a Command."""
    if node.functions or node.hooks or node.tools:
        return any(isinstance(value, Unknown) for value in node.values)
    if node.subgraph is not None:
        return False
    return not node.values or any(_is_foreign(value) for value in node.values)


def _is_foreign(value: Value) -> bool:
    """Whether a value is code of another library that may return a Command."""
    if isinstance(value, ExternalObject):
        kind = value.type.rpartition(".")[2]
        return not kind.startswith(("Runnable", "ToolNode", "Compiled"))
    return isinstance(value, (Unknown, External, ExternalMethod))


def leads_anywhere(graph: Graph, name: str) -> bool:
    """Whether a node may go to nodes that the source does not name."""
    if any(router.targets is None for router in graph.routers if router.source == name):
        return True
    node = graph.nodes.get(name)
    return node is not None and graph.kind != "agent" and is_opaque(node)


def reached(graph: Graph) -> set[str] | None:
    """The nodes that a run may reach; None where some node may go anywhere."""
    found = {START}
    queue = [START]
    while queue:
        name = queue.pop()
        if leads_anywhere(graph, name):
            return None
        for edge in graph.edges:
            if edge.source == name and edge.target not in found:
                found.add(edge.target)
                queue.append(edge.target)
    return found


def static_targets(graph: Graph, name: str) -> list[Edge]:
    """The edges that every run takes from a node, joins and edges to END left out."""
    return [
        edge
        for edge in graph.edges
        if edge.source == name
        and edge.kind == "static"
        and not edge.waits
        and edge.target != END
        and edge.target in graph.nodes
    ]


def routed(graph: Graph, name: str) -> bool:
    """Whether a node's way on is decided while it runs."""
    return any(router.source == name for router in graph.routers) or any(
        edge.source == name and edge.kind in ("conditional", "command", "send")
        for edge in graph.edges
    )


def endless(graph: Graph) -> list[Edge]:
    """The edges of cycles that a run cannot leave: the ways back, in the order of the source."""
    seen = reached(graph)
    if seen is None:
        return []
    leaving = {name for name in seen if _may_end(graph, name)} | {END}
    changed = True
    while changed:
        changed = False
        for edge in graph.edges:
            if edge.target in leaving and edge.source not in leaving:
                leaving.add(edge.source)
                changed = True
    held = {name for name in seen if name not in leaving and name in graph.nodes}
    return [edge for edge in graph.edges if edge.source in held and _leads_back(graph, edge)]


def _may_end(graph: Graph, name: str) -> bool:
    """Whether a run may end after a node: no way on, or one that may come to nothing."""
    if name == START:
        return False
    out = [edge for edge in graph.edges if edge.source == name]
    if not any(edge.kind == "static" for edge in out):
        closed = [
            router
            for router in graph.routers
            if router.source == name and not router.is_command and _always_leads(router.results)
        ]
        if not closed or not any(router.closed for router in closed):
            return True
    return any(edge.kind == "error" for edge in out)


def _always_leads(results: list) -> bool:  # type: ignore[type-arg]
    return bool(results) and not any(result.send for result in results)


def _leads_back(graph: Graph, edge: Edge) -> bool:
    found, queue = {edge.target}, [edge.target]
    while queue:
        name = queue.pop()
        if name == edge.source:
            return list(graph.nodes).index(edge.target) <= list(graph.nodes).index(edge.source)
        for other in graph.edges:
            if other.source == name and other.target not in found:
                found.add(other.target)
                queue.append(other.target)
    return False


# --- what runs side by side ----------------------------------------------------------------


class Together(Struct, frozen=True):
    """Nodes of one superstep, and the edges that part them; `fork` is the node before those."""

    fork: str
    names: tuple[str, ...]
    edges: tuple[Edge, ...]


def supersteps(graph: Graph) -> Iterator[Together]:
    """The sets of nodes that static edges start in one superstep, fork by fork."""
    for fork in (START, *graph.nodes):
        seen: set[tuple[str, ...]] = set()
        queue = [(edges, edges, edges) for edges in alternatives(static_targets(graph, fork))]
        while queue:
            parting, taken, last = queue.pop(0)
            names = _names(graph, last)
            if len(names) > 1 and names not in seen and len(seen) < len(graph.nodes):
                seen.add(names)
                yield Together(fork, names, tuple(parting))
                for edges in alternatives(_following(graph, names, taken)):
                    queue.append((parting, [*taken, *edges], edges))


def _following(graph: Graph, names: tuple[str, ...], taken: list[Edge]) -> Iterator[Edge]:
    """The static edges that go on from some nodes, in a graph that has those taken so far."""
    for name in names:
        for edge in static_targets(graph, name):
            if not any(exclude(edge.site, other.site) for other in taken):
                yield edge


def _names(graph: Graph, edges: list[Edge]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(edge.target for edge in edges if not graph.nodes[edge.target].defer))


class Uneven(Struct, frozen=True):
    """A join that branches of different lengths reach: it runs once for each length."""

    fork: str
    join: str
    short: tuple[Edge, ...]
    long: tuple[Edge, ...]


def uneven_joins(graph: Graph) -> Iterator[Uneven]:
    """Joins of plain edges whose branches differ in length, each join once."""
    seen: set[str] = set()
    for fork in (START, *graph.nodes):
        if routed(graph, fork):
            continue
        branches = [_branch(graph, edge) for edge in static_targets(graph, fork)]
        for index, first in enumerate(branches):
            for second in branches[index + 1 :]:
                made = _first_uneven(fork, first, second)
                if made is not None and made.join not in seen and _is_met(graph, made):
                    seen.add(made.join)
                    yield made


def _is_met(graph: Graph, uneven: Uneven) -> bool:
    """Whether both branches stand in one graph, and the join waits for none."""
    name = uneven.join
    waits = any(edge.waits for edge in graph.edges if edge.target == name)
    return not waits and not graph.nodes[name].defer and coexist((*uneven.short, *uneven.long))


def _branch(graph: Graph, first: Edge) -> list[Edge]:
    """The edges that a run takes one after the other, as long as each node has one way on."""
    path = [first]
    while len(path) <= len(graph.nodes):
        name = path[-1].target
        following = static_targets(graph, name)
        out = [edge for edge in graph.edges if edge.source == name]
        if len(following) != 1 or len(out) != 1 or routed(graph, name):
            break
        path.append(following[0])
    return path


def _first_uneven(fork: str, first: list[Edge], second: list[Edge]) -> Uneven | None:
    places = {edge.target: index for index, edge in reversed(list(enumerate(second)))}
    for index, edge in enumerate(first):
        other = places.get(edge.target)
        if other is None:
            continue
        if other == index:
            return None
        parts = sorted((tuple(first[: index + 1]), tuple(second[: other + 1])), key=len)
        return Uneven(fork, edge.target, parts[0], parts[1])
    return None


def takes_one_write(graph: Graph, key: str) -> bool:
    """Whether a channel refuses a second write in one superstep."""
    channel = graph.channels.get(key)
    return channel is not None and (
        channel.reducer.kind is ReducerKind.LAST_VALUE
        or (channel.reducer.kind is ReducerKind.EPHEMERAL and channel.reducer.name != "Topic")
    )
