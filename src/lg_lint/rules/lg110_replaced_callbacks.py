"""Callbacks of a model's call that take the place of the run's

## What it does
Finds chat models and chains in code that a graph runs which are called with callbacks of their
own, and without those of the run: `config={"callbacks": [handler]}`, also spread over the node's
config (`{**config, "callbacks": [handler]}`), in a `RunnableConfig(...)`, set later or from a
function, and `model.with_config(callbacks=[handler])` that is called without a config.

It speaks where a client gets the tokens: stream mode `messages`, `astream_events`, or a platform.

Left alone: callbacks of the model itself (`ChatOpenAI(callbacks=[handler])`) and of the run, which
add to what is there; `merge_configs(config, {"callbacks": [handler]})`; a `with_config()` that is
called with the node's config; an empty list, which silences a model on purpose; models that fill in
a schema, are tagged `nostream` or are asked by a tool or a router; and callbacks that cannot be
seen, such as `config["callbacks"]`.

## Why it cuts the stream
LangGraph listens to a model by a callback, which it hands to all that a node calls. A config that
names callbacks replaces that list. The model then writes its tokens for the handler alone: mode
`messages` has the finished message once, when the node is done, or nothing where the node returns
no message, and `astream_events` has no `on_chat_model_stream`. Handlers that the run was given, for
tracing, are not called either.

## What is seen
- no tokens: since tracing, usage or cost was added to the call
- all at the end: of each node that does so, when it is done

## Example
```python
from langchain_core.callbacks import UsageMetadataCallbackHandler

async def answer(state: State) -> dict:
    own = {"callbacks": [UsageMetadataCallbackHandler()]}
    return {"messages": [await model.ainvoke(state["messages"], own)]}

builder.add_node("answer", answer)
graph = builder.compile()

async def tokens(question: str):
    async for token, _ in graph.astream({"messages": [question]}, stream_mode="messages"):
        yield token.content
```

## Use instead
```python
from langchain_core.callbacks import UsageMetadataCallbackHandler
from langchain_core.runnables.config import merge_configs

async def answer(state: State, config: RunnableConfig) -> dict:
    own = merge_configs(config, {"callbacks": [UsageMetadataCallbackHandler()]})
    return {"messages": [await model.ainvoke(state["messages"], own)]}

builder.add_node("answer", answer)
graph = builder.compile()

async def tokens(question: str):
    async for token, _ in graph.astream({"messages": [question]}, stream_mode="messages"):
        yield token.content
```

Or give the handler to the run, `graph.astream(..., config={"callbacks": [handler]})`, or to
the model where it is made.

## When to ignore
Where the tokens of that model are not meant for the client: tag it `nostream` then.

## Fix safety
No fix: where the handler belongs is a decision.

## Evidence
[Measured](../evidence.md#lg110): of a model that writes some tokens the client gets one event with
`config={"callbacks": [...]}`, and one for each token where the config is merged, or where the run
or the model has the callback.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.replaced_callbacks import ReplacedCallbacks, replaced_callbacks
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, describe, entry_step

_HELP = (
    "give the handler to the run, or to the model where it is made, as both add to what is there; "
    'or hand the node\'s config on: `merge_configs(config, {"callbacks": [...]})`'
)


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each call of a model that replaces its callbacks."""
    for replaced in replaced_callbacks(project):
        certain = replaced.listener.certain
        around = replaced.frame.state.function
        yield rule.finding(
            project.at(replaced.site),
            f"{replaced.listener.title} get no tokens of this model, and its whole answer when "
            f"{describe(around)} is done: the callbacks of .{replaced.method}() take the place of "
            "the run's, by which its tokens are sent",
            trace=_trace(project, replaced),
            help=_HELP,
            confidence=Confidence.MEDIUM if certain else Confidence.LOW,
        )


def _trace(project: Project, replaced: ReplacedCallbacks) -> Iterator[Step]:
    frame, run = replaced.frame, replaced.listener.run
    start = project.execution.state(frame.entry.ref, frame.entry.world)
    yield entry_step(project, frame.entry)
    yield from call_steps(project, start, frame.edges)
    if replaced.made is not None:
        yield project.step(replaced.made, "the model is given the callbacks here")
    yield project.step(replaced.site, "the model runs under these callbacks alone")
    if run is not None:
        yield project.step(run.site, f".{run.method}() hands the stream to the client")


RULE = Rule(
    code="LG110",
    name="replaced-callbacks",
    severity=Severity.WARNING,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
