"""Middleware without an async hook under an async run

## What it does
Finds agent middleware that defines `wrap_model_call` or `wrap_tool_call` without its async twin
`awrap_model_call` or `awrap_tool_call`, and functions under those decorators that are not async,
where the agent is run with `astream`, `ainvoke` and their kin.

## Why it cuts the stream
An async run of the agent raises NotImplementedError at the first model or tool call: the response
has sent status 200 and ends without a chunk.

## What is seen
- empty answer: NotImplementedError of the middleware, at the first call of a model or tool

## Example
```python
class Audit(AgentMiddleware):
    def wrap_model_call(self, request, handler):
        return handler(request)

agent = create_agent(model, tools, middleware=[Audit()])

@app.post("/ask")
async def ask(question: str) -> dict:
    return await agent.ainvoke({"messages": [("user", question)]})
```

## Use instead
```python
class Audit(AgentMiddleware):
    def wrap_model_call(self, request, handler):
        return handler(request)

    async def awrap_model_call(self, request, handler):
        return await handler(request)

agent = create_agent(model, tools, middleware=[Audit()])

@app.post("/ask")
async def ask(question: str) -> dict:
    return await agent.ainvoke({"messages": [("user", question)]})
```

## When to ignore
Where the middleware is left out of the agent whenever it runs asynchronously.

## Fix safety
The twin has to await what the sync hook calls: no fix.

## Evidence
[Measured](../evidence.md#lg105): an agent with the sync hook alone raises under `astream` and sends
no chunk; with both hooks it streams.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.model.graph import Graph, GraphRun
from lg_lint.model.graph_analysis.refused_runs import async_runs, sync_only_hooks
from lg_lint.model.project import Project
from lg_lint.program.scopes import Function
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding a hook, whichever agents get it."""
    found: dict[Place, Finding] = {}
    for graph in project.graphs:
        if graph.kind != "agent":
            continue
        run = next(async_runs(project, graph), None)
        if run is None:
            continue
        for value in graph.middleware:
            for hook, function in sync_only_hooks(project.program, value):
                finding = _finding(rule, project, graph, run, hook, function)
                known = found.setdefault(finding.place, finding)
                if known is not finding:
                    found[finding.place] = known.with_steps(finding.trace)
    yield from found.values()


def _finding(
    rule: Rule, project: Project, graph: Graph, run: GraphRun, hook: str, function: Function
) -> Finding:
    return rule.finding(
        definition(project, function),
        f"the stream ends without a chunk: {graph.name}.{run.method}() raises NotImplementedError, "
        f"as {function.qualname}() is a {hook} without its async twin",
        trace=[
            project.step(graph.site, f"{graph.name} gets the middleware"),
            project.step(run.site, f".{run.method}() runs it asynchronously"),
        ],
        help=f"beside it, write `async def a{hook}(self, request, handler)`, if only with "
        "`return await handler(request)`",
        confidence=Confidence.HIGH,
    )


RULE = Rule(
    code="LG105",
    name="sync-only-middleware",
    severity=Severity.ERROR,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
