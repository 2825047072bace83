"""Blocking call on the event loop

## What it does
Finds calls that wait for something outside the process where the frame that makes them runs on an
event loop: chat models and LLM clients used synchronously, HTTP, database drivers, sync Redis,
subprocesses, threads and futures that are waited for. Functions that async code calls directly are
followed to the place that waits. All that is done on one connection is one finding, and so is what
one call leads to. Where more than three calls lead to one wait through the same helper, it is told
once, at the first call that they share; `related` has the others. Factories that a `langgraph.json`
names run on the platform's loop, and so do the tools of a ToolNode that has a plain
`wrap_tool_call`, and no coroutine function for it. All routes of an application with
a graph or a stream count. Left alone are coroutines that nothing leads to or that have a loop of
their own, jobs of task queues, which run where their worker does, and processes without a graph and
a stream, as a script that imports the server alone is.

A model is an error. HTTP, mail, processes, threads and queues are warnings, and so is a round trip
to a database where a node, a tool, a hook or the sender of a stream makes it; elsewhere that is an
info, as is what is fetched once a period and kept.

## Why it cuts the stream
While one call waits, no other task of the process runs: every stream stands still, pings stop and
clients that have left go unnoticed. A chat model used this way also keeps its own tokens back: they
all arrive together when the answer is complete.

## What is seen
- freezes under load: for as long as the call waits: a database, an API, a model
- all at the end: a chat model that is called without `await` keeps its tokens back

## Example
```python
async def answer(state: State) -> dict:
    reply = llm.invoke(state["messages"])
    return {"messages": [reply]}
```

## Use instead
```python
async def answer(state: State) -> dict:
    reply = await llm.ainvoke(state["messages"])
    return {"messages": [reply]}
```
Where a library has no async client, `await asyncio.to_thread(call, ...)` keeps the loop free. A
plain `def` node is as good: LangGraph runs it in a thread.

## When to ignore
For a call that is known to return at once, such as a lookup in a local file. Where a graph is only
ever run synchronously, no loop waits: an info says what would.

## Fix safety
Safe: the async twin of a LangChain object (`await model.ainvoke()`, `async for` over
`model.astream()`) and `await asyncio.sleep()` do the same, where the call stands directly in an
`async def`. Unsafe where not all of the object can be seen, and while a lock is held. Other calls
need another client: no fix.

## Evidence
[Measured](../evidence.md#lg103): with `model.invoke` in an async node a concurrent ping waits for
the whole answer, and its tokens arrive in one burst at the end; awaited, or in a plain node, the
first arrives while the model still answers.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity
from lg_lint.model.blocking.call_places import CallPlace, needs_failure, rareness
from lg_lint.model.blocking.served_waits import ServedWaits, is_off_loop, served_waits
from lg_lint.model.blocking.wait_groups import others as others_of
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallPath
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.call_sites import SharedWays, entry_steps
from lg_lint.rules.telling.chains import call_steps, describe
from lg_lint.rules.telling.fix_planning import wait_fix
from lg_lint.rules.telling.waiting import help_of, message_of, wait_steps


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each call that keeps a loop waiting, told by its worst wait."""
    served, ways = served_waits(project), SharedWays(project)
    for place in served.places:
        yield _finding(rule, project, place, served, ways)


def _finding(
    rule: Rule, project: Project, place: CallPlace, served: ServedWaits, ways: SharedWays
) -> Finding:
    """One finding for a place: told by its worst wait, with the others as steps of the trace."""
    waits = served.waits

    def weight(chain: CallPath) -> int:
        return _weight(chain, served)

    def message(chain: CallPath, more: int) -> str:
        streams = served.holds_stream(chain)
        return message_of(project, chain, waits.at_end_of(chain), more, streams=streams)

    def told(chain: CallPath) -> tuple[str, str]:
        return f"{waits.at_end_of(chain).title} waits here", message(chain, 0)

    chains = place.ranked(weight)
    worst, blocking = chains[0], waits.at_end_of(chains[0])
    others = others_of(waits, chains, worst)
    return rule.finding(
        project.at(place.site),
        f"{message(worst, len(others))} in {describe(place.frame.function)}",
        trace=[
            *entry_steps(project, place),
            *call_steps(project, worst.start, worst.edges),
            *wait_steps(project, waits, worst, others),
        ],
        help=help_of(project, worst, blocking, alone=not others),
        severity=min(
            (_severity(root.entry, worst, served) for root in place.roots),
            key=lambda each: each.rank,
        ),
        confidence=Confidence.HIGH if blocking.certain else Confidence.MEDIUM,
        fix=wait_fix(worst, blocking) if len(chains) == 1 else None,
        reach=ways.reach(place, chains, told, weight),
    )


def _severity(entry: Entry, chain: CallPath, served: ServedWaits) -> Severity:
    """A model is worst; a round trip to a database counts where a stream itself waits for it."""
    kind = served.waits.at_end_of(chain).kind
    if is_off_loop(entry) or served.waits.is_renewed(chain):
        return Severity.INFO
    if kind == "database" and not served.holds_stream(chain):
        return Severity.INFO
    return Severity.ERROR if kind == "model" else Severity.WARNING


def _weight(chain: CallPath, served: ServedWaits) -> int:
    """By which wait a place is told: one that needs no failure, then how bad, how often, how sure.

    A model is worst, a database last.
    """
    blocking = served.waits.at_end_of(chain)
    grade = {"model": 0, "database": 2}.get(blocking.kind, 1) + 3 * served.waits.is_renewed(chain)
    rare = 36 * needs_failure(chain) + 2 * rareness(chain)
    return rare + 6 * grade + (not blocking.certain)


RULE = Rule(
    code="LG103",
    name="blocking-call-on-loop",
    severity=Severity.WARNING,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
