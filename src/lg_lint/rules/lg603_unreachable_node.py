"""A node that no path from START reaches

## What it does
Finds nodes that no edge, router, `Command(goto=...)` or `Send` leads to, from START on. A graph in
which some node may go anywhere, because a target is made while the run goes on or a node cannot be
read, stays silent. What only lost nodes lead to is told with the first of them: one edge brings all
of it back.

## Why it cuts the stream
The node never runs, so its part of the stream never comes: the run ends before it, without an
error.

## Example
```python
builder.add_node("write", write)
builder.add_node("format", format_text)
builder.add_edge(START, "write")
builder.add_edge("format", END)
```

## Use instead
```python
builder.add_node("write", write)
builder.add_node("format", format_text)
builder.add_edge(START, "write")
builder.add_edge("write", "format")
builder.add_edge("format", END)
```

## When to ignore
Where the node is kept for `update_state(as_node=...)`.

## Fix safety
No fix: where the node belongs is not known.

## Evidence
[Measured](../evidence.md#lg603): LangGraph compiles such a graph, and its run ends cleanly without
the node.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.model.graph import END, START, Edge, Graph
from lg_lint.model.graph_analysis import supersteps
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.wiring import confidence, edge_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    for graph in project.graphs:
        if graph.kind not in ("state", "messages") or not graph.complete:
            continue
        if not any(edge.source == START for edge in graph.edges):
            continue
        seen = None if _has_lost_route(graph) else supersteps.reached(graph)
        lost = [name for name in graph.nodes if seen is not None and name not in seen]
        told: set[str] = set()
        for name in sorted(lost, key=lambda name: len(_before(graph, name))):
            if name not in told:
                behind = _behind(graph, name, lost)
                yield _finding(
                    rule, project, graph, name, [each for each in lost if each in behind]
                )
                told |= behind


def _has_lost_route(graph: Graph) -> bool:
    """Whether a route names no node: then LG601 tells why what it meant is not reached."""
    return any(
        isinstance(result.value, str) and result.value not in graph.nodes and result.value != END
        for router in graph.routers
        for result in router.results
        if result.send or router.path_map is None
    )


def _before(graph: Graph, name: str) -> list[Edge]:
    return [edge for edge in graph.edges if edge.target == name and edge.source != name]


def _behind(graph: Graph, name: str, lost: list[str]) -> set[str]:
    """The lost nodes that an edge to one of them would bring back, that one included."""
    found, queue = {name}, [name]
    while queue:
        for edge in graph.edges_from(queue.pop()):
            if edge.target in lost and edge.target not in found:
                found.add(edge.target)
                queue.append(edge.target)
    return found


def _finding(rule: Rule, project: Project, graph: Graph, name: str, together: list[str]) -> Finding:
    """One finding for a node and for those that it alone leads to."""
    before = _before(graph, name)
    sources = ", ".join(dict.fromkeys(repr(edge.source) for edge in before))
    why = f"only {sources} leads there, which nothing reaches" if before else "nothing leads there"
    others = [each for each in together if each != name]
    more = f", nor to {', '.join(map(repr, others))} behind it" if others and not before else ""
    step = [project.step(graph.nodes[each].site, f"{each!r} is behind it") for each in others]
    return rule.finding(
        project.at(graph.nodes[name].site),
        f"node {name!r} of {graph.name} never runs: {why}{more}",
        trace=[*(edge_step(project, edge) for edge in before[:2]), *step],
        help=f"add an edge to {name!r}, or take the node out",
        confidence=confidence(project, graph),
    )


RULE = Rule("LG603", "unreachable-node", Severity.WARNING, Hop.GRAPH, __doc__ or "", check)
