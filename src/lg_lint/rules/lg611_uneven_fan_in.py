"""A join that branches of different length reach by plain edges

## What it does
Finds nodes where branches of one fork meet over plain edges after a different number of steps. An
edge from a list of nodes, or `defer=True`, waits for all of them; branches of the same length meet
in one step anyway; branches that end through a condition are left out.

## Why it cuts the stream
The join runs once when the short branch arrives and again when the long one does: the client gets
two answers, the first without the long branch's part, and all that follows runs twice.

## What is seen
- work is done twice: the join and all nodes behind it run once for each branch
- tokens twice: two answers, and the first lacks a part

## Example
```python
builder.add_edge(START, "search")
builder.add_edge(START, "plan")
builder.add_edge("plan", "draft")
builder.add_edge("search", "merge")
builder.add_edge("draft", "merge")
```

## Use instead
```python
builder.add_edge(START, "search")
builder.add_edge(START, "plan")
builder.add_edge("plan", "draft")
builder.add_edge(["search", "draft"], "merge")
```

## When to ignore
Where the join is meant to run for each branch.

## Fix safety
No fix: a list edge changes when the node runs, which is the point.

## Evidence
[Measured](../evidence.md#lg611): the join runs twice, with a list edge or `defer=True` once.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis.supersteps import Uneven, uneven_joins
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.wiring import confidence, edge_step, shown


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each join that branches of different length reach."""
    for graph in project.graphs:
        if graph.kind == "state" and graph.complete:
            for join in uneven_joins(graph):
                yield _finding(rule, project, graph, join)


def _finding(rule: Rule, project: Project, graph: Graph, uneven: Uneven) -> Finding:
    sources = ", ".join(repr(part[-1].source) for part in (uneven.short, uneven.long))
    steps = f"{len(uneven.short)} and {len(uneven.long)} steps after {shown(uneven.fork)}"
    return rule.finding(
        project.at(uneven.long[-1].site),
        f"{shown(uneven.join)} of {graph.name} runs twice: its branches arrive {steps}",
        trace=[edge_step(project, edge) for edge in (*uneven.short, *uneven.long[:-1])],
        help=f"add_edge([{sources}], {uneven.join!r}), or defer=True on the node, waits for both",
        confidence=confidence(project, graph),
    )


RULE = Rule(
    code="LG611",
    name="uneven-fan-in",
    severity=Severity.WARNING,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
