"""Async node in a sync run

## What it does
Finds `stream`, `invoke` and `batch` calls of a graph that has a node, a router or a functional
entrypoint written as `async def`, its subgraphs included.

## Why it cuts the stream
A sync run cannot call an async function: it raises "No synchronous function provided" as soon as it
gets there. A response that streams it ends early, or without a chunk, after status 200.

## What is seen
- breaks off with an error: "No synchronous function provided", at the async node

## Example
```python
async def answer(state: State) -> dict:
    return {"reply": await model.ainvoke(state["messages"])}

builder.add_node("answer", answer)
graph = builder.compile()

for chunk in graph.stream({"messages": [("user", "Hello")]}):
    print(chunk)
```

## Use instead
```python
async def answer(state: State) -> dict:
    return {"reply": await model.ainvoke(state["messages"])}

builder.add_node("answer", answer)
graph = builder.compile()

async def main() -> None:
    async for chunk in graph.astream({"messages": [("user", "Hello")]}):
        print(chunk)
```
A node that has to serve both kinds of run takes both functions: `RunnableLambda(answer, aanswer)`.

## When to ignore
Where the async node cannot be reached in this run.

## Fix safety
Directly in an `async def` the call is replaced by its async twin: safe as for LG101. Elsewhere the
caller has to become async: no fix.

## Evidence
[Measured](../evidence.md#lg106): the sync run raises TypeError at the async node and sends no
chunk; the async run streams.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import GraphRun
from lg_lint.model.graph_analysis.reachability import is_reached
from lg_lint.model.graph_analysis.refused_runs import AsyncPart, async_parts
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition, describe
from lg_lint.rules.telling.fix_planning import run_fix
from lg_lint.rules.telling.graph_runs import async_twin


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each run, about the first async part of the first graph that has one."""
    for run in project.runs:
        if methods()[run.method]["kind"] != "run" or not run.graphs:
            continue
        if not is_reached(project, run.site.env.scope):
            continue
        parts = [next(async_parts(project.program, graph), None) for graph in run.graphs]
        found = [part for part in parts if part is not None]
        if found:
            yield _finding(rule, project, run, found[0], certain=len(found) == len(parts))


def _finding(
    rule: Rule, project: Project, run: GraphRun, part: AsyncPart, *, certain: bool
) -> Finding:
    function = part.ref.function
    return rule.finding(
        project.at(run.site),
        f"the stream ends with TypeError at {part.title}: graph.{run.method}() is a sync run, "
        f"which cannot call {describe(function)}",
        trace=[
            project.step(part.site, f"registers {function.name}()"),
            Step(definition(project, function), f"{describe(function)} has no sync form"),
        ],
        help=f"in this line, write {async_twin(run)}, in an async function",
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
        fix=run_fix(project, run.site.env.scope, run.call, run),
    )


RULE = Rule(
    code="LG106",
    name="async-node-in-sync-run",
    severity=Severity.ERROR,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
