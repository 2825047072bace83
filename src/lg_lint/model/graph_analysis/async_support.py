"""Whether a graph that is run synchronously could be run asynchronously."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, GraphRun, Saver
from lg_lint.model.graph_analysis.refused_runs import savers_of, serves, sync_only_hooks
from lg_lint.model.langgraph import agent_middleware
from lg_lint.program.store import Program
from lg_lint.program.values import NONE, ExternalObject, Value, Values


def obstacle(program: Program, run: GraphRun) -> str:
    """What may keep a run of a graph from being asynchronous; empty where nothing does."""
    if not run.graphs or not all(_is_seen(value) for value in _receivers(program, run)):
        return "how the graph is built cannot be seen in full"
    compiled = savers_of(program, run)
    for graph in _with_subgraphs(run.graphs):
        own = compiled if compiled and graph in run.graphs else [graph.saver]
        reason = next(filter(None, (_saver(program, graph, saver) for saver in own)), "")
        reason = reason or _client(graph) or _middleware(program, graph)
        if reason:
            return reason
    return ""


def _receivers(program: Program, run: GraphRun) -> Values:
    return tuple(value for value in run.receivers if value != NONE)


def _is_seen(value: Value) -> bool:
    """Whether a value is a graph that some call in the project makes."""
    while isinstance(value, ExternalObject) and isinstance(value.base, ExternalObject):
        value = value.base
    return isinstance(value, ExternalObject) and value.site is not None and value.env is not None


def _with_subgraphs(graphs: Iterable[Graph]) -> Iterator[Graph]:
    queue, seen = list(graphs), set()
    while queue:
        graph = queue.pop()
        if graph not in seen:
            seen.add(graph)
            yield graph
            queue += [node.subgraph for node in graph.nodes.values() if node.subgraph is not None]


def _saver(program: Program, graph: Graph, saver: Saver | None) -> str:
    if saver is None or saver.platform:
        return ""
    if not saver.certain or not saver.types:
        return f"which saver {graph.name} has cannot be seen"
    for kind in saver.types:
        calls = serves(program, kind)
        name = kind.rpartition(".")[2]
        if calls is None:
            return f"whether its saver {name} serves async calls is not known"
        if "async" not in calls:
            return f"its saver {name} serves sync calls alone"
    return ""


def _client(graph: Graph) -> str:
    call = graph.site.node
    if graph.kind != "remote" or not isinstance(call, t.Call):
        return ""
    given = {arg.keyword for arg in call.args}
    if "sync_client" in given and not given & {"url", "client"}:
        return "its RemoteGraph has a sync client alone"
    return ""


def _middleware(program: Program, graph: Graph) -> str:
    if graph.kind != "agent":
        return ""
    values, known = agent_middleware.of_agent(program, graph)
    if not known:
        return f"not all middleware of {graph.name} can be seen"
    for value in values:
        for _, function in sync_only_hooks(program, value):
            return f"its middleware {function.qualname}() has no async twin"
    return ""
