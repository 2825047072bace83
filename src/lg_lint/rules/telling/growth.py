"""What the rules about growing state share: how sure, and how a trace tells where growth lasts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Confidence, Step
from lg_lint.facts import tree as t
from lg_lint.model.graph import Channel, Graph, Node, Saver
from lg_lint.model.graph_analysis import supersteps
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.values import Container, Env, strings

_STREAMS = {"stream", "astream"}


def saver_confidence(saver: Saver) -> Confidence:
    """A saver of the platform, or one that may be None, is no certainty."""
    return Confidence.MEDIUM if saver.platform or not saver.certain else Confidence.HIGH


def streamed_modes(project: Project, graph: Graph) -> set[str]:
    """The stream modes that runs of a graph are seen to ask for, by default `updates`."""
    found: set[str] = set()
    for run in graph.runs:
        if run.method in _STREAMS:
            mode = run.call.argument("stream_mode")
            found |= set(_modes(project, mode, run.site.env)) if mode is not None else {"updates"}
    return found


def _modes(project: Project, mode: t.Expr, env: Env) -> Iterator[str]:
    for value in inference.infer(project.program, mode, env):
        items = (
            inference.items_of(project.program, value)
            if isinstance(value, Container)
            else [(value,)]
        )
        for item in items:
            yield from strings(item)


def is_left(graph: Graph, cycle: Iterable[str]) -> bool:
    """Whether a router or a Command decides in each round of a cycle how a run goes on."""
    return any(supersteps.routed(graph, name) for name in cycle)


def old_value(project: Project, channel: Channel) -> str:
    """How a node spells a key of its state: an item of a dict, a field of another object."""
    cls = channel.schema
    bases = inference.external_bases(project.program, cls) if cls is not None else []
    if cls is None or any(base.endswith(("TypedDict", "State")) for base in bases):
        return f"state[{channel.key!r}]"
    return f"state.{channel.key}"


def setting_confidence(project: Project, graph: Graph) -> Confidence:
    """Notebooks try things out; a graph that nothing is seen to build may run nowhere."""
    if graph.site.env.scope.module.is_notebook:
        return Confidence.LOW
    return Confidence.HIGH if is_built(project, graph) else Confidence.MEDIUM


def weaker(*levels: Confidence) -> Confidence:
    return max(levels, key=lambda level: level.rank)


def node_step(project: Project, graph: Graph, node: Node) -> Step:
    return project.step(node.site, f"node {node.name} of {graph.name}")


def field_step(project: Project, channel: Channel) -> Step:
    name = channel.reducer.name
    return project.step(
        channel.site, f"channel {channel.key}" + (f", reducer {name}" if name else "")
    )


def duration_steps(project: Project, graph: Graph, cycle: list[str] | None) -> Iterator[Step]:
    """Where the growth goes on: the cycle, the saver."""
    if cycle is not None:
        path = " → ".join([cycle[-1], *cycle])
        yield project.step(_closing(graph, cycle), f"cycle {path}")
    if graph.durable is not None:
        if graph.durable.site is not None:
            yield project.step(graph.durable.site, "durable thread: the saver of this graph")
        else:
            yield project.step(graph.site, "durable thread: the platform serves this graph")


def _closing(graph: Graph, cycle: list[str]) -> Site:
    """The edge that leads back, else the node."""
    before = cycle[-2] if len(cycle) > 1 else cycle[-1]
    for edge in graph.edges:
        if edge.source == before and edge.target == cycle[-1]:
            declared = edge.kind == "command" and edge.site == graph.nodes[before].site
            return _function(graph.nodes[before]) if declared else edge.site
    return graph.nodes[cycle[-1]].site


def _function(node: Node) -> Site:
    """Where the function stands whose annotation says where the node leads."""
    if not node.functions:
        return node.site
    function = node.functions[0].function
    return Site(
        t.Name(t.packed(*function.name_span), function.name),
        Env(function.parent or function.module),
    )
