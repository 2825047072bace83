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

## Example
```python
async def answer(state: State) -> State:
    return {"messages": [await model.ainvoke(state["messages"])]}


builder.add_node("answer", answer, retry_policy=RetryPolicy(max_attempts=3))
```

## Use instead
```python
async def look_up(state: State) -> State:
    return {"facts": await search(state["messages"])}


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

from lg_lint.base.finding import Hop, Severity
from lg_lint.rules.repeated_emissions import check
from lg_lint.rules.rule import Rule

RULE = Rule(
    "LG402",
    "node-retry-repeats-chunks",
    Severity.WARNING,
    Hop.NODE,
    __doc__ or "",
    check,
)
