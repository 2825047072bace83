"""What the rules about growing state share: how sure, and how a trace tells where growth lasts."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Step
from lg_lint.model import state_class
from lg_lint.model.graph import ROOT, Channel, Graph, Node, Saver
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.graph_analysis.supersteps import way_back
from lg_lint.model.project import Project


def saver_confidence(saver: Saver) -> Confidence:
    """A saver of the platform, or one that may be None, is no certainty."""
    return Confidence.MEDIUM if saver.platform or not saver.certain else Confidence.HIGH


def old_value(project: Project, channel: Channel) -> str:
    """How a node spells a key of its state: an item of a dict, a field of another object."""
    if channel.key == ROOT:
        return "state"
    if channel.schema is None or state_class.is_dict(project.program, channel.schema):
        return f"state[{channel.key!r}]"
    return f"state.{channel.key}"


def setting_confidence(project: Project, graph: Graph) -> Confidence:
    """Notebooks try things out; a graph that nothing is seen to build may run nowhere."""
    if graph.site.env.scope.module.is_notebook:
        return Confidence.LOW
    return Confidence.HIGH if is_built(project, graph) else Confidence.MEDIUM


def weaker(*levels: Confidence) -> Confidence:
    """The lowest of some confidences; at least one is given."""
    return max(levels, key=lambda level: level.rank)


def node_step(project: Project, graph: Graph, node: Node) -> Step:
    """Where a node is added to its graph."""
    return project.step(node.site, f"node {node.name} of {graph.name}")


def field_step(project: Project, channel: Channel) -> Step:
    """Where a key of the state is declared, with its reducer where it has one."""
    name = channel.reducer.name
    return project.step(
        channel.site, f"channel {channel.key}" + (f", reducer {name}" if name else "")
    )


def duration_steps(project: Project, graph: Graph, cycle: list[str] | None) -> Iterator[Step]:
    """Where the growth goes on: the cycle, the saver."""
    if cycle is not None:
        path = " → ".join([cycle[-1], *cycle])
        yield project.step(way_back(graph, cycle), f"cycle {path}")
    if graph.durable is not None:
        if graph.durable.site is not None:
            yield project.step(graph.durable.site, "durable thread: the saver of this graph")
        else:
            yield project.step(graph.site, "durable thread: the platform serves this graph")
