"""The hops inside of graphs: the nodes that a stream's run may pass, and the graphs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Hop
from lg_lint.knowledge import table
from lg_lint.model.graph import Graph, GraphRun, Node
from lg_lint.model.paths.drafts import Draft, body
from lg_lint.model.project import Project, runs_at
from lg_lint.model.streams.emission import Emissions
from lg_lint.model.streams.node_traits import emitted, own_way_to_run, reached_by, saver_names
from lg_lint.program.scopes import Function

_MOST_GRAPHS = 8
_RUNNING = {
    "stream", "astream", "invoke", "ainvoke", "batch", "abatch", "astream_events", "stream_events",
    "astream_log", "transform", "atransform",
}  # fmt: skip
_WAYS = {"async": "async", "sync": "sync", "tools": "runs tools", "subgraph": "a graph of its own"}


def graph_hops(project: Project, runs: Iterable[GraphRun]) -> Iterator[Draft]:
    """The nodes of each graph that the runs lead to and the graph itself, the innermost first."""
    emissions = project.once(Emissions)
    for graph in reversed(_graphs(project, runs)):
        for node in graph.nodes.values():
            if node.subgraph is None:
                yield _node(project, graph, node, emissions)
        yield _graph(project, graph)


def runs_in(project: Project, functions: Iterable[Function]) -> list[GraphRun]:
    """The runs of graphs that some functions make."""
    known = project.once(runs_at)
    found = {number: run for function in functions for number, run in known.get(function, ())}
    return [run for _, run in sorted(found.items()) if run.method in _RUNNING]


def _graphs(project: Project, runs: Iterable[GraphRun]) -> list[Graph]:
    """The graphs of runs, those that are nodes of others, and those that nodes run themselves."""
    queue = [graph for run in runs for graph in run.graphs]
    found: dict[int, Graph] = {}
    while queue and len(found) < _MOST_GRAPHS:
        graph = queue.pop(0)
        if id(graph) in found:
            continue
        found[id(graph)] = graph
        for node in graph.nodes.values():
            if node.subgraph is not None:
                queue.append(node.subgraph)
            functions = [state.function for state in reached_by(project, node)]
            queue += [inner for run in runs_in(project, functions) for inner in run.graphs]
    return list(found.values())


def _node(project: Project, graph: Graph, node: Node, emissions: Emissions) -> Draft:
    functions = [ref.function for ref in (*node.functions, *node.hooks, *node.tools)]
    place = project.at(node.site)
    if functions:
        place = project.place(functions[0].module, functions[0].name_span)
    sent = emitted(project, graph, node, emissions)
    facts = [_WAYS.get(own_way_to_run(node), "")]
    facts += [f"sends {kind}" for kind in sent]
    draft = Draft(Hop.NODE, node.name, place, list(filter(None, facts)), is_minor=not sent)
    draft.spans = [project.at(node.site)]
    for function in functions:
        draft.spans += body(project, function)
    for state in reached_by(project, node):
        draft.spans += body(project, state.function)
    return draft


def _graph(project: Project, graph: Graph) -> Draft:
    draft = Draft(Hop.GRAPH, graph.name or "graph", project.at(graph.site), [_saver(graph)])
    if not graph.complete:
        draft.question = "some nodes or edges could not be read: what do they do?"
    sites = [graph.site, *graph.compiles, *(each.site for each in graph.channels.values())]
    sites += [edge.site for edge in graph.edges] + [router.site for router in graph.routers]
    draft.spans = [project.at(site) for site in sites]
    for schema in graph.schemas:
        draft.spans.append(project.place(schema.module, schema.node.span))
    for router in graph.routers:
        for ref in router.functions:
            draft.spans += body(project, ref.function)
    return draft


def _saver(graph: Graph) -> str:
    """Where its threads are kept, so that it is seen whether a second process finds them."""
    saver = graph.saver
    if saver is None:
        return "no saver"
    names = saver_names(graph, "saver ?")
    if saver.types and set(saver.types) <= set(table("savers")["in_memory"]["types"]):
        return f"{names} (in the memory of one process)"
    return names if saver.types else f"saver: {names}" if saver.platform else names


def folded(drafts: Iterable[Draft], most: int = 3) -> Iterator[Draft]:
    """The same with nodes of which there is nothing to say as one hop, where they are many."""
    nodes: list[Draft] = []
    for draft in drafts:
        if draft.hop is Hop.NODE:
            nodes.append(draft)
            continue
        quiet = [each for each in nodes if each.is_minor and not each.findings]
        if len(quiet) > most:
            yield from (each for each in nodes if each not in quiet)
            yield _together(quiet)
        else:
            yield from nodes
        nodes = []
        yield draft


def _together(held: list[Draft]) -> Draft:
    names = ", ".join(draft.title for draft in held[:6])
    more = ", …" if len(held) > 6 else ""
    return Draft(Hop.NODE, f"{len(held)} more nodes", None, [names + more])
