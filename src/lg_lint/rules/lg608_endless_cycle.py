"""A cycle of nodes that a run cannot leave

## What it does
Finds cycles of plain edges, of routers whose targets are all known, and of nodes each of whose ways
out is a `Command(goto=...)`, from which neither END nor a node without a way on can be reached.
Cycles that pause for a person, that a Send or some Command may leave, or whose routers are not
fully known stay silent.

## Why it cuts the stream
The run goes round until the recursion limit: 25 steps before LangGraph 1.0.6, 10,000 before 1.1.4,
10,007 since. Then GraphRecursionError breaks the stream, and until then it sends the same chunks
again and again.

## What is seen
- never ends: the same chunks again and again
- breaks off with an error: GraphRecursionError, at last

## Example
```python
builder.add_edge(START, "draft")
builder.add_edge("draft", "review")
builder.add_edge("review", "draft")
```

## Use instead
```python
def accepted(state: State) -> bool:
    return state["good"]

builder.add_edge(START, "draft")
builder.add_edge("draft", "review")
builder.add_conditional_edges("review", accepted, {True: END, False: "draft"})
```

## When to ignore
Where the run is meant to be stopped from outside.

## Fix safety
No fix: when the cycle should end is not known.

## Evidence
[Measured](../evidence.md#lg608): 10,007 updates with the default limit of LangGraph 1.2, then
GraphRecursionError.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.model.graph import Edge, Graph
from lg_lint.model.graph_analysis import supersteps
from lg_lint.model.graph_analysis.pauses import may_pause
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.wiring import confidence, edge_step, shown


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each graph with a cycle that nothing leaves."""
    for graph in project.graphs:
        if graph.kind not in ("state", "messages") or not graph.complete:
            continue
        found = supersteps.endless(graph)
        if found is not None and not may_pause(project, graph):
            yield _finding(rule, project, graph, found)


def _finding(rule: Rule, project: Project, graph: Graph, edge: Edge) -> Finding:
    cycle = graph.cycle_through(edge.target) or [edge.target]
    path = " → ".join(shown(name) for name in (cycle[-1], *cycle))
    others = [
        other
        for other in graph.edges
        if other is not edge and other.source in cycle and other.target in cycle
    ]
    return rule.finding(
        project.at(edge.site),
        f"a run of {graph.name} never ends by itself: nothing leads out of the cycle {path}, and "
        f"by default it takes {_steps(project, graph)} before the recursion limit raises",
        trace=[edge_step(project, other) for other in others[:3]],
        help="give one of these nodes a conditional edge that may lead to END",
        confidence=confidence(project, graph),
    )


def _steps(project: Project, graph: Graph) -> str:
    """How far the default limit lets a run go, and the version that says so."""
    versions, near = project.versions, graph.site.path
    ten_thousand = versions.change("ten-thousand-steps", near)
    if not ten_thousand.holds:
        return f"25 steps with {ten_thousand.text}"
    seven_more = versions.change("ten-thousand-seven-steps", near)
    return f"{'10,007' if seven_more.holds else '10,000'} steps with {seven_more.text}"


RULE = Rule(
    code="LG608",
    name="endless-cycle",
    severity=Severity.WARNING,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
