"""Saver, pool or client that outlives its event loop

## What it does
Finds event loops that are started anew for each turn, by `asyncio.run()`, a new loop's
`run_until_complete()`, `async_to_sync()` or `st.write_stream()` in a loop, a plain route, a job or
a page of Streamlit, where what they run uses something that was made before and belongs to the
loop of an earlier turn: an async saver, a pool of connections, an HTTP client, a chat model that
keeps one. Async views of Flask get a loop of their own for each request, and count as well.

Left alone: one `asyncio.run(main())` around all turns, what is built inside of the coroutine, a
loop that is kept and used again, InMemorySaver, and sync clients.

## Why it cuts the stream
Locks and connections belong to the loop that first used them. The next loop gets
`RuntimeError: ... is bound to a different event loop` or `Event loop is closed` in the middle of a
turn. A client that drops the broken connection works again on the turn after: every second message
fails.

## What is seen
- every second message fails: HTTP clients, and the chat models that keep one
- breaks off with an error: savers and pools, in each turn but the first

## Example
```python
client = httpx.AsyncClient()


async def answer(state: State) -> dict:
    reply = await client.get(url)
    return {"answer": reply.text}


builder.add_node("answer", answer)
builder.add_edge(START, "answer")
graph = builder.compile()


async def turn(text: str) -> None:
    async for update in graph.astream({"question": text}):
        print(update)


def main() -> None:
    while text := input("> "):
        asyncio.run(turn(text))


main()
```

## Use instead
```python
client = httpx.AsyncClient()


async def answer(state: State) -> dict:
    reply = await client.get(url)
    return {"answer": reply.text}


builder.add_node("answer", answer)
builder.add_edge(START, "answer")
graph = builder.compile()


async def main() -> None:
    while text := await asyncio.to_thread(input, "> "):
        async for update in graph.astream({"question": text}):
            print(update)


asyncio.run(main())
```
Where a framework starts the loops, keep one in a thread of its own and hand it the coroutines with
`asyncio.run_coroutine_threadsafe()`, or build saver and clients inside of the coroutine.

## When to ignore
Where only one turn is ever taken.

## Fix safety
No fix: where the one loop should begin depends on the program.

## Evidence
[Measured](../evidence.md#lg108): of four turns with a loop each, the second and the fourth fail for
a shared `httpx.AsyncClient`, and all but the first for a shared AsyncSqliteSaver; with one loop, or
all built in the coroutine, none.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.bound_resources import Bound, bound_resources
from lg_lint.model.streams.loop_runs import LoopRun
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each resource, about the first run that finds it bound to another loop."""
    for bound in bound_resources(project):
        yield rule.finding(
            _place(project, bound.run),
            _message(bound),
            trace=_trace(project, bound),
            help=_help(bound),
            confidence=Confidence.MEDIUM if bound.turn.page else Confidence.HIGH,
        )


def _place(project: Project, run: LoopRun) -> Place:
    if run.function is not None:
        return definition(project, run.function)
    return project.at(run.place)


def _message(bound: Bound) -> str:
    more = f" (and {len(bound.again)} more)" if bound.again else ""
    return (
        f"a turn after the first fails with RuntimeError, perhaps every second one: {bound.kind} "
        f"belongs to the event loop of an earlier turn, and {_starts(bound.run)}{more}"
    )


def _starts(run: LoopRun) -> str:
    if run.function is not None:
        return f"each request of {run.function.name}() has a loop of its own"
    return f"{run.starter} starts a new one each time"


def _trace(project: Project, bound: Bound) -> Iterator[Step]:
    yield project.step(bound.made, f"makes the {bound.kind}")
    if bound.used.node is not bound.made.node:
        yield project.step(bound.used, f"uses the {bound.kind}")
    for other in bound.again:
        yield Step(_place(project, other), f"{other.starter} starts another loop")


def _help(bound: Bound) -> str:
    if bound.turn.page or bound.run.function is not None:
        return (
            f"make the {bound.kind} inside of the coroutine, or run all turns on one loop that "
            "a thread of its own keeps"
        )
    return f"start one loop around all turns, or make the {bound.kind} inside of the coroutine"


RULE = Rule(
    code="LG108",
    name="loop-bound-resource",
    severity=Severity.WARNING,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
