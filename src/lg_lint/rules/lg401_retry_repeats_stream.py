"""Retry that sends a stream's chunks again

## What it does
Finds retries that start a graph's stream again after some of its chunks have gone out: loops that
catch the failure and go on (`for attempt in range(3)`, `while`, tenacity's `AsyncRetrying`,
stamina's `retry_context`) around a stream whose items are yielded or sent; `stamina.retry` on a
generator; any retry decorator or helper, the project's own included, on a coroutine that pushes
each item to a socket, a queue or a callback.

Left alone: loops that give up once something was sent, loops that resume with the input `None`
and a checkpointer, retries of calls that return a finished value, and items that are collected
and sent after success.

## Why it cuts the stream
A stream cannot be taken back. The second attempt begins with the first node, so the client gets
the same tokens and updates again in the middle of its answer, and side effects happen twice.

## What is seen
- tokens twice: after a failure the answer starts again from the beginning
- work is done twice: the second attempt runs all nodes and their tools again

## Example
```python
async def events(question: str):
    for attempt in range(3):
        try:
            async for chunk in graph.astream({"question": question}):
                yield frame(chunk)
            return
        except ConnectionError:
            continue
```

## Use instead
```python
async def events(question: str, config: RunnableConfig):
    payload = {"question": question}
    for attempt in range(3):
        try:
            async for chunk in graph.astream(payload, config):
                yield frame(chunk)
            return
        except ConnectionError:
            payload = None  # resume after the last finished step (needs a checkpointer)
```

Or put the retry around the call that fails, inside the node and before its first token.

## When to ignore
Where the client drops what it has already received, by id.

## Fix safety
No fix: what to do once chunks are out is a decision about the protocol.

## Evidence
[Measured](../evidence.md#lg401): with a second node that fails once, stamina on a generator and a
retry loop inside one send `a, a, b`; a loop that resumes with `None` sends `a, b`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.repeated_streams import RepeatedStream, RepeatedStreams
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, client_step, definition, describe

_HELP = (
    "take the retry from this line to the call that fails, inside the node and before its first "
    "token; or raise once a chunk was sent; or resume with the input None and a checkpointer"
)


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each retry around a stream whose chunks have already gone out."""
    for repeated in RepeatedStreams(project):
        yield _finding(rule, project, repeated)


def _finding(rule: Rule, project: Project, repeated: RepeatedStream) -> Finding:
    return rule.finding(
        project.place(repeated.function.module, repeated.span),
        "after a failure the client gets the chunks that have already gone out a second time: "
        f"{repeated.what} starts .{repeated.forwarding.method}() again",
        trace=_trace(project, repeated),
        help=_HELP,
    )


def _trace(project: Project, repeated: RepeatedStream) -> Iterator[Step]:
    chain, forwarding = repeated.chain, repeated.forwarding
    start, last = chain.start.function, chain.last.function
    yield Step(definition(project, start), f"{describe(start)} is run again")
    yield from call_steps(project, chain.start, chain.edges)
    verb = "yields" if forwarding.yields else "sends on"
    yield Step(project.place(last.module, forwarding.push.span), f"{verb} each item")
    yield project.step(forwarding.run, f"the stream of .{forwarding.method}() begins anew")
    yield from client_step(project, {state.function for state in chain.states})


RULE = Rule(
    code="LG401",
    name="retry-repeats-stream",
    severity=Severity.ERROR,
    hop=Hop.GENERATOR,
    page=__doc__ or "",
    check=check,
)
