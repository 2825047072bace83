"""Thread of a node that does not know of the run

## What it does
Finds threads that the code of a graph begins without the run's context: `submit()` and `map()` of a
ThreadPoolExecutor or ThreadPool, another executor by `loop.run_in_executor()`, `threading.Thread`
and its subclasses.
Reported where such a thread runs a chat model whose tokens a client would get, by `messages` or
`astream_events`, and where it calls `get_stream_writer()` or another function that needs the run.

Left alone: `asyncio.to_thread()`, `anyio.to_thread.run_sync()`, LangChain's
ContextThreadPoolExecutor, `copy_context().run`, a call that is given the node's `config`, a writer
that the node itself has got, `.batch()` and RunnableParallel, which hand the run on, and threads
that the node does not wait for.

## Why it cuts the stream
LangGraph keeps the run in a context variable, and a bare thread starts without any. The model does
not know of the stream then: no tokens are sent, and its whole answer arrives when the node is done.
`get_stream_writer()` raises RuntimeError there, and the run ends.

## What is seen
- no tokens: only the models that run in a thread of a node's own
- breaks off with an error: RuntimeError of `get_stream_writer()`, outside of a runnable context

## Example
```python
from concurrent.futures import ThreadPoolExecutor


def draft(state: State) -> dict:
    with ThreadPoolExecutor() as pool:
        replies = list(pool.map(model.invoke, state["questions"]))
    return {"messages": replies}
```

## Use instead
```python
def draft(state: State, config: RunnableConfig) -> dict:
    return {"messages": model.batch(state["questions"], config)}
```
In an async node, `await asyncio.to_thread(model.invoke, question)` or `await model.ainvoke(...)`.
`pool.submit(copy_context().run, function, ...)` hands the run on to any function.

## When to ignore
Where no client should see the tokens of this model.

## Fix safety
No fix.

## Evidence
[Measured](../evidence.md#lg109): `get_stream_writer()` in a thread of a pool or of
`run_in_executor()` raises RuntimeError, and the client gets status 200 without an event; in
`asyncio.to_thread()`, or by `copy_context().run`, it writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.lost_context import LostContext, lost_contexts
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, definition, describe, entry_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each thread, about the first thing of the run that its code lacks."""
    for lost in lost_contexts(project):
        yield _finding(rule, project, lost)


def _finding(rule: Rule, project: Project, lost: LostContext) -> Finding:
    listener, around = lost.listener, lost.frame.state.function
    certain = listener is None or listener.certain
    return rule.finding(
        project.at(lost.site),
        f"{_message(lost)} in {describe(around)}",
        trace=_trace(project, lost),
        help=_help(lost),
        severity=Severity.ERROR if lost.raises else Severity.WARNING,
        confidence=Confidence.MEDIUM if certain else Confidence.LOW,
    )


def _message(lost: LostContext) -> str:
    begun = f"{lost.starter}() begins a thread that does not know of the run,"
    if lost.raises:
        return f"the run ends with RuntimeError: {lost.raises}() is called where {begun}"
    who = lost.listener.title if lost.listener is not None else "clients"
    return f"{who} get no tokens, and the whole answer at the end: {begun}"


def _trace(project: Project, lost: LostContext) -> Iterator[Step]:
    frame = lost.frame
    start = project.execution.state(frame.entry.ref, frame.entry.world)
    yield entry_step(project, frame.entry)
    yield from call_steps(project, start, frame.edges)
    yield project.step(lost.site, "begins the thread")
    path = lost.path
    if path is not None:
        first = path.start.function
        yield Step(definition(project, first), f"{describe(first)} runs in it")
        yield from call_steps(project, path.start, path.edges)
        says = f"{lost.raises}() raises here" if lost.raises else "the model runs here"
        yield Step(project.place(path.last.function.module, path.sink.span), says)
    run = lost.listener.run if lost.listener is not None else None
    if run is not None:
        yield project.step(run.site, f".{run.method}() hands the stream to the client")


def _help(lost: LostContext) -> str:
    own = "call it in the node, and hand what it gives to the thread; or " if lost.raises else ""
    if lost.frame.state.function.is_async:
        return f"{own}in this line, write `await asyncio.to_thread(function, ...)`"
    handed = "" if lost.raises else ", or pass the node's `config` to the model"
    return f"{own}hand `copy_context().run` and the function to the thread{handed}"


RULE = Rule(
    code="LG109",
    name="context-lost-in-thread",
    severity=Severity.WARNING,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
