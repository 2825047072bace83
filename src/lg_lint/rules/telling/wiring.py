"""What the rules about wiring share: how sure they are, and how a trace names edges."""

from __future__ import annotations

from collections.abc import Iterable

from lg_lint.base.finding import Confidence, Step
from lg_lint.base.suggest import suggest
from lg_lint.model.graph import END, START, Edge, Graph
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.project import Project


def confidence(project: Project, graph: Graph) -> Confidence:
    """A graph that nothing builds is no certain defect."""
    return Confidence.HIGH if is_built(project, graph) else Confidence.MEDIUM


def shown(name: str) -> str:
    """A node as messages name it."""
    return {START: "START", END: "END"}.get(name, repr(name))


def listed(keys: Iterable[str]) -> str:
    """Keys as messages name them: three of many."""
    names = [repr(key) for key in keys]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def edge_step(project: Project, edge: Edge) -> Step:
    """An edge with its kind and its ends; all sources of one that waits for several."""
    source = ", ".join(map(shown, edge.waits)) or shown(edge.source)
    return project.step(edge.site, f"{edge.kind} edge from {source} to {shown(edge.target)}")


def graph_step(project: Project, graph: Graph) -> Step:
    """Where a graph is built."""
    return project.step(graph.site, f"graph {graph.name}")


def nearest(graph: Graph, name: str) -> str:
    """What may be meant by a name that is no node."""
    hint = suggest(name, graph.nodes)
    return hint.removeprefix("; ") or f"nodes are {', '.join(map(shown, graph.nodes))}"
