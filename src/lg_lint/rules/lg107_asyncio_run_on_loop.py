"""Event loop that is started where one runs already

## What it does
Finds `asyncio.run()`, `Runner.run()`, `loop.run_until_complete()`, `anyio.run()`, `uvloop.run()`
and `async_to_sync()` where the calls that lead there begin in a frame on a running event loop: an
async function, or a plain hook, prompt function or reducer that LangGraph calls on the loop. Finds
also `asyncio.get_event_loop()` in what a graph runs in a worker thread, which has no loop.

One call is one finding, whatever it leads to. Left alone is what `nest_asyncio.apply()` covers,
what a pool or thread of its own runs, and what a test of the running loop keeps from running.

## Why it cuts the stream
The call raises RuntimeError each time. A streaming response has sent status 200 by then: it ends
without an answer, or breaks in the middle.

## What is seen
- breaks off with an error: RuntimeError, "cannot be called from a running event loop"

## Example
```python
def look_up_now(question: str) -> str:
    return asyncio.run(search(question))


async def answer(state: State) -> dict:
    return {"facts": look_up_now(state["question"])}
```

## Use instead
```python
async def answer(state: State) -> dict:
    return {"facts": await search(state["question"])}
```
A plain `def` node may call `asyncio.run()`: LangGraph runs it in a thread, where no loop runs. What
belongs to the application's loop, as a pool of connections does, cannot be used there.

## When to ignore
Where something makes sure that no loop runs when the call is come to.

## Fix safety
No fix.

## Evidence
[Measured](../evidence.md#lg107): `asyncio.run()` in an async node, and `run_until_complete()` in a
`def` node, raise RuntimeError, and the client gets status 200 without an event; awaited, or by
`asyncio.run()` in a `def` node, the answer arrives.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.blocking.call_places import CallPlace, rareness
from lg_lint.model.blocking.nested_loops import NestedLoops
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallPath
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.call_sites import SharedWays, entry_steps
from lg_lint.rules.telling.chains import call_steps, describe


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each call that starts or asks for a loop where that fails."""
    loops, ways = NestedLoops(project), SharedWays(project)
    for place in loops.places():
        yield _finding(rule, project, place, loops, ways, "where a loop runs already,")
    for place in loops.loopless():
        yield _finding(rule, project, place, loops, ways, "where the thread has none,")


def _finding(
    rule: Rule,
    project: Project,
    place: CallPlace,
    loops: NestedLoops,
    ways: SharedWays,
    reason: str,
) -> Finding:
    def told(chain: CallPath) -> tuple[str, str]:
        return _says(loops, chain), _message(loops, chain, reason)

    chains = place.ranked(rareness)
    first = chains[0]
    trace = [*entry_steps(project, place), *call_steps(project, first.start, first.edges)]
    trace.append(_end(project, loops, first))
    for other in chains[1:]:
        trace += [
            *list(call_steps(project, other.start, other.edges))[1:],
            _end(project, loops, other),
        ]
    return rule.finding(
        project.at(place.site),
        f"{_message(loops, first, reason)} in {describe(place.frame.function)}",
        trace=trace,
        help=_help(first),
        confidence=Confidence.HIGH if place.is_certain else Confidence.MEDIUM,
        reach=ways.reach(place, chains, told, rareness),
    )


def _says(loops: NestedLoops, chain: CallPath) -> str:
    return f"{loops.name_at_end_of(chain)}() raises RuntimeError here"


def _end(project: Project, loops: NestedLoops, chain: CallPath) -> Step:
    place = project.place(chain.last.function.module, chain.sink.span)
    return Step(place, _says(loops, chain))


def _message(loops: NestedLoops, chain: CallPath, reason: str) -> str:
    through = f" through {chain.last.function.qualname}()" if chain.edges else ""
    return (
        "the client gets an error and no answer: "
        f"{loops.name_at_end_of(chain)}(){through} raises RuntimeError {reason}"
    )


def _help(chain: CallPath) -> str:
    if chain.edges:
        helper = chain.edges[0].target.function.name
        return f"make {helper}() async, write `await` for the loop's run in it, and await it here"
    if not chain.start.function.is_async:
        return "make the function async and await the coroutine, or write `asyncio.run(...)` in it"
    return "in this line, write `await` and the coroutine, without a loop of its own"


RULE = Rule(
    code="LG107",
    name="asyncio-run-on-loop",
    severity=Severity.ERROR,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
