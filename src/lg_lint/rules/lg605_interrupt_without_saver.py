"""An interrupt in a graph that keeps nothing

## What it does
Finds graphs that pause, by `interrupt()` in a node or tool, by `interrupt_before` or
`interrupt_after`, or by HumanInTheLoopMiddleware, and that have no checkpointer: none given, none
set later, no parent with one, and no platform that serves the graph: `langgraph.json`, `aegra.json`
and other files of their form name the graphs that a platform gives a checkpointer.

## Why it cuts the stream
The stream ends with `__interrupt__`, and there is nothing to go on from: the answer of the user
starts a new run from the beginning.

## What is seen
- does not pause for approval: it stops, and the answer of the user begins a new run
- forgets: nothing is kept that a run could go on from

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
from lg_lint.model.graph_analysis.pauses import Pause, keeps_nothing, pauses
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.wiring import graph_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding a place, whichever graphs it pauses."""
    seen: set[tuple[object, ...]] = set()
    for pause in pauses(project):
        place = (pause.site.path, pause.site.span)
        if place not in seen and keeps_nothing(project, pause.graph):
            seen.add(place)
            yield _finding(rule, project, pause)


def _finding(rule: Rule, project: Project, pause: Pause) -> Finding:
    graph = pause.graph
    return rule.finding(
        project.at(pause.site),
        f"the run stops here and cannot go on: {pause.what} pauses {graph.name}, which has no "
        "checkpointer to go on from",
        trace=[
            graph_step(project, graph),
            *(project.step(each, "compiled without a checkpointer") for each in graph.compiles[:1]),
        ],
        help="compile the graph with a checkpointer, and run it with a thread_id",
        confidence=Confidence.HIGH if graph.runs else Confidence.MEDIUM,
    )


RULE = Rule(
    code="LG605",
    name="interrupt-without-saver",
    severity=Severity.WARNING,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
