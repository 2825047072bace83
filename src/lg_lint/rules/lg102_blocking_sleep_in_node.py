"""Blocking sleep in code that a graph runs

## What it does
Finds `time.sleep` in nodes, routers, tools, tasks, middleware hooks, prompt functions and reducers,
and in everything they call. Grade A holds the event loop: async functions, and the plain
middleware hooks, prompt functions and reducers that LangGraph calls on the loop. Grade B holds one
thread of the loop's executor: plain `def` nodes, routers, tools and tasks.

One call is one finding, whatever it leads to. Where more than three lead to one sleep through
the same helper, it is told once, at the first call that they share; `related` has the others.

## Why it cuts the stream
Grade A stops every stream of the process, and chunks written before the sleep leave after it.
Grade B keeps this stream silent, which idle timeouts count, and holds one of the few threads that
all sync nodes share.

## What is seen
- freezes under load: for as long as a sleep on the event loop
- long silence: as long as the sleep; at times all worker threads sleep at once

## Example
```python
async def wait_for_index(state: State) -> dict:
    time.sleep(2)
    return {"ready": True}
```

## Use instead
```python
async def wait_for_index(state: State) -> dict:
    await asyncio.sleep(2)
    return {"ready": True}
```

## When to ignore
Where the graph is only ever run synchronously, in a script or a worker thread.

## Fix safety
Safe: `await asyncio.sleep(...)` takes the place of a `time.sleep(...)` that is a statement of its
own in an `async def`. Unsafe while a lock is held. A `def` node would have to become async, which a
sync run of the graph refuses: no fix.

## Evidence
[Measured](../evidence.md#lg102): grade A stalls a concurrent ping for the length of the sleep,
grade B does not, but keeps its own stream silent.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.blocking.call_places import CallPlace, rareness
from lg_lint.model.blocking.graph_sleeps import GraphSleeps
from lg_lint.model.entry import Entry
from lg_lint.model.hosting.serving import is_one_task
from lg_lint.model.langgraph.runs import has_sync_runs_alone
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallPath, ThreadContext
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.call_sites import SharedWays, entry_steps
from lg_lint.rules.telling.chains import call_steps, describe
from lg_lint.rules.telling.fix_planning import sleep_fix
from lg_lint.rules.telling.waiting import duration

_SHORT = 0.05
_SAYS = "time.sleep() blocks here"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each call that leads to a sleep, whichever nodes reach it."""
    sleeps, ways = GraphSleeps(project), SharedWays(project)
    for place in sleeps.places():
        yield _finding(rule, project, place, sleeps, ways)


def _finding(
    rule: Rule, project: Project, place: CallPlace, sleeps: GraphSleeps, ways: SharedWays
) -> Finding:
    chains = place.ranked(rareness)
    first, on_loop = chains[0], place.frame.world is ThreadContext.LOOP
    seconds = sleeps.longest(chains)
    trace = [
        *entry_steps(project, place),
        *call_steps(project, first.start, first.edges),
        _sleep_step(project, first),
    ]
    for chain in chains[1:]:
        trace += [
            *list(call_steps(project, chain.start, chain.edges))[1:],
            _sleep_step(project, chain),
        ]
    alone = project.once(is_one_task)

    def message(chain: CallPath, more: int) -> str:
        length = duration(sleeps.seconds(chain))
        if on_loop:
            return _on_loop(chain, length, more, alone)
        return _in_thread(chain, length, more)

    def told(chain: CallPath) -> tuple[str, str]:
        return _SAYS, message(chain, 0)

    return rule.finding(
        project.at(place.site),
        f"{message(first, len(chains) - 1)} in {describe(place.frame.function)}",
        trace=trace,
        help=_help(first),
        severity=min(
            (_severity(root.entry, on_loop, seconds) for root in place.roots),
            key=lambda each: each.rank,
        ),
        confidence=Confidence.HIGH,
        fix=None if first.edges else sleep_fix(place.frame.function, place.node),
        reach=ways.reach(place, chains, told, rareness),
    )


def _sleep_step(project: Project, chain: CallPath) -> Step:
    return Step(project.place(chain.last.function.module, chain.sink.span), _SAYS)


def _on_loop(chain: CallPath, length: str, more: int, alone: bool) -> str:
    who = "the stream" if alone else "every stream and request of the process"
    stops = "stop" if more else "stops"
    return f"{who} stands still {length}: {_sleeping(chain, more)} {stops} the event loop"


def _in_thread(chain: CallPath, length: str, more: int) -> str:
    holds = "hold" if more else "holds"
    return (
        f"the stream is silent {length}: {_sleeping(chain, more)} {holds} one of the few threads "
        "that run nodes"
    )


def _sleeping(chain: CallPath, more: int) -> str:
    through = f" through {chain.last.function.qualname}()" if chain.edges else ""
    return f"time.sleep(){through}" + (f" and {more} more" if more else "")


def _help(chain: CallPath) -> str:
    if chain.edges:
        helper = chain.edges[0].target.function.name
        return (
            f"make {helper}() async, write `await asyncio.sleep(...)` in it, and await it here: "
            "other streams go on meanwhile"
        )
    return "in this line, write `await asyncio.sleep(...)`, in an async function"


def _severity(entry: Entry, on_loop: bool, seconds: float | None) -> Severity:
    if seconds is not None and seconds < _SHORT:
        return Severity.INFO
    if entry.graph is not None and has_sync_runs_alone(entry.graph):
        return Severity.INFO
    return Severity.ERROR if on_loop else Severity.WARNING


RULE = Rule(
    code="LG102",
    name="blocking-sleep-in-node",
    severity=Severity.ERROR,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
