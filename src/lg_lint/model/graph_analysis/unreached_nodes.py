"""Nodes that no way from START reaches, and what only they lead to."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.model.graph import START, Edge, Graph
from lg_lint.model.graph_analysis import supersteps
from lg_lint.model.graph_analysis.lost_routes import has_lost_route


class UnreachedNode(Struct, frozen=True):
    """A node that never runs, the edges that lead to it, and the lost nodes that it leads to."""

    name: str
    before: list[Edge]
    behind: list[str]


def unreached_nodes(graph: Graph) -> Iterator[UnreachedNode]:
    """The lost nodes of a graph; those behind another one stand with the first of these alone.

    None of a graph that lacks a node or an edge from START, that may go anywhere, or that has a
    route to no node, which then is the reason.
    """
    if graph.kind not in ("state", "messages") or not graph.complete or has_lost_route(graph):
        return
    reached = supersteps.reached(graph)
    if reached is None or not any(edge.source == START for edge in graph.edges):
        return
    lost = [name for name in graph.nodes if name not in reached]
    seen: set[str] = set()
    for name in sorted(lost, key=lambda name: len(_before(graph, name))):
        if name not in seen:
            behind = _behind(graph, name, lost)
            others = [each for each in lost if each in behind and each != name]
            yield UnreachedNode(name, _before(graph, name), others)
            seen |= behind


def _before(graph: Graph, name: str) -> list[Edge]:
    return [edge for edge in graph.edges if edge.target == name and edge.source != name]


def _behind(graph: Graph, name: str, lost: list[str]) -> set[str]:
    """The lost nodes that an edge to one of them would bring back, that one included."""
    found, queue = {name}, [name]
    while queue:
        for edge in graph.edges_from(queue.pop()):
            if edge.target in lost and edge.target not in found:
                found.add(edge.target)
                queue.append(edge.target)
    return found
