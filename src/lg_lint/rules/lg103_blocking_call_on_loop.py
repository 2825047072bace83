"""Blocking call on the event loop

## What it does
Finds calls that wait for something outside the process where the frame that makes them runs on an
event loop: chat models and LLM clients used synchronously, HTTP, database drivers, sync Redis,
subprocesses, threads and futures that are waited for. Functions that async code calls directly are
followed to the place that waits. All that is done on one connection is one finding, and so is what
one call leads to. Where more than three calls lead to one wait through the same helper, it is told
once, at the first call that they share; `related` has the others. All routes of an application with
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

from msgspec import Struct
from msgspec.structs import replace

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.base.fix import Fix
from lg_lint.facts import tree as t
from lg_lint.model.blocking.calls import Blocking, BlockingCalls, is_model
from lg_lint.model.blocking.connections import (
    connection_of,
    connections_given,
    is_kept,
    is_renewed,
    makes,
    opens,
    source_of,
)
from lg_lint.model.blocking.own_turn import stays_in_frame
from lg_lint.model.entry import Entry
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.hosting.processes import is_within, serving_modules
from lg_lint.model.hosting.serving import Serving
from lg_lint.model.langgraph.runs import has_sync_runs_alone
from lg_lint.model.project import Project
from lg_lint.model.web.live_functions import callers_of
from lg_lint.program import inference
from lg_lint.program.blocks import AFTER_FAILURE
from lg_lint.program.call_graph.definite_values import MustValues
from lg_lint.program.call_graph.execution import (
    CallEdge,
    CallNode,
    CallPath,
    ThreadContext,
    waited_for,
)
from lg_lint.program.call_graph.feasibility import is_called, is_feasible, is_reachable
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.scopes import CallSite, Function, sites_of
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Values
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.call_sites import (
    CallPlace,
    CallPlaces,
    Root,
    entry_steps,
    rareness,
    reach,
)
from lg_lint.rules.telling.chains import call_steps, describe, frames_on_loop
from lg_lint.rules.telling.fix_planning import sleep_fix, twin_fix
from lg_lint.rules.telling.waiting import help_of, message_of

_CONNECTED = {"database", "session"}
_GIVEN = {
    "model": ("makes the client", "gets the client"),
    "http": ("makes the client", "gets the client"),
    "database": ("opens the connection", "gets the connection"),
    "session": ("opens the connection", "gets the connection"),
}
"""What a trace says of the call that makes, or hands out, what another call waits on."""


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    waits, serving = _Waits(project), Serving(project)
    files = serving_modules(project)
    entries = [entry for entry in project.entries if _counts(project, entry, files)]
    entries.sort(key=_is_off_loop)
    spots = CallPlaces()
    for state, entry, before in frames_on_loop(replace(project, entries=entries)):
        if state.world is ThreadContext.ALONE or serving.is_start_up(state, entry):
            continue
        if not is_within(before, files):
            continue
        in_graph = serving.is_in_graph(state)
        if in_graph or serving.is_live(state) or serving.is_in_tool(state):
            waits.live.add(state.function)
        for chains in waits.groups(state):
            chains = [
                chain
                for chain in chains
                if is_within(chain.edges, files) and not (in_graph and waits.is_sleep(chain))
            ]
            if chains and is_called(waits.sure, state.function):
                first = min(chains, key=lambda chain: _in_frame(chain).span)
                spots.add(_in_frame(first), Root(entry, before, state), chains)
    for spot in spots:
        yield _finding(rule, project, spot, waits)


def _is_off_loop(entry: Entry) -> bool:
    """Whether an entry is part of a graph that no event loop runs."""
    return entry.graph is not None and has_sync_runs_alone(entry.graph)


def _counts(project: Project, entry: Entry, serving: set[str]) -> bool:
    """Whether an entry is called at all, on a loop that also serves others."""
    shared = entry.world is not ThreadContext.ALONE and entry.ref.function.module.path in serving
    return entry.registered and shared and is_built(project, entry.graph)


class _Sink(Struct, frozen=True):
    node: t.Call
    blocking: Blocking


class _Waits:
    """The calls that block, state by state, and what leads to them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.calls = BlockingCalls(project.program, project.blocking_calls)
        self.sure = MustValues(
            project.program, lambda function: project.once(callers_of).sees(function)
        )
        self.sinks: dict[int, _Sink] = {}
        self.live: set[Function] = set()
        self._renewed: dict[int, bool] = {}
        self._own: dict[CallNode, list[_Sink]] = {}
        self._below: dict[CallNode, list[CallPath]] = {}
        self._paths = Paths(
            project.execution,
            lambda state: [sink.node for sink in self.own(state)],
            stays_in_frame,
        )

    def groups(self, frame: CallNode) -> list[list[CallPath]]:
        """The waits of a frame and of what it calls: one group for each place to mend.

        Statements on one connection are one place, in helpers that are given it too, and so is a
        call of a function, however many of its statements wait.
        """
        own, followed = self.own(frame), self._followed(frame)
        shared = {id(sink.node): self._connection(frame, sink) for sink in own}
        connections = set(shared.values())
        connections |= {_call(frame, node) for node, chains in followed if opens(chains[0].sink)}
        found: dict[object, list[CallPath]] = {}
        for sink in own:
            call = _call(frame, sink.node)
            key = call if call in connections else shared[id(sink.node)]
            found.setdefault(key, []).append(CallPath(frame, (), sink.node))
        for node, chains in followed:
            given = (key for key in connections_given(frame.function, node) if key in connections)
            key = next(given, None) if any(map(self._is_connected, chains)) else None
            found.setdefault(key or _call(frame, node), []).extend(chains)
        return list(found.values())

    def _connection(self, frame: CallNode, sink: _Sink) -> object:
        if sink.blocking.kind in _CONNECTED:
            return connection_of(frame.function, sink.node)
        return _call(frame, sink.node)

    def _is_connected(self, chain: CallPath) -> bool:
        return self.sinks[id(chain.sink)].blocking.kind in _CONNECTED

    def is_renewed(self, chain: CallPath) -> bool:
        """Whether what is waited for is fetched once a period, and kept."""
        places = (*(edge.node for edge in chain.edges), chain.sink)
        return any(self._renewed.get(id(node)) for node in places)

    def is_sleep(self, chain: CallPath) -> bool:
        return self.sinks[id(chain.sink)].blocking.kind == "sleep"

    def _followed(self, frame: CallNode) -> list[tuple[t.Node, list[CallPath]]]:
        """The calls of plain functions that wait, with the paths to what they wait for."""
        sites = sites_of(frame.function)
        found: dict[int, tuple[t.Node, list[CallPath]]] = {}
        for edge in self.project.execution.edges(frame):
            below = self.below(edge.target) if stays_in_frame(frame, edge) else ()
            site = sites.get(id(edge.node)) if below else None
            if site is not None and is_kept(frame.function, site):
                continue
            self._note(frame.function, site)
            for chain in below:
                whole = CallPath(frame, (edge, *chain.edges), chain.sink)
                if is_feasible(self.sure, whole):
                    found.setdefault(id(edge.node), (edge.node, []))[1].append(whole)
        return list(found.values())

    def below(self, state: CallNode) -> list[CallPath]:
        """What a plain function on the loop waits for, itself or through others."""
        if state not in self._below:
            self._below[state] = list(self._paths.chains(state, follow=self._follows))
        return self._below[state]

    def _follows(self, state: CallNode, edge: CallEdge) -> bool:
        if not stays_in_frame(state, edge):
            return False
        function = state.function
        sites = self.project.program.once("sites", function, lambda: sites_of(function))
        site = sites.get(id(edge.node))
        self._note(function, site)
        kept = site is not None and is_kept(function, site)
        return not kept and is_reachable(self.sure, state, edge.node)

    def own(self, state: CallNode) -> list[_Sink]:
        """The calls in the body of a state that block."""
        if state not in self._own:
            self._own[state] = []
            for site, callees in self.project.execution.calls(state):
                if site.is_asynchronous:
                    continue
                blocking = self._blocking(site, callees, state)
                if blocking is None or is_kept(state.function, site):
                    continue
                if is_reachable(self.sure, state, site.node):
                    self._note(state.function, site)
                    sink = self.sinks[id(site.node)] = _Sink(site.node, blocking)
                    self._own[state].append(sink)
        return self._own[state]

    def _is_picked(self, callees: Values, state: CallNode) -> bool:
        """Whether a model is called: since langchain-core 1.0, what is called picks one."""
        path = state.function.module.path
        return any(is_model(self.project.program, value) for value in callees) and (
            len(callees) > 1 or self.project.versions.has("models-are-not-callable", path)
        )

    def _note(self, function: Function, site: CallSite | None) -> None:
        if site is not None and id(site.node) not in self._renewed:
            self._renewed[id(site.node)] = is_renewed(self.project.program, function, site)

    def _blocking(self, site: CallSite, callees: Values, state: CallNode) -> Blocking | None:
        env = state.env
        found = [item for callee in callees if (item := self.calls.of(callee)) is not None]
        if found and self._is_picked(callees, state):
            return None
        if not found and waited_for(site, state.function):
            found = [
                item
                for arg in site.node.args[:2]
                for value in inference.infer(self.project.program, arg.value, env)
                if (item := self.calls.of(value)) is not None
            ]
        return min(found, key=lambda item: not item.certain) if found else None


