"""A node that no path from START reaches

## What it does
Finds nodes that no edge, router, `Command(goto=...)` or `Send` leads to, from START on. A graph in
which some node may go anywhere, because a target is made while the run goes on or a node cannot be
read, stays silent. What only lost nodes lead to is told with the first of them: one edge brings all
of it back.

## Why it cuts the stream
The node never runs, so its part of the stream never comes: the run ends before it, without an
error.

## What is seen
- a step is missing: no way leads to the node

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
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis.unreached_nodes import UnreachedNode, unreached_nodes
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.wiring import confidence, edge_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each unreachable node, with those that it alone leads to."""
    for graph in project.graphs:
        for node in unreached_nodes(graph):
            yield _finding(rule, project, graph, node)


def _finding(rule: Rule, project: Project, graph: Graph, node: UnreachedNode) -> Finding:
    """One finding for a node and for those that it alone leads to."""
    name, before = node.name, node.before
    sources = ", ".join(dict.fromkeys(repr(edge.source) for edge in before))
    why = f"only {sources} leads there, which nothing reaches" if before else "nothing leads there"
    others = ", ".join(map(repr, node.behind))
    more = f", nor to {others} behind it" if others and not before else ""
    steps = [project.step(graph.nodes[each].site, f"{each!r} is behind it") for each in node.behind]
    return rule.finding(
        project.at(graph.nodes[name].site),
        f"node {name!r} of {graph.name} never runs: {why}{more}",
        trace=[*(edge_step(project, edge) for edge in before[:2]), *steps],
        help=f"add an edge to {name!r}, or take the node out",
        confidence=confidence(project, graph),
    )


RULE = Rule(
    code="LG603",
    name="unreachable-node",
    severity=Severity.WARNING,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
