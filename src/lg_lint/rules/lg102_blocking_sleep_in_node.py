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
from lg_lint.facts import tree as t
from lg_lint.model.entry import Entry
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.hosting.serving import is_one_task
from lg_lint.model.langgraph.runs import has_sync_runs_alone
from lg_lint.model.project import Project
from lg_lint.model.streams.sleeps import seconds_of, told_length
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, ThreadContext
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.neighbours import meet
from lg_lint.program.store import terminal_name
from lg_lint.program.values import External
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.call_sites import (
    CallPlace,
    CallPlaces,
    Root,
    entry_steps,
    rareness,
    reach,
)
from lg_lint.rules.telling.chains import call_steps, describe
from lg_lint.rules.telling.fix_planning import sleep_fix

_PLACES = {"node", "router", "tool", "task", "middleware", "prompt", "reducer", "hook"}
_SHORT = 0.05
_SLEEP = External("time.sleep")
_SAYS = "time.sleep() blocks here"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    sleeps = _Sleeps(project)
    places = [entry for entry in project.entries if entry.kind in _PLACES]
    in_threads = {entry.ref.function for entry in places if entry.world is ThreadContext.THREAD}

    def follow(state: CallNode, edge: CallEdge) -> bool:
        """Not into another thread, nor into the executor for what is reported as its own place."""
        to_executor = (
            edge.target.world is ThreadContext.THREAD and state.world is not ThreadContext.THREAD
        )
        return not edge.offloaded and not (to_executor and edge.target.function in in_threads)

    paths = Paths(project.execution, sleeps.of, follow)
    spots = CallPlaces()
    for entry in places:
        if not is_built(project, entry.graph) or _is_patched(project, entry):
            continue
        start = project.execution.state(entry.ref, entry.world)
        for chain in paths.chains(start):
            index = _primary(chain)
            frame, edges = chain.states[index], chain.edges[index:]
            node = edges[0].node if edges else chain.sink
            root = Root(entry, chain.edges[:index], frame)
            spots.add(node, root, [CallPath(frame, edges, chain.sink)])
    for spot in spots:
        yield _finding(rule, project, spot, sleeps)


def _is_patched(project: Project, entry: Entry) -> bool:
    """Whether gevent's `patch_all()` makes `time.sleep` give way in the entry's process."""
    program, module = project.program, entry.ref.function.module
    return any(meet(program, scope.module, module) for _, scope in program.calls_named("patch_all"))


class _Sleeps:
    """The calls of `time.sleep` in a state, with their seconds where these are known."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.seconds: dict[int, float | None] = {}

    def of(self, state: CallNode) -> Iterator[t.Node]:
        for site, callees in self.project.execution.calls(state):
            if _SLEEP in callees and terminal_name(site.node.func) is not None:
                self.seconds[id(site.node)] = seconds_of(self.project.program, site.node, state.env)
                yield site.node

    def longest(self, chains: list[CallPath]) -> float | None:
        """The longest of several sleeps; None where one is unknown."""
        found = [self.seconds[id(chain.sink)] for chain in chains]
        return None if None in found else max(item for item in found if item is not None)


def _finding(rule: Rule, project: Project, spot: CallPlace, sleeps: _Sleeps) -> Finding:
    chains = sorted(spot.chains, key=_rank)
    first, on_loop = chains[0], spot.frame.world is ThreadContext.LOOP
    seconds = sleeps.longest(chains)
    trace = [
        *entry_steps(project, spot),
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
        through = f" through {chain.last.function.qualname}()" if chain.edges else ""
        several = f" and {more} more" if more else ""
        length = told_length(sleeps.seconds[id(chain.sink)])
        if on_loop:
            stops = "stop" if more else "stops"
            who = "the stream" if alone else "every stream and request of the process"
            return (
                f"{who} stands still {length}: "
                f"time.sleep(){through}{several} {stops} the event loop"
            )
        holds = "hold" if more else "holds"
        return (
            f"the stream is silent {length}: time.sleep(){through}{several} {holds} one of the few "
            "threads that run nodes"
        )

    def told(chain: CallPath) -> tuple[str, str]:
        return _SAYS, message(chain, 0)

    return rule.finding(
        spot.place(project),
        f"{message(first, len(chains) - 1)} in {describe(spot.frame.function)}",
        trace=trace,
        help=_help(first),
        severity=min(
            (_severity(root.entry, on_loop, seconds) for root in spot.roots),
            key=lambda each: each.rank,
        ),
        confidence=Confidence.HIGH,
        fix=None if first.edges else sleep_fix(spot.frame.function, spot.node),
        reach=reach(project, spot, chains, told, rareness),
    )


def _sleep_step(project: Project, chain: CallPath) -> Step:
    return Step(project.place(chain.last.function.module, chain.sink.span), _SAYS)


def _rank(chain: CallPath) -> tuple[int, int, t.Span]:
    return rareness(chain), len(chain.edges), chain.sink.span


def _help(chain: CallPath) -> str:
    if chain.edges:
        helper = chain.edges[0].target.function.name
        return (
            f"make {helper}() async, write `await asyncio.sleep(...)` in it, and await it here: "
            "other streams go on meanwhile"
        )
    return "in this line, write `await asyncio.sleep(...)`, in an async function"


def _primary(chain: CallPath) -> int:
    """Which state of a chain puts the work on the loop: else it is the node's own body."""
    if chain.last.world is not ThreadContext.LOOP:
        return 0
    owners = [i for i, state in enumerate(chain.states) if state.function.is_async]
    return owners[-1] if owners else 0


def _severity(entry: Entry, on_loop: bool, seconds: float | None) -> Severity:
    if seconds is not None and seconds < _SHORT:
        return Severity.INFO
    if entry.graph is not None and has_sync_runs_alone(entry.graph):
        return Severity.INFO
    return Severity.ERROR if on_loop else Severity.WARNING


RULE = Rule(
    "LG102", "blocking-sleep-in-node", Severity.ERROR, Hop.NODE, __doc__ or "", check, "sometimes"
)