def _call(frame: CallNode, node: t.Node) -> tuple[int, int]:
    return (id(frame.function), id(node))


def _finding(rule: Rule, project: Project, spot: CallPlace, waits: _Waits) -> Finding:
    """One finding for a place: told by its worst wait, with the others as steps of the trace."""
    chains = sorted(spot.chains, key=lambda chain: _rank(chain, waits))
    worst = chains[0]
    blocking = waits.sinks[id(worst.sink)].blocking
    others = _others(chains, worst, waits)
    trace = [
        *entry_steps(project, spot),
        *call_steps(project, worst.start, worst.edges),
        *_wait_steps(project, worst, others, waits),
    ]

    def message(chain: CallPath, more: int) -> str:
        found = waits.sinks[id(chain.sink)].blocking
        streams = chain.start.function in waits.live
        return message_of(project, chain, found, more, streams=streams)

    def told(chain: CallPath) -> tuple[str, str]:
        return f"{waits.sinks[id(chain.sink)].blocking.title} waits here", message(chain, 0)

    def weight(chain: CallPath) -> int:
        return _weight(chain, waits)

    return rule.finding(
        spot.place(project),
        f"{message(worst, len(others))} in {describe(spot.frame.function)}",
        trace=trace,
        help=help_of(project, worst, blocking, alone=not others),
        severity=min(
            (_severity(root.entry, worst, waits) for root in spot.roots),
            key=lambda each: each.rank,
        ),
        confidence=Confidence.HIGH if blocking.certain else Confidence.MEDIUM,
        fix=_fix(chains, blocking),
        reach=reach(project, spot, chains, told, weight),
    )


