"""A node that returns a coroutine instead of awaiting it

## What it does
Finds nodes that are a `def` function or a lambda and return the call of an `async def` function, or
of an async method such as `ainvoke`, without awaiting it. LangGraph takes such a node for a
synchronous one, since only `async def` itself counts.

## Why it cuts the stream
The node's result is a coroutine object: InvalidUpdateError, "Expected dict, got <coroutine ...>",
ends the run under `invoke` and `ainvoke` alike.

## What is seen
- breaks off with an error: InvalidUpdateError, "Expected dict, got <coroutine ...>"

## Example
```python
async def answer(state: State, model: ChatOpenAI) -> dict: ...

builder.add_node("answer", lambda state: answer(state, model))
```

## Use instead
```python
async def answer(state: State, model: ChatOpenAI) -> dict: ...

builder.add_node("answer", functools.partial(answer, model=model))
```

## When to ignore
Never: the node cannot work.

## Fix safety
No fix: a lambda cannot await.

## Evidence
[Measured](../evidence.md#lg610): the stream breaks with InvalidUpdateError before the node's
update.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.model.graph import Graph, Node
from lg_lint.model.langgraph.unawaited_results import unawaited_results
from lg_lint.model.project import Project
from lg_lint.program.site import Site
from lg_lint.program.values import FunctionRef
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import node_step
from lg_lint.rules.telling.wiring import confidence


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each place where a node returns a coroutine."""
    for graph in project.graphs:
        for node in graph.nodes.values():
            for value in node.values:
                if isinstance(value, FunctionRef):
                    for site in unawaited_results(project.program, value):
                        yield _finding(rule, project, graph, node, site)


def _finding(rule: Rule, project: Project, graph: Graph, node: Node, site: Site) -> Finding:
    return rule.finding(
        project.at(site),
        f"the run breaks off with InvalidUpdateError: node {node.name!r} of {graph.name} is no "
        "async def and returns a coroutine that nothing awaits",
        trace=[node_step(project, graph, node)],
        help="make the node an async def that awaits the call, or use functools.partial",
        confidence=confidence(project, graph),
    )


RULE = Rule(
    code="LG610",
    name="node-returns-coroutine",
    severity=Severity.ERROR,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
