"""Routes by which a run goes to a name that is no node: LangGraph ignores them."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.model.graph import END, START, Graph, Result, Router
from lg_lint.model.project import Project, nodes_running


class LostRoute(Struct, frozen=True):
    """A result of a router, or of a Command or Send of a node, that names no node."""

    router: Router
    result: Result


def lost_routes(project: Project, graph: Graph) -> Iterator[LostRoute]:
    """The routes of a graph that lead nowhere, in the order of its routers.

    Left out is what a path map or an annotation already refuses, and a name that another graph
    has which shares the function. For a graph whose nodes are not all known, nothing is lost.
    """
    if not graph.complete or graph.kind not in ("state", "messages", "agent"):
        return
    for router in graph.routers:
        for result in router.results:
            if _is_lost(project, graph, router, result):
                yield LostRoute(router, result)


def has_lost_route(graph: Graph) -> bool:
    """Whether a route names no node: then what it meant is not reached for that reason."""
    return any(
        isinstance(result.value, str) and result.value not in graph.nodes and result.value != END
        for router in graph.routers
        for result in router.results
        if result.send or router.path_map is None
    )


def _is_lost(project: Project, graph: Graph, router: Router, result: Result) -> bool:
    name = result.value
    if not isinstance(name, str) or result.declared or name in (START, END):
        return False
    if not result.send and (router.path_map is not None or router.unmapped):
        return False
    if name in graph.nodes:
        return False
    known = {
        other
        for ref in router.functions
        for shared, _ in nodes_running(project, ref.function)
        for other in (*shared.nodes, *([] if shared.complete else [name]))
    }
    return name not in known and name not in _elsewhere(project, router, graph)


def _elsewhere(project: Project, router: Router, graph: Graph) -> set[str]:
    """The nodes of other graphs that route with the same function."""
    shared = {ref.function for ref in router.functions}
    return {
        name
        for other in project.graphs
        if other is not graph
        for one in other.routers
        if shared & {ref.function for ref in one.functions}
        for name in other.nodes
    }
