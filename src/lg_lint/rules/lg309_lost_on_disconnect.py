"""An answer that is not stored when its client leaves

## What it does
Finds what the generator of a response stores where a client that leaves takes it away: after the
streaming loop, awaited in `finally`, or awaited in the handler of `CancelledError`. Stores are
writes to a database, a document or object store, a chat history or a thread's state, also behind
functions of the project's own.

Left alone: frames after the loop, logging and metrics, what a checkpointer keeps by itself; a store
in a task of its own, under `asyncio.shield` or `CancelScope(shield=True)`, in a `BackgroundTask`
of the response, or in a plain call of an async generator's `finally`.

## Why it cuts the stream
A closed tab, a lost connection or a phone that sleeps ends the response: the server cancels the
task that sends it. The generator ends where it waits, so that nothing after its loop runs, and a
`finally` that awaits is cancelled at that very await. The user has read half an answer, which the
next turn knows nothing of. Putting the store into `finally` does not help.

## What is seen
- forgets: answers whose reader closed the tab or lost the connection are not saved

## Example
```python
async def events(thread: str, text: str):
    parts = []
    async for token, _ in graph.astream({"messages": [text]}, stream_mode="messages"):
        parts.append(token.content)
        yield token.content
    await transcripts.insert_one({"thread": thread, "text": "".join(parts)})
```

## Use instead
```python
async def events(thread: str, text: str):
    parts = []
    try:
        async for token, _ in graph.astream({"messages": [text]}, stream_mode="messages"):
            parts.append(token.content)
            yield token.content
    finally:
        with anyio.CancelScope(shield=True):
            await transcripts.insert_one({"thread": thread, "text": "".join(parts)})
```

Where the answer has to be finished although nobody reads it any more, run the graph in a task of
its own that stores the answer, and let the generator read from a queue.

## When to ignore
Where half an answer shall not be kept, and the next turn does not need it.

## Fix safety
No fix.

## Evidence
[Measured](../evidence.md#lg309): a client that leaves after two of five chunks, and what is stored
then: nothing after the loop, nothing in an awaiting `finally` or handler; all that was sent under a
shield, in a task of its own or in a background task.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.disconnects import AFTER, CANCELLED, Lost, lost_stores
from lg_lint.program.scopes import Function
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, definition, describe

_SHIELD = "`with anyio.CancelScope(shield=True):`"
_HELP = {
    AFTER: "put it into a `finally` around the loop, under "
    + _SHIELD
    + "; a plain `finally` is cancelled at its await",
    CANCELLED: f"put {_SHIELD} around it: what is awaited here is cancelled again",
}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each function that stores an answer after its last chunk."""
    reported: set[Function] = set()
    for response in project.responses:
        for lost in lost_stores(project, response) if response.live else ():
            if lost[0].function not in reported:
                reported.add(lost[0].function)
                yield from _of_generator(rule, project, response, lost)


def _of_generator(
    rule: Rule, project: Project, response: StreamResponse, lost: list[Lost]
) -> Iterator[Finding]:
    """One finding for each part of a generator, at its first store."""
    for part in dict.fromkeys(item.part for item in lost):
        yield _finding(rule, project, response, [item for item in lost if item.part == part])


def _finding(rule: Rule, project: Project, response: StreamResponse, lost: list[Lost]) -> Finding:
    first = lost[0]
    module = first.function.module
    certain = any(item.stored.certain for item in lost)
    return rule.finding(
        project.place(module, first.site.node.span),
        f"when the client leaves, nothing is stored: {_why(first)}",
        trace=_trace(project, response, lost),
        help=_HELP.get(first.part, _HELP[CANCELLED]),
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
    )


def _why(lost: Lost) -> str:
    name = f"{lost.function.name}()"
    if lost.part == AFTER:
        return f"{name} is ended inside its loop, and this stands after it"
    where = "`finally`" if lost.part != CANCELLED else "handler"
    return f"the response is cancelled, and with it what the {where} of {name} awaits"


def _trace(project: Project, response: StreamResponse, lost: list[Lost]) -> Iterator[Step]:
    yield project.step(response.site, "the response, which ends when its client leaves")
    function = lost[0].function
    yield Step(definition(project, function), f"{describe(function)} makes its chunks")
    if lost[0].loop is not None:
        yield Step(project.place(function.module, lost[0].loop.span), "the loop that sends them")
    for item in lost:
        yield Step(
            project.place(function.module, item.site.node.span), "is not come to, or not finished"
        )
    stored = lost[0].stored
    if stored.edges:
        start = stored.edges[0].target
        yield from call_steps(project, start, stored.edges[1:])
        place = project.place(stored.site.scope.module, stored.site.node.span)
        yield Step(place, "the store itself")


RULE = Rule(
    code="LG309",
    name="lost-on-disconnect",
    severity=Severity.WARNING,
    hop=Hop.GENERATOR,
    page=__doc__ or "",
    check=check,
)
