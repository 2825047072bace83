"""A route to a node that does not exist

## What it does
Finds routers without a path map, `Command(goto=...)` and `Send(...)` that name a node which the
graph does not have. Names are followed through constants, enums, variables and helpers; a graph
with nodes that could not be read, and a name that is made while the run goes on, stay silent.

## Why it cuts the stream
LangGraph does not raise: it logs "wrote to unknown channel branch:to:..., ignoring it" and the run
ends there. The stream closes early with a clean end, and no client can tell.

## What is seen
- ends without an error: the log says "wrote to unknown channel"
- a step is missing: the node that is named does not exist

## Example
```python
def review(state: State) -> Command:
    return Command(goto="publisher")

builder.add_node("review", review)
builder.add_node("publish", publish)
```

## Use instead
```python
def review(state: State) -> Command[Literal["publish"]]:
    return Command(goto="publish")

builder.add_node("review", review)
builder.add_node("publish", publish)
```
With the annotation, or with a path map, LangGraph itself refuses a wrong name when it compiles.

## When to ignore
Where the node is added by code that lg-lint does not see.

## Fix safety
No fix: which node was meant is not known.

## Evidence
[Measured](../evidence.md#lg601): the node that should follow never runs; the client sees a clean
end and no error.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.model.graph import START, Graph
from lg_lint.model.graph_analysis.lost_routes import LostRoute, lost_routes
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.wiring import confidence, graph_step, nearest


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each result of a router that names no node of its graph."""
    for graph in project.graphs:
        for route in lost_routes(project, graph):
            yield _finding(rule, project, graph, route)


def _finding(rule: Rule, project: Project, graph: Graph, route: LostRoute) -> Finding:
    router, result = route.router, route.result
    if result.send:
        what = f"Send({result.value!r}) goes to no node"
    elif router.is_command:
        what = f"goto={result.value!r} names no node"
    else:
        who = router.functions[0].function.name if router.functions else "the router"
        what = f"{who} may return {result.value!r}, which is no node"
    after = f"the run ends after {router.source!r}" if router.source != START else "no node runs"
    return rule.finding(
        project.at(result.site),
        f"{after}, without an error: {what} of {graph.name}, and LangGraph ignores it",
        trace=[
            project.step(router.site, f"routes on from {router.source}"),
            graph_step(project, graph),
        ],
        help=nearest(graph, str(result.value)),
        confidence=confidence(project, graph),
    )


RULE = Rule(
    code="LG601",
    name="unknown-goto",
    severity=Severity.ERROR,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
