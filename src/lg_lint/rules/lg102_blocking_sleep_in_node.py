"""Blocking sleep in code that a graph runs

## What it does
Finds `time.sleep` in nodes, routers, tools, tasks, middleware hooks, prompt functions and reducers,
and in everything they call. Grade A holds the event loop: async functions, and the plain
middleware hooks, prompt functions and reducers that LangGraph calls on the loop. Grade B holds one
thread of the loop's executor: plain `def` nodes, routers, tools and tasks.

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

from lg_lint.facts import tree as t
from lg_lint.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.entry import Entry
from lg_lint.model.project import Project
from lg_lint.model.reachability import is_built
from lg_lint.model.runs import has_sync_runs_alone
from lg_lint.program import inference
from lg_lint.program.execution import Chain, Edge, State, World
from lg_lint.program.neighbours import meet
from lg_lint.program.paths import Paths
from lg_lint.program.program import terminal_name
from lg_lint.program.values import Const, External
from lg_lint.rules.chains import by_path, call_steps, describe, entry_step
from lg_lint.rules.curing import sleep_remedy
from lg_lint.rules.rule import Rule

_PLACES = {"node", "router", "tool", "task", "middleware", "prompt", "reducer", "hook"}
_SHORT = 0.05
_SLEEP = External("time.sleep")


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    sleeps = _Sleeps(project)
    places = [entry for entry in project.entries if entry.kind in _PLACES]
    in_threads = {entry.ref.function for entry in places if entry.world is World.THREAD}

    def follow(state: State, edge: Edge) -> bool:
        """Not into another thread, nor into the executor for what is reported as its own place."""
        to_executor = edge.target.world is World.THREAD and state.world is not World.THREAD
        return not edge.offloaded and not (to_executor and edge.target.function in in_threads)

    paths = Paths(project.execution, sleeps.of, follow)
    for entry in places:
        if not is_built(project, entry.graph) or _is_patched(project, entry):
            continue
        start = project.execution.state(entry.ref, entry.world)
        for group in by_path(paths.chains(start)):
            yield _finding(rule, project, entry, group, sleeps.longest(group))


def _is_patched(project: Project, entry: Entry) -> bool:
    """Whether gevent's `patch_all()` makes `time.sleep` give way in the entry's process."""
    program, module = project.program, entry.ref.function.module
    return any(meet(program, scope.module, module) for _, scope in program.calls_named("patch_all"))


class _Sleeps:
    """The calls of `time.sleep` in a state, with their seconds where these are literal."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.seconds: dict[int, float | None] = {}

    def of(self, state: State) -> Iterator[t.Node]:
        for site, callees in self.project.execution.calls(state):
            if _SLEEP in callees and terminal_name(site.node.func) is not None:
                expr = site.node.argument("seconds", 0)
                values = inference.infer(self.project.program, expr, state.env) if expr else ()
                self.seconds[id(site.node)] = _longest(values)
                yield site.node

    def longest(self, chains: list[Chain]) -> float | None:
        """The longest of several sleeps; None where one is unknown."""
        found = [self.seconds[id(chain.sink)] for chain in chains]
        return None if None in found else max(item for item in found if item is not None)


def _longest(values: tuple[object, ...]) -> float | None:
    numbers = [
        value.value
        for value in values
        if isinstance(value, Const) and isinstance(value.value, (int, float))
    ]
    return max(numbers) if numbers and len(numbers) == len(values) else None


def _finding(
    rule: Rule, project: Project, entry: Entry, chains: list[Chain], seconds: float | None
) -> Finding:
    chain = chains[0]
    on_loop = chain.last.world is World.LOOP
    place, frame = _primary(chain, on_loop)
    last = chain.last.function
    length = f"{seconds:g} s" if seconds is not None else "its whole time"
    trace = [
        entry_step(project, entry),
        *call_steps(project, chain.start, chain.edges),
        *(
            Step(project.place(last.module, each.sink.span), "time.sleep() blocks here")
            for each in chains
        ),
    ]
    through = f" through {last.qualname}()" if place is not chain.sink else ""
    if on_loop:
        effect = f"stops the event loop for {length}: every stream of the process waits"
    else:
        effect = f"keeps the stream silent for {length} and holds one thread of the executor"
    return rule.finding(
        project.place(frame.function.module, place.span),
        f"time.sleep(){through} in {describe(frame.function)} {effect}",
        trace=trace,
        help="`await asyncio.sleep(...)` in an async function",
        severity=_severity(entry, on_loop, seconds),
        confidence=Confidence.HIGH,
        fix=sleep_remedy(frame.function, place) if place is chain.sink else None,
    )


def _primary(chain: Chain, on_loop: bool) -> tuple[t.Node, State]:
    """The call in the frame that puts the work on the loop, or in the node's own body."""
    states = chain.states
    index = 0
    if on_loop:
        owners = [i for i, state in enumerate(states) if state.function.is_async]
        index = owners[-1] if owners else 0
    node = chain.edges[index].node if index < len(chain.edges) else chain.sink
    return node, states[index]


def _severity(entry: Entry, on_loop: bool, seconds: float | None) -> Severity:
    if seconds is not None and seconds < _SHORT:
        return Severity.INFO
    if entry.graph is not None and has_sync_runs_alone(entry.graph):
        return Severity.INFO
    return Severity.ERROR if on_loop else Severity.WARNING


RULE = Rule(
    "LG102", "blocking-sleep-in-node", Severity.ERROR, Hop.NODE, __doc__ or "", check, "sometimes"
)
