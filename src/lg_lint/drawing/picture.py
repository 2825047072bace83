"""What is drawn: a graph's nodes, edges and channels, with where they are and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

from lg_lint.base.finding import Finding, Place
from lg_lint.facts import tree as t
from lg_lint.model.graph import END, START, Edge, Graph, Node
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.graph_analysis.supersteps import is_opaque
from lg_lint.model.project import Project
from lg_lint.model.streams.emission import Emissions
from lg_lint.model.streams.node_traits import emitted, own_way_to_run, saver_names
from lg_lint.program.scopes import Function
from lg_lint.program.store import terminal_name

UNRESOLVED = "?"
"""The target of a route whose targets are not known: any node may follow."""


class PictureNode(Struct, frozen=True):
    """`runs` is "async", "sync", "subgraph", "tools", "library" or "unresolved"."""

    name: str
    place: Place
    runs: str
    emits: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    subgraph: str = ""
    deferred: bool = False
    resolved: bool = True
    findings: tuple[Finding, ...] = ()


class PictureEdge(Struct, frozen=True):
    """An edge as it is drawn; `waits` where its target waits for other sources too."""

    source: str
    target: str
    kind: str
    place: Place
    waits: bool = False
    findings: tuple[Finding, ...] = ()


class PictureChannel(Struct, frozen=True):
    """A channel by its key, and its reducer in words."""

    key: str
    reducer: str
    place: Place


class Picture(Struct, frozen=True):
    """One graph; `complete` is False where some node or edge could not be read."""

    name: str
    kind: str
    place: Place
    saver: str = ""
    complete: bool = True
    nodes: tuple[PictureNode, ...] = ()
    edges: tuple[PictureEdge, ...] = ()
    channels: tuple[PictureChannel, ...] = ()
    findings: tuple[Finding, ...] = field(default=())


def pictures(
    project: Project, findings: Sequence[Finding], reported: Iterable[str] | None = None
) -> list[Picture]:
    """The project's graphs in the order of the source; of `reported` files alone, if given."""
    emissions = Emissions(project)
    wanted = None if reported is None else set(reported)
    drawn = [
        _picture(project, graph, emissions, findings)
        for graph in project.graphs
        if wanted is None or project.at(graph.site).path in wanted
    ]
    return sorted(drawn, key=lambda picture: picture.place)


def _picture(
    project: Project, graph: Graph, emissions: Emissions, findings: Sequence[Finding]
) -> Picture:
    nodes = tuple(_node(project, graph, node, emissions, findings) for node in graph.nodes.values())
    return Picture(
        graph.name,
        graph.kind,
        project.at(graph.site),
        saver_names(graph, UNRESOLVED),
        graph.complete,
        nodes,
        tuple(_edges(project, graph, findings)),
        tuple(
            PictureChannel(
                channel.key, channel.reducer.name or channel.reducer.kind.value,
                project.at(channel.site),
            )
            for channel in graph.channels.values()
        ),
        tuple(finding for finding in findings if finding.place == project.at(graph.site)),
    )  # fmt: skip


# --- nodes ---------------------------------------------------------------------------------


def _node(
    project: Project, graph: Graph, node: Node, emissions: Emissions, findings: Sequence[Finding]
) -> PictureNode:
    functions = [ref.function for ref in (*node.functions, *node.hooks)]
    place = project.at(node.site)
    if functions:
        place = project.place(functions[0].module, functions[0].name_span)
    return PictureNode(
        node.name,
        place,
        _runs(graph, node),
        emitted(project, graph, node, emissions),
        _writes(project, graph, node),
        node.subgraph.name if node.subgraph is not None else "",
        node.defer,
        not node.many and not node.name.startswith("{"),
        tuple(_found_in(project, node, functions, findings)),
    )


def _runs(graph: Graph, node: Node) -> str:
    unread = "unresolved" if graph.kind == "state" and is_opaque(node) else "library"
    return own_way_to_run(node) or unread


def _writes(project: Project, graph: Graph, node: Node) -> tuple[str, ...]:
    keys = {
        update.key: None
        for functions in of_graph(project.program, graph).nodes.get(node.name, ())
        for update in functions.updates
        if update.key in graph.channels and functions.ref in node.functions
    }
    return tuple(keys)


def _found_in(
    project: Project, node: Node, functions: list[Function], findings: Sequence[Finding]
) -> Iterator[Finding]:
    """The findings at a node's registration, or in the code of its functions."""
    own, module = project.at(node.site), node.site.env.scope.module
    parts = [project.place(function.module, function.node.span) for function in functions]
    if isinstance(node.site.node, t.Call) and terminal_name(node.site.node.func) == "add_node":
        parts += [project.place(module, arg.value.span) for arg in node.site.node.args]
    for finding in findings:
        if finding.place == own or any(_holds(part, finding.place) for part in parts):
            yield finding


def _holds(body: Place, place: Place) -> bool:
    return (
        body.path == place.path
        and (body.row, body.column) <= (place.row, place.column)
        and (place.end_row, place.end_column) <= (body.end_row, body.end_column)
    )


# --- edges ---------------------------------------------------------------------------------


def _edges(project: Project, graph: Graph, findings: Sequence[Finding]) -> Iterator[PictureEdge]:
    seen: set[tuple[str, str, str]] = set()
    for edge in (*graph.edges, *_unresolved(graph)):
        key = (edge.source, edge.target, edge.kind)
        if key in seen:
            continue
        seen.add(key)
        place = project.at(edge.site)
        found = tuple(finding for finding in findings if finding.place == place)
        yield PictureEdge(edge.source, edge.target, edge.kind, place, bool(edge.waits), found)


def _unresolved(graph: Graph) -> Iterator[Edge]:
    """Routes of which some target, or any, is not known."""
    for router in graph.routers:
        if router.targets is None:
            yield Edge(router.source, UNRESOLVED, "unresolved", router.site)


def title(name: str) -> str:
    """A node as pictures name it."""
    return {START: "START", END: "END"}.get(name, name)


def codes(findings: Iterable[Finding]) -> str:
    """The codes of findings, each once."""
    return ", ".join(dict.fromkeys(finding.code for finding in findings))
