"""A node that no path from START reaches

## What it does
Finds nodes that no edge, router, `Command(goto=...)` or `Send` leads to, from START on. A graph in
which some node may go anywhere, because a target is made while the run goes on or a node cannot be
read, stays silent.

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

from lg_lint.finding import Finding, Hop, Severity
from lg_lint.model import supersteps
from lg_lint.model.graph import END, START, Graph
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.wiring import confidence, edge_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    for graph in project.graphs:
        if graph.kind not in ("state", "messages") or not graph.complete:
            continue
        if not any(edge.source == START for edge in graph.edges):
            continue
        seen = None if _has_lost_route(graph) else supersteps.reached(graph)
        for name in graph.nodes if seen is not None else ():
            if name not in seen:  # type: ignore[operator]
                yield _finding(rule, project, graph, name)


def _has_lost_route(graph: Graph) -> bool:
    """Whether a route names no node: then LG601 tells why what it meant is not reached."""
    return any(
        isinstance(result.value, str) and result.value not in graph.nodes and result.value != END
        for router in graph.routers
        for result in router.results
        if result.send or router.path_map is None
    )


def _finding(rule: Rule, project: Project, graph: Graph, name: str) -> Finding:
    before = [edge for edge in graph.edges if edge.target == name and edge.source != name]
    sources = ", ".join(dict.fromkeys(repr(edge.source) for edge in before))
    why = f"only {sources} leads there, which nothing reaches" if before else "nothing leads there"
    return rule.finding(
        project.at(graph.nodes[name].site),
        f"node {name!r} of {graph.name} never runs: {why}",
        trace=[edge_step(project, edge) for edge in before[:2]],
        help=f"add an edge to {name!r}, or take the node out",
        confidence=confidence(project, graph),
    )


RULE = Rule("LG603", "unreachable-node", Severity.WARNING, Hop.GRAPH, __doc__ or "", check)
