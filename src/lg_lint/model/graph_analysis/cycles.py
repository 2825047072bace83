"""Cycles that no counter ends: a cap counts where every way round passes it, and it leads out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.model.graph import Graph, Router
from lg_lint.model.graph_analysis.round_limits import Rounds
from lg_lint.model.graph_analysis.state_updates import GraphUpdates, Write, of_graph
from lg_lint.model.state_flow.activation import Lead
from lg_lint.program.store import Program


def endless_cycle(program: Program, graph: Graph, name: str) -> list[str] | None:
    """A cycle through a node that no counter ends; the names on it, or None.

    On a durable thread a limit that the state holds ends a turn, and the next may bring another.
    """
    cycle = graph.cycle_through(name)
    if cycle is None or not _is_endless(program, graph, name, strict=graph.durable is not None):
        return None
    return cycle


def has_limit(program: Program, graph: Graph, name: str) -> bool:
    """Whether a counter ends the cycle through a node, be its limit one of the turn."""
    return not _is_endless(program, graph, name, strict=False)


def _is_endless(program: Program, graph: Graph, name: str, *, strict: bool) -> bool:
    known: dict[object, bool] = program.once("endless", graph, dict)
    if (name, strict) not in known:
        known[name, strict] = Rounds(program, graph, name, strict).endless()
    return known[name, strict]


def is_last(program: Program, graph: Graph, write: Write) -> bool:
    """Whether a node that writes this does not run again: it goes to END, or sets a flag to leave.

    The flag is one that a router on the node's cycle asks, and then leads where no way goes back.
    """
    if write.update.ends:
        return True
    ways = [
        {update.key for update in path.updates if update.is_true}
        for path in write.function.ways(write.update)
    ]
    if not all(ways):
        return False
    on_it = {write.node, *(graph.cycle_through(write.node) or ())}
    leaving = {
        flag
        for router, lead in _leads(of_graph(program, graph), on_it)
        if lead.holds and _leaves(graph, router, lead, write.node)
        for flag in lead.flags
    }
    return all(keys & leaving for keys in ways)


def _leaves(graph: Graph, router: Router, lead: Lead, name: str) -> bool:
    """Whether what a router returns leads to no way back to a node."""
    path_map = router.path_map or {}
    targets = {
        str(path_map.get(result.value, result.value))
        for result in router.results
        if (result.site.path, result.site.span) == (lead.site.path, lead.site.span)
    }
    return bool(targets) and name not in reached(graph, targets, "")


def is_known_cycle(graph: Graph, name: str) -> bool:
    """Whether a node reaches itself over edges that the source names."""
    return name in reached(graph, graph.targets(name), "")


def goes_round(graph: Graph, name: str, without: str) -> bool:
    """Whether the edges that the source names lead a node back to itself without another one."""
    return name != without and name in _ways_on(graph, graph.targets(name), without)


def _ways_on(graph: Graph, first: Iterable[str], without: str = "") -> set[str]:
    found: set[str] = set()
    queue = list(first)
    while queue:
        name = queue.pop()
        if name not in found and name != without:
            found.add(name)
            queue += graph.targets(name)
    return found


def _leads(updates: GraphUpdates, names: set[str]) -> Iterator[tuple[Router, Lead]]:
    """What routers return by a flag of the state."""
    for router, function in updates.routers:
        if router.source in names:
            for lead in function.leads:
                yield router, lead


def reached(graph: Graph, first: set[str], without: str) -> set[str]:
    """The names that can follow, with one node taken out."""
    found: set[str] = set()
    queue = [name for name in first if name != without]
    while queue:
        name = queue.pop()
        if name in found:
            continue
        found.add(name)
        queue.extend(target for target in graph.successors(name) if target != without)
    return found
