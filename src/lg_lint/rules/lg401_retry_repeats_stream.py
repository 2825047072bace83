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
from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.retries.loops import RetryLoop, retry_loops
from lg_lint.model.retries.retry_helpers import Retriers, calls_parameter, retriers_of
from lg_lint.model.streams.forwarding import Forwarding, Forwardings
from lg_lint.program.call_graph.execution import CallNode, CallPath, ThreadContext
from lg_lint.program.scopes import Function
from lg_lint.program.values import FunctionRef, Partial, Value
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, client_step, definition, describe

_HELP = (
    "take the retry from this line to the call that fails, inside the node and before its first "
    "token; or raise once a chunk was sent; or resume with the input None and a checkpointer"
)


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    outflows, retriers = Forwardings(project), project.once(retriers_of)
    for module in project.program.modules:
        for function in module.all_functions if not module.is_test else ():
            yield from _loops(rule, project, outflows, function)
            yield from _decorators(rule, project, outflows, retriers, function)
            yield from _helpers(rule, project, outflows, retriers, function)


def _loops(
    rule: Rule, project: Project, outflows: Forwardings, function: Function
) -> Iterator[Finding]:
    for loop in retry_loops(project.program, function):
        state = project.execution.state_of(function)
        for chain, outflow in outflows.chains(state, within=loop.covered):
            if _repeats(loop, chain, outflow) and not outflows.resumes(outflow):
                what = f"the {loop.library} loop" if loop.library else "this retry loop"
                yield _finding(rule, project, function, loop.header, what, chain, outflow)
                break


def _repeats(loop: RetryLoop, chain: CallPath, outflow: Forwarding) -> bool:
    """Whether the loop repeats an outflow; in a helper, its callers do, and are reported."""
    covered = chain.edges[0].node if chain.edges else outflow.loop
    source = covered.iterable if isinstance(covered, t.For) else covered
    if calls_parameter(chain.start.function, source):
        return False
    guarded = not chain.edges and loop.gives_up_once_sent(outflow.loop)
    return loop.repeats(covered) and not guarded


def _decorators(
    rule: Rule, project: Project, outflows: Forwardings, retriers: Retriers, function: Function
) -> Iterator[Finding]:
    for decoration in retriers.decorations(function):
        if function.is_generator and not decoration.retrier.restarts_generators:
            continue
        found = _first(outflows, project.execution.state_of(function))
        if found is not None:
            what = f"{decoration.retrier.name} on {function.name}()"
            span = decoration.decorator.span
            yield _finding(rule, project, function, span, what, *found)


def _helpers(
    rule: Rule, project: Project, outflows: Forwardings, retriers: Retriers, function: Function
) -> Iterator[Finding]:
    state = project.execution.state_of(function)
    for retried in retriers.retried_calls(function, state.env):
        ref = _function(retried.target)
        if ref is None or (ref.function.is_generator and not retried.retrier.restarts_generators):
            continue
        found = _first(outflows, project.execution.state(ref, ThreadContext.LOOP))
        if found is not None:
            what = f"{retried.retrier.name}() around {ref.function.name}()"
            yield _finding(rule, project, function, retried.call.span, what, *found)


def _function(value: Value) -> FunctionRef | None:
    while isinstance(value, Partial):
        value = value.func
    return value if isinstance(value, FunctionRef) else None


def _first(outflows: Forwardings, state: CallNode) -> tuple[CallPath, Forwarding] | None:
    """The first outflow that a retried function leads to: a coroutine's yields do not count."""
    for chain, outflow in outflows.chains(state):
        if not outflows.resumes(outflow):
            return chain, outflow
    return None


def _finding(
    rule: Rule,
    project: Project,
    function: Function,
    span: t.Span,
    what: str,
    chain: CallPath,
    outflow: Forwarding,
) -> Finding:
    return rule.finding(
        project.place(function.module, span),
        "after a failure the client gets the chunks that have already gone out a second time: "
        f"{what} starts .{outflow.method}() again",
        trace=_trace(project, chain, outflow),
        help=_HELP,
    )


def _trace(project: Project, chain: CallPath, outflow: Forwarding) -> Iterator[Step]:
    start, last = chain.start.function, chain.last.function
    yield Step(definition(project, start), f"{describe(start)} is run again")
    yield from call_steps(project, chain.start, chain.edges)
    verb = "yields" if outflow.yields else "sends on"
    yield Step(project.place(last.module, outflow.push.span), f"{verb} each item")
    yield project.step(outflow.run, f"the stream of .{outflow.method}() begins anew")
    yield from client_step(project, {state.function for state in chain.states})


RULE = Rule(
    "LG401",
    "retry-repeats-stream",
    Severity.ERROR,
    Hop.GENERATOR,
    __doc__ or "",
    check,
)
