"""A plain edge beside a conditional edge or Command of the same node

## What it does
Finds nodes that have a plain edge and also a conditional edge, or that return `Command(goto=...)`.
A plain edge to END adds no branch and is fine, and so is a router that only sends Sends.

## Why it cuts the stream
The plain edge is always taken, whatever the router says: both branches run in the same step, answer
the client twice, and `goto=END` does not end the run.

## What is seen
- work is done twice: both branches run, and both answer
- never ends: `goto=END` does not end the run

## Example
```python
def review(state: State) -> Command:
    return Command(goto="publish" if state["good"] else END)

builder.add_edge("review", "draft")
```

## Use instead
```python
def review(state: State) -> Command[Literal["publish", "draft"]]:
    return Command(goto="publish" if state["good"] else "draft")
```

## When to ignore
Where both branches are wanted.

## Fix safety
No fix: which of the two is meant is not known.

## Evidence
[Measured](../evidence.md#lg609): the node behind the plain edge runs beside the one that was
chosen.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity
from lg_lint.model.graph import END, Edge, Graph, Router
from lg_lint.model.graph_analysis.double_routes import double_routes
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import weaker
from lg_lint.rules.telling.wiring import confidence, shown


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each plain edge beside a router of the same node."""
    for graph in project.graphs:
        for edge, router in double_routes(graph):
            yield _finding(rule, project, graph, edge, router)


def _finding(rule: Rule, project: Project, graph: Graph, edge: Edge, router: Router) -> Finding:
    targets = router.targets or ()
    named = ", ".join(map(shown, targets))
    what = "Command" if router.is_command else "conditional edge"
    clear = router.is_command or edge.target in targets or END in targets
    return rule.finding(
        project.at(edge.site),
        f"both run after {shown(edge.source)} of {graph.name}: {shown(edge.target)}, to which this "
        f"edge always leads, and where its {what} leads ({named})",
        trace=[project.step(router.site, f"{what} of {edge.source}")],
        help=f"drop the plain edge, and let the {what} name {shown(edge.target)} where it is meant",
        confidence=weaker(
            Confidence.HIGH if clear else Confidence.MEDIUM, confidence(project, graph)
        ),
    )


RULE = Rule(
    code="LG609",
    name="double-routing",
    severity=Severity.WARNING,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
