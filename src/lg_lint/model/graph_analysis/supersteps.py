"""What a graph's edges say of its runs: what is reached, what ends, what runs side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.graph import END, START, Edge, Graph, Node, ReducerKind, Router
from lg_lint.model.graph_analysis.builder_paths import (
    alternatives,
    coexist,
    exclude,
    is_conditional,
    rivals,
)
from lg_lint.program.site import Site
from lg_lint.program.values import Env, External, ExternalMethod, ExternalObject, Unknown, Value


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
        for edge in graph.edges_from(name):
            if edge.target not in found:
                found.add(edge.target)
                queue.append(edge.target)
    return found


def static_targets(graph: Graph, name: str) -> list[Edge]:
    """The edges that every run takes from a node, joins and edges to END left out."""
    return [
        edge
        for edge in graph.edges_from(name)
        if edge.kind == "static"
        and not edge.waits
        and edge.target != END
        and edge.target in graph.nodes
    ]


def routed(graph: Graph, name: str) -> bool:
    """Whether a node's way on is decided while it runs."""
    return any(router.source == name for router in graph.routers) or any(
        edge.kind in ("conditional", "command", "send") for edge in graph.edges_from(name)
    )


def is_left(graph: Graph, cycle: Iterable[str]) -> bool:
    """Whether a router or a Command decides in each round of a cycle how a run goes on."""
    return any(routed(graph, name) for name in cycle)


def way_back(graph: Graph, cycle: list[str]) -> Site:
    """The place of the edge that closes a cycle, whose last name is where it begins anew.

    Where an annotation alone says that the node leads there, it is the function's name; without
    an edge that can be seen it is the node.
    """
    before = cycle[-2] if len(cycle) > 1 else cycle[-1]
    for edge in graph.edges:
        if edge.source == before and edge.target == cycle[-1]:
            declared = edge.kind == "command" and edge.site == graph.nodes[before].site
            return _function_name(graph.nodes[before]) if declared else edge.site
    return graph.nodes[cycle[-1]].site


def _function_name(node: Node) -> Site:
    if not node.functions:
        return node.site
    function = node.functions[0].function
    return Site(
        t.Name(t.packed(*function.name_span), function.name),
        Env(function.parent or function.module),
    )


def endless(graph: Graph) -> Edge | None:
    """The first way back of a cycle that a run cannot leave, in the order of the source."""
    seen = reached(graph)
    if seen is None:
        return None
    before: dict[str, list[str]] = {}
    for edge in graph.edges:
        before.setdefault(edge.target, []).append(edge.source)
    leaving = {name for name in seen if _may_end(graph, name)} | {END}
    queue = list(leaving)
    while queue:
        for name in before.get(queue.pop(), ()):
            if name not in leaving:
                leaving.add(name)
                queue.append(name)
    order = {name: index for index, name in enumerate(graph.nodes)}
    held = {name for name in seen if name not in leaving and name in order}
    behind: dict[str, set[str]] = {}
    ways_back = (
        edge
        for edge in graph.edges
        if edge.source in held
        and order.get(edge.target, len(order)) <= order[edge.source]
        and edge.source in _behind(graph, edge.target, behind)
    )
    return next(ways_back, None)


def _may_end(graph: Graph, name: str) -> bool:
    """Whether a run may end after a node: no way on, or one that may come to nothing."""
    if name == START:
        return False
    out = graph.edges_from(name)
    if not any(edge.kind == "static" for edge in out):
        own = [router for router in graph.routers if router.source == name]
        if not any(_always_leads(router) for router in own if not router.is_command):
            commands = [router for router in own if router.is_command]
            if not commands or not all(map(_always_leads, commands)):
                return True
    return any(edge.kind == "error" for edge in out)


def _always_leads(router: Router) -> bool:
    """Whether a run surely goes on to a node that a router, or a node's Command, names."""
    if not router.closed or (router.is_command and not router.always):
        return False
    return bool(router.results) and not any(result.send for result in router.results)


def _behind(graph: Graph, name: str, known: dict[str, set[str]]) -> set[str]:
    """A node and those that its edges lead to, directly or not."""
    if name not in known:
        found = known[name] = {name}
        queue = [name]
        while queue:
            for edge in graph.edges_from(queue.pop()):
                if edge.target not in found:
                    found.add(edge.target)
                    queue.append(edge.target)
    return known[name]


# --- what runs side by side ----------------------------------------------------------------


class Together(Struct, frozen=True):
    """Nodes of one superstep, and the edges that part them; `fork` is the node before those."""

    fork: str
    names: tuple[str, ...]
    edges: tuple[Edge, ...]


def supersteps(graph: Graph) -> Iterator[Together]:
    """The sets of nodes that static edges start in one superstep, fork by fork."""
    following = _Following(graph)
    for fork in (START, *graph.nodes):
        seen: set[tuple[str, ...]] = set()
        queue = deque(
            (edges, edges, _names(graph, edges))
            for edges in alternatives(static_targets(graph, fork))
        )
        while queue:
            parting, taken, names = queue.popleft()
            if len(names) > 1 and names not in seen and len(seen) < len(graph.nodes):
                seen.add(names)
                yield Together(fork, names, tuple(parting))
                queue.extend((parting, *after) for after in following.of(names, taken))


class _Following:
    """What goes on from nodes that run in one superstep."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.is_straight = not any(is_conditional(edge.site) for edge in graph.edges)
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}

    def of(
        self, names: tuple[str, ...], taken: list[Edge]
    ) -> Iterator[tuple[list[Edge], tuple[str, ...]]]:
        """The nodes that may run next, with the edges taken by then, in each graph that has these.

        Where all edges of a graph are always there, it does not matter which were taken.
        """
        if self.is_straight:
            if names not in self._names:
                following = (edge for name in names for edge in static_targets(self.graph, name))
                self._names[names] = _names(self.graph, following)
            yield taken, self._names[names]
            return
        for edges in alternatives(self._edges(names, taken)):
            known = set(map(id, taken))
            yield (
                [*taken, *(edge for edge in edges if id(edge) not in known)],
                _names(self.graph, edges),
            )

    def _edges(self, names: tuple[str, ...], taken: list[Edge]) -> Iterator[Edge]:
        """The static edges that go on from some nodes, in a graph that has those taken so far."""
        conditional = [edge for edge in taken if is_conditional(edge.site)]
        for name in names:
            for edge in static_targets(self.graph, name):
                others = rivals(edge, taken, conditional)
                if not any(exclude(edge.site, other.site) for other in others):
                    yield edge


def _names(graph: Graph, edges: Iterable[Edge]) -> tuple[str, ...]:
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
        targets = static_targets(graph, fork)
        if len(targets) < 2 or routed(graph, fork):
            continue
        branches = [_branch(graph, edge) for edge in targets]
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
        if len(following) != 1 or len(graph.edges_from(name)) != 1 or routed(graph, name):
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
