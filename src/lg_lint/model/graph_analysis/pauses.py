"""Where runs of a graph pause, and whether anything is kept that they could go on from."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis.interrupts import interrupts, runs_inside
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.project import Project
from lg_lint.program.site import Site
from lg_lint.program.values import ExternalObject, Value

_KEYWORDS = ("interrupt_before", "interrupt_after")
_ASKS = "HumanInTheLoopMiddleware"


class Pause(Struct, frozen=True):
    """A place that pauses a graph, and what does so: a call, a keyword or a class, by name."""

    graph: Graph
    site: Site
    what: str


def pauses(project: Project) -> Iterator[Pause]:
    """The pauses of all graphs: interrupt() in code that a graph runs, keywords, middleware.

    An interrupt() that a handler swallows pauses nothing.
    """
    for found in interrupts(project):
        if found.entry is not None and found.entry.graph is not None and found.swallowed is None:
            yield Pause(found.entry.graph, found.site, "interrupt()")
    for graph in project.graphs:
        for site in (*graph.compiles, graph.site):
            for keyword in _KEYWORDS:
                expr = site.node.argument(keyword) if isinstance(site.node, t.Call) else None
                if expr is not None and not _is_empty(expr):
                    yield Pause(graph, Site(expr, site.env), keyword)
        for value in graph.middleware:
            place = _asking(value)
            if place is not None:
                yield Pause(graph, place, _ASKS)


def may_pause(project: Project, graph: Graph) -> bool:
    """Whether code of a graph calls interrupt(), or its compile() is given a place to pause at."""
    if any(item.entry is not None and item.entry.graph is graph for item in interrupts(project)):
        return True
    return any(
        isinstance(site.node, t.Call) and any(site.node.argument(keyword) for keyword in _KEYWORDS)
        for site in graph.compiles
    )


def keeps_nothing(project: Project, graph: Graph) -> bool:
    """Whether a graph surely has no checkpointer: not its own, a platform's or an outer graph's."""
    if graph.served or graph.saver is not None or not is_built(project, graph):
        return False
    if graph.kind in ("state", "messages") and not graph.compiles:
        return False
    return not graph.parents and not runs_inside(project, graph)


def _asking(value: Value) -> Site | None:
    if not isinstance(value, ExternalObject) or value.site is None or value.env is None:
        return None
    return Site(value.site, value.env) if value.type.endswith(_ASKS) else None


def _is_empty(expr: t.Expr) -> bool:
    if isinstance(expr, t.Sequence):
        return not expr.items
    return not isinstance(expr, t.Constant) or expr.value is None
