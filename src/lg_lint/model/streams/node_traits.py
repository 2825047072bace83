"""How a node runs and what it sends to a stream, in words that pictures and paths share."""

from __future__ import annotations

from lg_lint.model.graph import Graph, Node
from lg_lint.model.langgraph.agents import MODEL_NODES
from lg_lint.model.project import Project
from lg_lint.model.streams.chat_models import streams_tokens
from lg_lint.model.streams.emission import EmissionKind, Emissions
from lg_lint.program.call_graph.execution import CallNode, ThreadContext


def own_way_to_run(node: Node) -> str:
    """ "async", "sync", "subgraph" or "tools"; "" where the source shows none of these."""
    functions = [ref.function for ref in (*node.functions, *node.hooks)]
    if functions:
        return "async" if any(function.is_async for function in functions) else "sync"
    if node.subgraph is not None:
        return "subgraph"
    return "tools" if node.tools else ""


def emitted(project: Project, graph: Graph, node: Node, emissions: Emissions) -> tuple[str, ...]:
    """What a node sends to a stream: its functions, all that they call, and its subgraph."""
    found: dict[str, None] = {}
    for state in reached_by(project, node):
        found.update((emission.kind.value, None) for emission in emissions.of(state))
    model = graph.kind == "agent" and node.name in MODEL_NODES
    if model or any(streams_tokens(project.program, value) for value in node.values):
        found[EmissionKind.TOKENS.value] = None
    if node.subgraph is not None and node.subgraph is not graph:
        for inner in node.subgraph.nodes.values():
            if inner.subgraph is None:
                kinds = emitted(project, node.subgraph, inner, emissions)
                found.update((kind, None) for kind in kinds)
    return tuple(found)


def reached_by(project: Project, node: Node) -> list[CallNode]:
    """The functions of a node and all that they call, in the order in which they are found."""
    execution = project.execution
    queue = [execution.state(ref, ThreadContext.THREAD) for ref in (*node.functions, *node.tools)]
    found: list[CallNode] = []
    seen = set(queue)
    while queue:
        state = queue.pop()
        found.append(state)
        for edge in execution.edges(state):
            if edge.target not in seen:
                seen.add(edge.target)
                queue.append(edge.target)
    return found


def saver_names(graph: Graph, unknown: str) -> str:
    """The classes of a graph's saver, `unknown` where they are; "" without a saver."""
    if graph.saver is None:
        return ""
    names = [name.rpartition(".")[2] for name in graph.saver.types]
    return ", ".join(names) or ("platform" if graph.saver.platform else unknown)
