"""Heartbeat that cancels the run it waits for

## What it does
Finds waits with a timeout around the next item of an async generator after which the code goes on:
`asyncio.wait_for(stream.__anext__(), 10)`, `asyncio.timeout(10)`, `anyio.move_on_after(10)` or
`fail_after` around `await anext(stream)`, and a handler that sends a ping, or just takes another
round. The generator may be a graph's `astream` or `astream_events`, a model's `astream`, or an
`async def` of the project with `yield`; the wait may stand in a helper or in a class.

A handler that leaves the loop is left alone, and so are a task that is kept over `asyncio.wait`,
a shielded one, and the `get()` of a queue: giving up on those ends nothing.

## Why it cuts the stream
A wait that gives up cancels what it waits for. The cancellation reaches the generator where it
stands, and with it the node that is at work; a generator that was left by an exception has ended.
The next item that is asked for raises StopAsyncIteration, the loop ends, and the client gets a
clean end right after the first ping. It happens just to the runs that the ping is meant for: those
with a slow step.

## What is seen
- ends without an error: right after the first ping, in runs with a slow step

## Example
```python
async def events(question: str):
    stream = graph.astream({"question": question})
    while True:
        try:
            chunk = await asyncio.wait_for(stream.__anext__(), timeout=10)
        except asyncio.TimeoutError:
            yield ": ping\\n\\n"
            continue
        except StopAsyncIteration:
            break
        yield f"data: {json.dumps(chunk)}\\n\\n"
```

## Use instead
```python
async def events(question: str):
    stream = graph.astream({"question": question})
    task = asyncio.ensure_future(stream.__anext__())
    try:
        while True:
            done, _ = await asyncio.wait({task}, timeout=10)
            if not done:
                yield ": ping\\n\\n"
                continue
            try:
                chunk = task.result()
            except StopAsyncIteration:
                break
            task = asyncio.ensure_future(stream.__anext__())
            yield f"data: {json.dumps(chunk)}\\n\\n"
    finally:
        task.cancel()
```

## When to ignore
Where the end of the stream at the first silence is what is wanted.

## Fix safety
Not fixed automatically: the task has to be kept over the rounds, and cancelled at the end.

## Evidence
[Measured](../evidence.md#lg307): with a wait of 0.3 s and a node of 1 s the client gets the first
chunk, one ping and a clean end; with a task that is kept it gets all chunks.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.cancelled_waits import CancelledWait, cancelled_waits
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import client_step, describe


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each wait that cancels what it waits for."""
    for wait in cancelled_waits(project):
        name = wait.name
        certain = wait.item.certain
        yield rule.finding(
            project.at(wait.site),
            "the stream ends after the first silence, as if it were whole: when "
            f"{name}() gives up on the next item, it cancels the generator and the run in it",
            trace=_trace(project, wait),
            help="keep the next item as a task (`task = asyncio.ensure_future(stream.__anext__())`)"
            " and wait with `asyncio.wait({task}, timeout=...)`: that leaves it running",
            confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
        )


def _trace(project: Project, wait: CancelledWait) -> Iterator[Step]:
    for made in wait.item.made[:1]:
        yield project.step(made, "makes the generator")
    if wait.item.site.node is not wait.site.node:
        yield project.step(wait.item.site, "asks it for its next item")
    yield project.step(wait.site, f"{describe(wait.function)} gives up after a time")
    if wait.on is not None:
        yield project.step(wait.on, "goes on with a generator that has ended")
    yield from client_step(project, {wait.function})


RULE = Rule(
    code="LG307",
    name="cancelling-heartbeat",
    severity=Severity.ERROR,
    hop=Hop.GENERATOR,
    page=__doc__ or "",
    check=check,
)
