"""Stream that leaves out what graphs inside of the graph send

## What it does
Finds `stream()` and `astream()` with the stream modes `messages` and `custom` alone and without
`subgraphs=True`, of a graph with another one inside that sends something: an agent or a compiled
graph that is a node, one that a node or a tool calls, the agents of a supervisor or a swarm. Of a
mode `messages` it is a chat model inside, of `custom` a stream writer.

Left alone: `astream_events()`, which passes all on, streams that ask for `updates` or `values` as
well, models tagged `nostream`, code that passes the inner stream on by a writer of its own, and
consumers that pick the outer graph's own nodes by their names.

## Why it cuts the stream
LangGraph sends what inner graphs emit only where that is asked for. The client sees the start, a
long silence while the agent works, and then its whole message at once; what the inner graph's
writer wrote it never sees. Nothing fails, so it looks like a slow model.

## What is seen
- no tokens: of the graphs that nodes are, or call; their finished messages come once, or nothing
- all at the end: where the whole answer is made by an inner graph

## Example
```python
agent = create_agent(model, tools=[])
builder.add_node("reporter", agent)
builder.add_edge(START, "reporter")
graph = builder.compile()


async def tokens(question: str):
    turn = {"messages": [("user", question)]}
    async for token, _ in graph.astream(turn, stream_mode="messages"):
        yield token.content
```

## Use instead
```python
agent = create_agent(model, tools=[])
builder.add_node("reporter", agent)
builder.add_edge(START, "reporter")
graph = builder.compile()


async def tokens(question: str):
    turn = {"messages": [("user", question)]}
    async for _, (token, _) in graph.astream(turn, stream_mode="messages", subgraphs=True):
        yield token.content
```
Each chunk is then a pair of the inner graph's place, empty for the outer one, and what it was.

## When to ignore
Where clients should see nothing of what the inner graph does.

## Fix safety
No fix: with `subgraphs=True` chunks have another shape, and what reads them changes with it.

## Evidence
[Measured](../evidence.md#lg311): of an agent that is a node, the mode `messages` sends one message
at the end and `custom` nothing; with `subgraphs=True` each token arrives as it is made.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.emission import EmissionKind
from lg_lint.model.streams.missing_subgraphs import LeftOut, left_out
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, definition, describe


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each run that leaves out what its subgraphs send."""
    for found in left_out(project):
        yield rule.finding(
            project.at(found.run.site),
            _message(found),
            trace=_trace(project, found),
            help="add subgraphs=True, and take each chunk as a pair: (inner graph, chunk)",
            confidence=Confidence.HIGH if found.certain else Confidence.MEDIUM,
        )


def _message(found: LeftOut) -> str:
    where = f'the graph in node "{found.name}"'
    if found.kind is EmissionKind.TOKENS:
        lost = f"clients get no tokens of {where}, and its whole message at the end"
    else:
        lost = f"clients get nothing of what {where} writes to the stream"
    return f"{lost}: .{found.run.method}() leaves out inner graphs without subgraphs=True"


def _trace(project: Project, found: LeftOut) -> Iterator[Step]:
    path = found.path
    if path is None or path.chain is None:
        yield project.step(found.site, f'is the graph of node "{found.name}"')
        return
    first = path.chain.start.function
    yield Step(definition(project, first), f'{describe(first)} runs in node "{found.name}"')
    yield from call_steps(project, path.chain.start, path.chain.edges)
    yield project.step(found.site, "runs the inner graph")


RULE = Rule(
    code="LG311",
    name="subgraph-stream-missing",
    severity=Severity.WARNING,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
