"""Retry that does nothing for a stream

## What it does
Finds retries that are over before the stream begins: tenacity, backoff, retrying and the
project's own decorators on a generator function; the same on a function that returns a streaming
response or an unstarted stream; and `with_retry()` on a graph, a model or a chain that is then
run with `stream` or `astream`.

## Why it cuts the stream
Calling a generator function runs none of its code, and building a `StreamingResponse` runs none
of the generator. Both succeed at once, so the retry never sees a failure. The first failure of a
node ends the stream, while the code looks as if it were tried three times. `RunnableRetry`
retries `invoke` and `batch` alone and hands `stream` on as it is.

## What is seen
- breaks off with an error: at the first failure, though a retry stands there

## Example
```python
@retry(stop=stop_after_attempt(3))
async def events(question: str):
    async for chunk in graph.astream({"question": question}):
        yield frame(chunk)
```

## Use instead
```python
@retry(stop=stop_after_attempt(3))
async def look_up(question: str) -> str:
    return await search(question)


async def node(state: State) -> State:
    return {"answer": await look_up(state["question"])}
```

## When to ignore
Where the retry is meant for what the route does before it returns the response.

## Fix safety
Unsafe: removing the decorator changes nothing at run time, but hides an intention.

## Evidence
[Measured](../evidence.md#lg404): with a node that fails once, the client of a retried generator, of
a retried route and of `graph.with_retry().astream()` gets the first chunk and then the error.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Place, Severity, Step
from lg_lint.base.fix import Fix
from lg_lint.model.project import Project
from lg_lint.model.retries.retry_helpers import retriers_of
from lg_lint.model.streams.deferred_retries import (
    DeferredDecoration,
    UnretriedStream,
    deferred_decorations,
    unretried_streams,
)
from lg_lint.program.scopes import Scope
from lg_lint.program.store import scopes
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import client_step, definition, describe

_HELP = (
    "take the retry from this line to the call that fails, inside the node and before its first "
    "chunk"
)
_SURPRISE = "whoever put it there expects retries, which then have to come from elsewhere"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each retry around a call that only makes a generator."""
    retriers = project.once(retriers_of)
    for module in project.program.modules:
        if module.is_test:
            continue
        for function in module.all_functions:
            for deferred in deferred_decorations(project, retriers, function):
                yield _decorated(rule, project, deferred)
        for scope in scopes(module):
            yield from _with_retry(rule, project, scope)


def _decorated(rule: Rule, project: Project, deferred: DeferredDecoration) -> Finding:
    function, retrier = deferred.decoration.function, deferred.decoration.retrier
    returned = deferred.returned
    verb = "builds" if function.is_generator else "returns"
    return rule.finding(
        project.place(function.module, deferred.decoration.decorator.span),
        f"the first failure ends the stream: {retrier.name} on {function.name}() never retries, as "
        f"the call only {verb} {returned}, which fails later",
        trace=[
            Step(definition(project, function), f"{describe(function)} {verb} {returned}"),
            *client_step(project, {function}),
        ],
        help=_HELP,
        fix=Fix.drop_decorator().unless(_SURPRISE),
    )


def _with_retry(rule: Rule, project: Project, scope: Scope) -> Iterator[Finding]:
    """One finding for each place that makes a runnable with retries."""
    found: dict[Place, Finding] = {}
    for stream in unretried_streams(project.program, scope):
        finding = _unretried(rule, project, stream)
        known = found.get(finding.place)
        found[finding.place] = known.with_steps(finding.trace) if known is not None else finding
    yield from found.values()


def _unretried(rule: Rule, project: Project, stream: UnretriedStream) -> Finding:
    return rule.finding(
        project.at(stream.made),
        "the first failure ends the stream: with_retry() never retries "
        f".{stream.method}(), it covers invoke and batch alone",
        trace=[project.step(stream.call, f"the stream of .{stream.method}() is not retried")],
        help=_HELP,
    )


RULE = Rule(
    code="LG404",
    name="retry-never-runs",
    severity=Severity.WARNING,
    hop=Hop.GENERATOR,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
