"""Plain edges that stand beside a router of the same node: both lead on, in one step."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.model.graph import END, Edge, Graph, Router
from lg_lint.model.graph_analysis.builder_paths import exclude


def double_routes(graph: Graph) -> Iterator[tuple[Edge, Router]]:
    """The plain edges of a graph, each with the first router beside it that may lead elsewhere.

    A plain edge to END adds no branch. A router that only sends Sends, whose targets are not
    known, or that is built only where the edge is not, is none beside it.
    """
    if graph.kind not in ("state", "messages"):
        return
    for edge in graph.edges:
        if edge.kind == "static" and edge.target != END:
            router = _competing_router(graph, edge)
            if router is not None:
                yield edge, router


def _competing_router(graph: Graph, edge: Edge) -> Router | None:
    for router in graph.routers:
        if router.source != edge.source or router.targets is None:
            continue
        if exclude(edge.site, router.site):
            continue
        sends = {result.value for result in router.results if result.send}
        others = [target for target in router.targets if target not in sends]
        if others and not (router.is_command and others == [edge.target]):
            return router
    return None
