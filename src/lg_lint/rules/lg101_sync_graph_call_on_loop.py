"""Sync graph call on the event loop

## What it does
Finds `graph.stream()`, `.invoke()`, `.batch()`, `.get_state()` and their kin where the frame that
consumes them runs on an event loop: an `async def`, or a plain function that one calls directly.
The graph is recognised by what the receiver is, through factories, attributes, dependencies and
registries; not by its name.

One call is one finding, whatever it leads to. Where more than three calls lead to one run through
the same helper, it is told once, at the first call that they share; `related` has the others.

## Why it cuts the stream
A sync run never yields to the event loop. For as long as the whole run takes, every other stream
of the process stands still, pings and health checks go unanswered, and a client that has left is
not noticed. The state methods hold the loop for a round trip to the saver; where that is an
InMemorySaver, an info says so.

## What is seen
- freezes under load: for the whole of one sync run, health checks included
- keeps running: the loop is held, so that nobody notices that the client has left

## Example
```python
@app.post("/chat")
async def chat(question: str):
    async def events():
        for chunk in graph.stream({"question": question}):
            yield f"data: {json.dumps(chunk)}\\n\\n"

    return StreamingResponse(events(), media_type="text/event-stream")
```

## Use instead
```python
@app.post("/chat")
async def chat(question: str):
    async def events():
        async for chunk in graph.astream({"question": question}):
            yield f"data: {json.dumps(chunk)}\\n\\n"

    return StreamingResponse(events(), media_type="text/event-stream")
```
A plain `def` generator handed to the response is as good: Starlette iterates it in its thread pool.

## When to ignore
Where one task alone uses the loop, as in a script around `asyncio.run(main())`.

## Fix safety
The call is replaced by its async twin where it stands directly in an `async def`. That is safe
where the graph is seen in full, its saver serves async calls (SqliteSaver, PostgresSaver and
RedisSaver do not), no middleware wraps model or tool calls synchronously alone, a RemoteGraph has
more than a sync client, and no lock is held; otherwise the fix is unsafe, and says why.

## Evidence
[Measured](../evidence.md#lg101): a concurrent ping waits for the whole run with the bad form, for
about a hundredth of a second with the good one.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.blocking.call_places import CallPlace, rareness
from lg_lint.model.blocking.sync_runs import SyncRuns
from lg_lint.model.graph import GraphRun
from lg_lint.model.graph_analysis.refused_runs import asks_memory_only, refuses_sync
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallNode, CallPath, ThreadContext
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.call_sites import SharedWays, entry_steps
from lg_lint.rules.telling.chains import call_steps, describe
from lg_lint.rules.telling.fix_planning import run_fix
from lg_lint.rules.telling.waiting import in_thread


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each call that keeps a loop waiting, told by its likeliest path."""
    runs = SyncRuns(project, lambda run: not refuses_sync(project.program, run))
    ways = SharedWays(project)
    for place in runs.places():
        yield _finding(rule, project, place, runs, ways)


def _finding(
    rule: Rule, project: Project, place: CallPlace, runs: SyncRuns, ways: SharedWays
) -> Finding:
    def weight(each: CallPath) -> int:
        return _weight(runs.at_end_of(each), each)

    chains = place.ranked(weight)
    chain, run = chains[0], runs.at_end_of(chains[0])
    frame = place.frame
    trace = [*entry_steps(project, place), *call_steps(project, frame, chain.edges)]
    trace.append(_run_step(project, run, chain))
    for other in chains[1:]:
        trace += [
            *list(call_steps(project, frame, other.edges))[1:],
            _run_step(project, runs.at_end_of(other), other),
        ]
    memory = all(asks_memory_only(project.program, runs.at_end_of(each)) for each in chains)

    def told(each: CallPath) -> tuple[str, str]:
        step = _run_step(project, runs.at_end_of(each), each)
        return step.message, _message(runs.at_end_of(each), each, frame, memory, 0)

    severity = Severity.WARNING if _asks_state(run) else Severity.ERROR
    return rule.finding(
        project.at(place.site),
        f"{_message(run, chain, frame, memory, len(chains) - 1)} in {describe(frame.function)}",
        trace=trace,
        help=_help(project, chain, run),
        severity=Severity.INFO if memory or frame.world is ThreadContext.ALONE else severity,
        confidence=Confidence.HIGH if place.is_certain else Confidence.MEDIUM,
        fix=None if chain.edges else run_fix(project, frame.function, place.node, run),
        reach=ways.reach(place, chains, told, weight),
    )


def _run_step(project: Project, run: GraphRun, chain: CallPath) -> Step:
    place = project.place(chain.last.function.module, chain.sink.span)
    return Step(place, f"graph.{run.method}() runs here")


def _asks_state(run: GraphRun) -> bool:
    return methods()[run.method]["kind"] == "state"


def _weight(run: GraphRun, chain: CallPath) -> int:
    """How bad a run is: a question to the saver is less, then what does not always run."""
    return 3 * _asks_state(run) + rareness(chain)


def _message(run: GraphRun, chain: CallPath, frame: CallNode, memory: bool, more: int) -> str:
    """What is seen, and then the call that makes it."""
    through = f" through {chain.last.function.qualname}()" if chain.edges else ""
    several = f" and {more} more" if more else ""
    what = f"graph.{run.method}(){through}{several} {'hold' if more else 'holds'} the event loop"
    length = "for a round trip to the saver" if _asks_state(run) else "for the whole run"
    if memory:
        return (
            "an InMemorySaver answers at once, one with a database would make every other stream "
            f"of the process stand still: {what}"
        )
    if frame.world is ThreadContext.ALONE:
        return f"nothing else on this event loop can go on {length}: {what}"
    return f"every other stream and request of the process stands still {length}: {what}"


def _help(project: Project, chain: CallPath, run: GraphRun) -> str:
    row = methods()[run.method]
    twin = str(row["twin"])
    if chain.edges:
        return (
            f"in this line, write {in_thread(project, chain)}, which runs it in a thread, or make "
            f"the way to graph.{twin}() async"
        )
    if row.get("lazy") and _asks_state(run):
        return f"in this line, write `async for item in graph.{twin}(...)`"
    if row.get("lazy"):
        return (
            f"in this line, write `async for chunk in graph.{twin}(...)`, or hand a plain `def` "
            "generator to the response, which is iterated in a thread"
        )
    return (
        f"in this line, write `await graph.{twin}(...)`, or {in_thread(project, chain)}, which "
        "runs the call in a thread"
    )


RULE = Rule(
    code="LG101",
    name="sync-graph-call-on-loop",
    severity=Severity.ERROR,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