def _severity(entry: Entry, chain: CallPath, waits: _Waits) -> Severity:
    """A model is worst; a round trip to a database counts where a stream itself waits for it."""
    kind = waits.sinks[id(chain.sink)].blocking.kind
    if _is_off_loop(entry) or waits.is_renewed(chain):
        return Severity.INFO
    if kind == "database" and chain.start.function not in waits.live:
        return Severity.INFO
    return Severity.ERROR if kind == "model" else Severity.WARNING


def _fix(chains: list[CallPath], blocking: Blocking) -> Fix | None:
    """Where the call itself is all that waits, and an async twin of it takes its place."""
    function, call = chains[0].start.function, chains[0].sink
    if chains[0].edges or len(chains) > 1 or not isinstance(call, t.Call):
        return None
    if blocking.kind == "sleep":
        return sleep_fix(function, call)
    method = terminal_name(call.func) or ""
    if blocking.cure != f"a{method}" or method == "transform":
        return None
    lazy = method in ("stream", "batch_as_completed")
    remedy = twin_fix(function, call, method, blocking.cure, lazy=lazy)
    unseen = "" if blocking.certain else "what it calls cannot be seen in full"
    if not blocking.awaitable:
        unseen = f"{blocking.cure}() is not known to be a coroutine"
    return remedy.unless(unseen) if remedy is not None else None


def _in_frame(chain: CallPath) -> t.Node:
    return chain.edges[0].node if chain.edges else chain.sink


def _rank(chain: CallPath, waits: _Waits) -> tuple[int, int, t.Span]:
    return _weight(chain, waits), len(chain.edges), chain.sink.span


def _weight(chain: CallPath, waits: _Waits) -> int:
    """By which wait a place is told: one that needs no failure, then how bad, how often, how sure.

    A model is worst, a database last.
    """
    blocking, rare = waits.sinks[id(chain.sink)].blocking, rareness(chain)
    grade = {"model": 0, "database": 2}.get(blocking.kind, 1) + 3 * waits.is_renewed(chain)
    return 36 * (rare == AFTER_FAILURE) + 6 * grade + 2 * rare + (not blocking.certain)


def _others(chains: list[CallPath], worst: CallPath, waits: _Waits) -> list[CallPath]:
    """The further waits, one for each connection of a function below."""
    first: dict[object, CallPath] = {}
    for chain in sorted(chains, key=lambda chain: (chain is not worst, chain.sink.span)):
        sink = waits.sinks[id(chain.sink)]
        shared = chain.edges and sink.blocking.kind in _CONNECTED
        key = connection_of(chain.last.function, sink.node) if shared else id(sink.node)
        first.setdefault(key, chain)
    return [chain for chain in first.values() if chain is not worst]


def _wait_steps(
    project: Project, worst: CallPath, others: list[CallPath], waits: _Waits
) -> Iterator[Step]:
    """The calls that wait, the worst first, each after the one that gives what it waits on."""
    told: set[int] = set()
    for chain in (worst, *others):
        if chain is not worst and len(chain.edges) > 1:
            yield from list(call_steps(project, chain.start, chain.edges))[-1:]
        state, blocking = chain.last, waits.sinks[id(chain.sink)].blocking
        module, source = state.function.module, source_of(state, chain.sink)
        if blocking.kind in _GIVEN and source is not None and id(source) not in told:
            told.add(id(source))
            opens_it = makes(project.program, state, source)
            message = _GIVEN[blocking.kind][0 if opens_it else 1]
            yield Step(project.place(module, source.span), message)
        too = "" if chain is worst else " too"
        yield Step(project.place(module, chain.sink.span), f"{blocking.title} waits here{too}")


RULE = Rule(
    "LG103", "blocking-call-on-loop", Severity.WARNING, Hop.NODE, __doc__ or "", check, "sometimes"
)
