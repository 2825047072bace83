"""Saver that does not serve the call

## What it does
Finds graphs that are run asynchronously with a saver that has sync methods only (`SqliteSaver`,
`PostgresSaver`, `RedisSaver`), and graphs that are run synchronously on the event loop with a saver
that belongs to that loop (`AsyncSqliteSaver`, `AsyncPostgresSaver`, `AsyncRedisSaver`).

## Why it cuts the stream
The run fails before its first chunk: NotImplementedError from the sync saver, InvalidStateError
from the async one. A streaming response has sent status 200 by then and ends empty.

## What is seen
- empty answer: NotImplementedError or InvalidStateError of the saver, at the first step

## Example
```python
graph = builder.compile(checkpointer=SqliteSaver(connection))

async def events(question: str):
    async for chunk in graph.astream({"question": question}, config):
        yield chunk
```

## Use instead
```python
async def events(question: str):
    async with AsyncSqliteSaver.from_conn_string("threads.db") as saver:
        graph = builder.compile(checkpointer=saver)
        async for chunk in graph.astream({"question": question}, config):
            yield chunk
```

## When to ignore
Where the saver that the finding names is never the one in use when this call runs.

## Fix safety
A sync call of a graph with an async saver, directly in an `async def`, is replaced by its async
twin: safe as for LG101. Another saver has another life cycle: no fix.

## Evidence
[Measured](../evidence.md#lg104): both mismatches raise, and the client gets status 200 without an
event. A thread other than the loop's may call an async saver synchronously.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Reach, Severity, Step, Way
from lg_lint.model.blocking.call_places import CallPlace
from lg_lint.model.blocking.sync_runs import SyncRuns
from lg_lint.model.graph import GraphRun, Saver
from lg_lint.model.graph_analysis.reachability import is_reached
from lg_lint.model.graph_analysis.refused_runs import (
    has_async_part,
    has_async_saver,
    savers_of,
    sync_only_saver,
)
from lg_lint.model.langgraph.checkpointers import made_at
from lg_lint.model.langgraph.runs import methods
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallPath
from lg_lint.program.scopes import Function
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.call_sites import entry_steps
from lg_lint.rules.telling.chains import call_steps, describe
from lg_lint.rules.telling.fix_planning import run_fix
from lg_lint.rules.telling.graph_runs import async_twin


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each async run with a sync saver, and each sync run with an async one."""
    program = project.program
    for run in project.runs:
        if methods()[run.method]["kind"] == "async" and is_reached(project, run.site.env.scope):
            yield from _async_run(rule, project, run)
    refused = SyncRuns(
        project, lambda run: has_async_saver(program, run) and not has_async_part(program, run)
    )
    for place in refused.places_of_graphs():
        yield _sync_run(rule, project, place, refused)


def _async_run(rule: Rule, project: Project, run: GraphRun) -> Iterator[Finding]:
    found = sync_only_saver(project.program, run)
    if found is None:
        return
    name = _short(found.kind)
    from_saver = [*_saver_steps(project, found.saver, found.kind)]
    yield rule.finding(
        project.at(run.site),
        f"the client gets an error and no chunk: graph.{run.method}() raises NotImplementedError, "
        f"as {name} has sync methods only",
        trace=[*from_saver, _run_step(project, run)],
        help=f"where the saver is made, write Async{name}, or run the graph synchronously, in a "
        "thread",
        confidence=Confidence.HIGH if found.is_only_one else Confidence.MEDIUM,
        reach=_reach(project, run, name, from_saver),
    )


def _reach(project: Project, run: GraphRun, name: str, from_saver: list[Step]) -> Reach | None:
    """What the runs of graphs with one saver have in common."""
    scope = run.site.env.scope
    if not from_saver or not isinstance(scope, Function):
        return None
    way = Way(
        (from_saver[0],),
        f"the client gets an error and no chunk: async runs raise NotImplementedError, as {name} "
        "has sync methods only",
        help=f"in this line, write Async{name}",
    )
    return Reach(describe(scope), scope.is_async, _run_step(project, run), (way,))


def _sync_run(rule: Rule, project: Project, place: CallPlace, refused: SyncRuns) -> Finding:
    chain, *others = place.chains
    run = refused.at_end_of(chain)
    frame = place.frame.function
    saver = savers_of(project.program, run)[0]
    return rule.finding(
        project.at(place.site),
        f"the client gets an error and no chunk: {_short(saver.types[0])} answers "
        f"graph.{run.method}(), a sync call, with InvalidStateError on the event loop that "
        f"{describe(frame)} runs on",
        trace=[
            *_saver_steps(project, saver, saver.types[0]),
            *entry_steps(project, place),
            *call_steps(project, chain.start, chain.edges),
            _run_step(project, run),
            *(_run_step(project, refused.at_end_of(other)) for other in others),
        ],
        help=_help(chain, run),
        confidence=Confidence.HIGH if place.is_certain else Confidence.MEDIUM,
        fix=None if chain.edges else run_fix(project, frame, place.node, run),
    )


def _help(chain: CallPath, run: GraphRun) -> str:
    twin = async_twin(run)
    if not chain.edges:
        return f"in this line, write {twin}"
    return (
        f"make {chain.edges[0].target.function.name}() async, write {twin} in it, and await it here"
    )


def _run_step(project: Project, run: GraphRun) -> Step:
    return project.step(run.site, f"graph.{run.method}() runs here")


def _saver_steps(project: Project, saver: Saver, kind: str) -> Iterator[Step]:
    """Where the saver is made, and where the graph gets it."""
    if saver.site is None:
        return
    made = made_at(project.program, saver.site, kind)
    if made is not None:
        yield project.step(made, f"makes the {_short(kind)}")
    yield project.step(saver.site, "the graph gets the saver")


def _short(kind: str) -> str:
    """The class of a saver without its module."""
    return kind.rpartition(".")[2]


RULE = Rule(
    code="LG104",
    name="saver-call-mismatch",
    severity=Severity.ERROR,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
