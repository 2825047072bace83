"""Retry of a node or a model that has already emitted

## What it does
Finds retries below a graph's stream that run again what has already sent something to a client:
`RetryPolicy` on a node, a task or a graph; `ModelRetryMiddleware`, `ModelFallbackMiddleware` and
own `wrap_model_call` hooks that call the handler again; `with_retry()` and `with_fallbacks()` on
a model that a node invokes; retry loops, decorators and helpers around a model call.

Reported where a client gets what is repeated: a chat model's tokens with the stream mode
`messages` or `astream_events`, or what a stream writer writes before a call that may fail with the
mode `custom`. Where the graph is served by a platform and no run is in sight, with less confidence.

Defaults of `set_node_defaults` count where the project's LangGraph has them, from 1.2 on.

Left alone: a single attempt, models tagged `nostream`, nodes that emit nothing, writers after the
last call that may fail, and graphs whose clients get `values` or `updates` only.

## Why it cuts the stream
Tokens go out while the model still produces them. When the call fails in the middle, the next
attempt sends all tokens from the first on, and nothing in the stream says so: only the message id
differs. The user reads half an answer, and then the whole one behind it.

## What is seen
- tokens twice: half an answer of a model, and the whole one behind it

## Example
```python
async def answer(state: State) -> State:
    return {"messages": [await model.ainvoke(state["messages"])]}


builder.add_node("answer", answer, retry_policy=RetryPolicy(max_attempts=3))
```

## Use instead
```python
async def look_up(state: State) -> State:
    return {"facts": await search(state["question"])}


builder.add_node("look_up", look_up, retry_policy=RetryPolicy(max_attempts=3))
builder.add_node("answer", answer)
```

Where the model itself has to be tried again, let the client start a new message when the message
id changes, or tag the model `nostream` and send its finished answer.

## When to ignore
Where the client drops the tokens of an attempt when a new message id begins.

## Fix safety
No fix.

## Evidence
[Measured](../evidence.md#lg402): a model that fails after three of five tokens gives
`t0 t1 t2 t0 t1 t2 t3 t4` with `RetryPolicy`, `with_retry`, `with_fallbacks` and the middleware
alike; `updates` and `values` show no repetition.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.emission import EmissionKind
from lg_lint.model.streams.repeated_emissions import RepeatedEmission, repeated_emissions
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, definition, describe, entry_step
from lg_lint.rules.telling.versions import confidence_given

_HELP = (
    "take the retry from here to what comes before the first chunk, emit after the call that may "
    "fail, or let the client drop an attempt when a new message id begins"
)
_SUBJECTS = {
    EmissionKind.TOKENS: "the tokens of the failed attempt, and then all of them again",
    EmissionKind.CUSTOM: "what was written before the failure once more with each attempt",
    EmissionKind.MESSAGE: "the messages pushed before the failure again with each attempt",
    EmissionKind.EVENT: "the events sent before the failure again with each attempt",
}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding a retry, for the emission and the listener that are surest."""
    found: dict[Place, Finding] = {}
    for repeated in repeated_emissions(project):
        finding = _finding(rule, project, repeated)
        known = found.get(finding.place)
        if known is None or finding.confidence.rank < known.confidence.rank:
            found[finding.place] = finding
    yield from found.values()


def _finding(rule: Rule, project: Project, repeated: RepeatedEmission) -> Finding:
    retry, listener = repeated.retry, repeated.listener
    change = retry.policy.change if retry.policy is not None else None
    default = f", a default with {change.text}," if change is not None else ""
    subject = _SUBJECTS[repeated.path.emission.kind]
    certain = Confidence.HIGH if listener.certain else Confidence.MEDIUM
    return rule.finding(
        project.place(retry.module, retry.span),
        f"{listener.title} get {subject}: {retry.what}{default} runs again what "
        f"{repeated.graph.name} has already emitted",
        trace=[*_way(project, repeated), *_repetition(project, repeated)],
        help=_HELP,
        confidence=confidence_given(change, certain),
    )


def _way(project: Project, repeated: RepeatedEmission) -> Iterator[Step]:
    """How the graph comes to the retry."""
    policy, frame = repeated.retry.policy, repeated.retry.frame
    if policy is not None and policy.node is not None:
        yield project.step(policy.node.site, f"{policy.name} covers {policy.target}")
    if frame is not None:
        entry = frame.entry
        yield entry_step(project, entry)
        yield from call_steps(project, project.execution.state(entry.ref, entry.world), frame.edges)
        if repeated.path.chain is None:
            place = project.place(frame.state.function.module, repeated.path.emission.node.span)
            yield Step(place, "the model's tokens go out here")


def _repetition(project: Project, repeated: RepeatedEmission) -> Iterator[Step]:
    """The way to what goes out again, and to the client."""
    chain = repeated.path.chain
    if chain is not None:
        first = chain.start.function
        yield Step(definition(project, first), f"{describe(first)} is run again")
        yield from call_steps(project, chain.start, chain.edges)
        place = project.place(chain.last.function.module, chain.sink.span)
        tokens = repeated.path.emission.kind is EmissionKind.TOKENS
        yield Step(place, "the model's tokens go out here" if tokens else "it is written here")
    run = repeated.listener.run
    if run is not None:
        yield project.step(run.site, f".{run.method}() hands it to the client")


RULE = Rule(
    code="LG402",
    name="node-retry-repeats-chunks",
    severity=Severity.WARNING,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
