"""An interrupt in a graph that keeps nothing

## What it does
Finds graphs that pause, by `interrupt()` in a node or tool, by `interrupt_before` or
`interrupt_after`, or by HumanInTheLoopMiddleware, and that have no checkpointer: none given, none
set later, no parent with one, and no platform that serves the graph: `langgraph.json`, `aegra.json`
and other files of their form name the graphs that a platform gives a checkpointer.

## Why it cuts the stream
The stream ends with `__interrupt__`, and there is nothing to go on from: the answer of the user
starts a new run from the beginning.

## Example
```python
def approve(state: State) -> dict:
    return {"status": interrupt("Send it?")}

graph = builder.compile()
```

## Use instead
```python
def approve(state: State) -> dict:
    return {"status": interrupt("Send it?")}

graph = builder.compile(checkpointer=saver)
```

## When to ignore
Where the graph is compiled again, with a checkpointer, by code that lg-lint does not see.

## Fix safety
No fix: which checkpointer is a decision about the deployment.

## Evidence
[Measured](../evidence.md#lg605): the run stops and sends `__interrupt__`; `Command(resume=...)`
then raises "Cannot use Command(resume=...) without checkpointer".
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity
from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis.interrupts import interrupts, runs_inside
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.project import Project
from lg_lint.program.site import Site
from lg_lint.program.values import ExternalObject, Value
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import weaker
from lg_lint.rules.telling.wiring import graph_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for graph, site, what in _pauses(project):
        key = (site.path, site.span)
        if key not in seen and _keeps_nothing(project, graph):
            seen.add(key)
            yield _finding(rule, project, graph, site, what)


def _pauses(project: Project) -> Iterator[tuple[Graph, Site, str]]:
    for found in interrupts(project):
        if found.entry is not None and found.entry.graph is not None and found.swallowed is None:
            yield found.entry.graph, found.site, "interrupt()"
    for graph in project.graphs:
        for site in (*graph.compiles, graph.site):
            for keyword in ("interrupt_before", "interrupt_after"):
                expr = site.node.argument(keyword) if isinstance(site.node, t.Call) else None
                if expr is not None and not _is_empty(expr):
                    yield graph, Site(expr, site.env), keyword
        for value in graph.middleware:
            place = _asking(value)
            if place is not None:
                yield graph, place, "HumanInTheLoopMiddleware"


def _asking(value: Value) -> Site | None:
    if not isinstance(value, ExternalObject) or value.site is None or value.env is None:
        return None
    asks = value.type.endswith("HumanInTheLoopMiddleware")
    return Site(value.site, value.env) if asks else None


def _is_empty(expr: t.Expr) -> bool:
    if isinstance(expr, t.Sequence):
        return not expr.items
    return not isinstance(expr, t.Constant) or expr.value is None


def _keeps_nothing(project: Project, graph: Graph) -> bool:
    if graph.served or graph.saver is not None or not is_built(project, graph):
        return False
    if graph.kind in ("state", "messages") and not graph.compiles:
        return False
    return not graph.parents and not runs_inside(project, graph)


def _finding(rule: Rule, project: Project, graph: Graph, site: Site, what: str) -> Finding:
    sure = Confidence.HIGH if graph.runs else Confidence.MEDIUM
    return rule.finding(
        project.at(site),
        f"the run stops here and cannot go on: {what} pauses {graph.name}, which has no "
        "checkpointer to go on from",
        trace=[
            graph_step(project, graph),
            *(project.step(each, "compiled without a checkpointer") for each in graph.compiles[:1]),
        ],
        help="compile the graph with a checkpointer, and run it with a thread_id",
        confidence=weaker(sure),
    )


RULE = Rule("LG605", "interrupt-without-saver", Severity.WARNING, Hop.GRAPH, __doc__ or "", check)
