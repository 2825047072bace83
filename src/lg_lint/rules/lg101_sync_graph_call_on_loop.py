"""Sync graph call on the event loop

## What it does
Finds `graph.stream()`, `.invoke()`, `.batch()`, `.get_state()` and their kin where the frame that
consumes them runs on an event loop: an `async def`, or a plain function that one calls directly.
The graph is recognised by what the receiver is, through factories, attributes, dependencies and
registries; not by its name.

## Why it cuts the stream
A sync run never yields to the event loop. For as long as the whole run takes, every other stream
of the process stands still, pings and health checks go unanswered, and a client that has left is
not noticed. The state methods hold the loop for a round trip to the saver; where that is an
InMemorySaver, an info says so.

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

from lg_lint.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.entry import Entry
from lg_lint.model.graph import Run
from lg_lint.model.project import Project
from lg_lint.model.refusals import asks_memory_only, refuses_sync
from lg_lint.model.runs import methods
from lg_lint.program.execution import Chain, Edge, World
from lg_lint.program.paths import Paths
from lg_lint.rules.chains import by_path, call_steps, describe, entry_step, frames_on_loop
from lg_lint.rules.curing import run_remedy
from lg_lint.rules.rule import Rule
from lg_lint.rules.sync_runs import SyncRuns, stays_on_loop


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    sinks = SyncRuns(project, lambda run: not refuses_sync(project.program, run))
    paths = Paths(project.execution, sinks.of, stays_on_loop)
    for state, entry, before in frames_on_loop(project):
        for chains in by_path(paths.chains(state)):
            found = [sinks.runs[id(chain.sink)] for chain in chains]
            yield _finding(rule, project, entry, before, chains, found)


def _finding(
    rule: Rule,
    project: Project,
    entry: Entry,
    before: tuple[Edge, ...],
    chains: list[Chain],
    runs: list[Run],
) -> Finding:
    chain = chains[0]
    run = min(runs, key=lambda item: methods()[item.method]["kind"] == "state")
    frame, row = chain.start, methods()[run.method]
    primary = chain.edges[0].node if chain.edges else chain.sink
    last = chain.last.function
    start = project.execution.state(entry.ref, entry.world)
    trace = [
        entry_step(project, entry),
        *call_steps(project, start, before),
        *call_steps(project, frame, chain.edges),
        *(
            Step(project.place(last.module, each.sink.span), f"graph.{one.method}() runs here")
            for each, one in zip(chains, runs)  # noqa: B905
        ),
    ]
    through = f" through {last.qualname}()" if chain.edges else ""
    held, severity = "for the whole run", Severity.ERROR
    if row["kind"] == "state":
        held, severity = "for a round trip to the saver", Severity.WARNING
    stalls = f"every other stream of the process stalls while {describe(frame.function)} waits"
    if all(asks_memory_only(project.program, each) for each in runs):
        held, severity = "as long as its saver takes", Severity.INFO
        stalls = "an InMemorySaver answers at once, one with a database stalls every other stream"
    return rule.finding(
        project.place(frame.function.module, primary.span),
        f"graph.{run.method}(){through} holds the event loop {held}: {stalls}",
        trace=trace,
        help=_help(chain, str(row["twin"]), bool(row.get("lazy"))),
        severity=Severity.INFO if frame.world is World.ALONE else severity,
        confidence=Confidence.HIGH if entry.registered else Confidence.MEDIUM,
        fix=None if chain.edges else run_remedy(project, frame.function, primary, run),
    )


def _help(chain: Chain, twin: str, lazy: bool) -> str:
    if chain.edges:
        helper = chain.edges[0].target.function.name
        return f"`await asyncio.to_thread({helper}, ...)`, or make the way to graph.{twin}() async"
    if lazy:
        return (
            f"iterate graph.{twin}() with `async for`, or hand a plain `def` generator to the "
            "response, which is iterated in a thread"
        )
    return f"`await graph.{twin}()`, or run it in a thread with asyncio.to_thread"


RULE = Rule(
    "LG101", "sync-graph-call-on-loop", Severity.ERROR, Hop.GRAPH, __doc__ or "", check, "sometimes"
)
