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
    return await service.fetch(question)


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
from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.retries.retry_helpers import Decoration, retriers_of
from lg_lint.model.streams.forwarding import STREAMS
from lg_lint.model.web.tables import response_classes
from lg_lint.program import inference
from lg_lint.program.scopes import Function, Scope
from lg_lint.program.store import scopes
from lg_lint.program.values import ExternalObject, GeneratorOf, Value
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import client_step, definition, describe

_METHODS = ("stream", "astream", "astream_events", "stream_events", "transform", "atransform")
_HELP = (
    "take the retry from this line to the call that fails, inside the node and before its first "
    "chunk"
)
_SURPRISE = "whoever put it there expects retries, which then have to come from elsewhere"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    retriers = project.once(retriers_of)
    for module in project.program.modules:
        if module.is_test:
            continue
        for function in module.all_functions:
            for decoration in retriers.decorations(function):
                yield from _decorated(rule, project, decoration)
        for scope in scopes(module):
            yield from _with_retry(rule, project, scope)


def _decorated(rule: Rule, project: Project, decoration: Decoration) -> Iterator[Finding]:
    function, retrier = decoration.function, decoration.retrier
    if retrier.restarts_generators and function.is_generator:
        return
    returned = "a generator" if function.is_generator else _late(project, function)
    if returned is None:
        return
    verb = "builds" if function.is_generator else "returns"
    yield rule.finding(
        project.place(function.module, decoration.decorator.span),
        f"the first failure ends the stream: {retrier.name} on {function.name}() never retries, as "
        f"the call only {verb} {returned}, which fails later",
        trace=[
            Step(definition(project, function), f"{describe(function)} {verb} {returned}"),
            *client_step(project, {function}),
        ],
        help=_HELP,
        fix=Fix.drop_decorator().unless(_SURPRISE),
    )


def _late(project: Project, function: Function) -> str | None:
    """What a function returns, where all that it returns runs only later."""
    env = project.program.env(function)
    found: list[str | None] = []
    for expr in function.result_exprs():
        for value in inference.infer(project.program, expr, env):
            found.append(_late_value(value))
    names = [name for name in found if name is not None]
    return names[0] if names and len(names) == len(found) else None


def _late_value(value: Value) -> str | None:
    if isinstance(value, GeneratorOf):
        return "a generator"
    if not isinstance(value, ExternalObject):
        return None
    if value.type in STREAMS:
        return "a stream that has not begun"
    response = response_classes().get(value.type)
    if response is not None and not response.only_iterators:
        return value.type.rpartition(".")[2]
    return None


def _with_retry(rule: Rule, project: Project, scope: Scope) -> Iterator[Finding]:
    """`runnable.with_retry().astream(...)`."""
    env = project.program.env(scope)
    found: dict[Place, Finding] = {}
    for site in scope.calls:
        func = site.node.func
        if not isinstance(func, t.Attribute) or func.attr not in _METHODS:
            continue
        for value in inference.infer(project.program, func.value, env):
            made = _retried(value)
            if made is not None and made.env is not None and made.site is not None:
                place = project.place(made.env.scope.module, made.site.span)
                finding = rule.finding(
                    place,
                    "the first failure ends the stream: with_retry() never retries "
                    f".{func.attr}(), it covers invoke and batch alone",
                    trace=[
                        Step(
                            project.place(scope.module, site.node.span),
                            f"the stream of .{func.attr}() is not retried",
                        )
                    ],
                    help=_HELP,
                )
                known = found.get(place)
                found[place] = known.with_steps(finding.trace) if known is not None else finding
    yield from found.values()


def _retried(value: Value) -> ExternalObject | None:
    """The `with_retry(...)` that a runnable comes from."""
    while isinstance(value, ExternalObject):
        func = value.site.func if isinstance(value.site, t.Call) else None
        if isinstance(func, t.Attribute) and func.attr == "with_retry" and value.base is not None:
            return value
        if value.base is None:
            return None
        value = value.base
    return None


RULE = Rule(
    "LG404",
    "retry-never-runs",
    Severity.WARNING,
    Hop.GENERATOR,
    __doc__ or "",
    check,
    "sometimes",
)
