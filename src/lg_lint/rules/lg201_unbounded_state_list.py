"""Unbounded list in state

## What it does
Finds a key without a reducer that a node reads, adds to and writes back: a list, dict, string or
set that is one item longer after each step. It counts where the node can run again on the same
state: in a cycle, or on a thread that a checkpointer keeps (a new thread id for each run makes
none). A slice on the written value, a check of its length, `deque(maxlen=...)`, clearing in place,
an `UntrackedValue` channel, or a node that starts the key anew in each run bound it; so does a
counter that ends the cycle, where every way round passes it. One finding tells of a key, with all
places that let it grow in its trace.

## Why it cuts the stream
In stream mode `updates` the node's update is the whole list, so what goes over the wire grows with
the square of the steps, and so does what the checkpointer stores. Chunks grow until a proxy, a
browser or the reader gives up.

## What is seen
- slower with every message: each update carries the whole list once more

## Example
```python
def answer(state: State) -> dict:
    history = state.get("history", [])
    history.append(state["question"])
    return {"history": history}
```

## Use instead
```python
def answer(state: State) -> dict:
    history = state.get("history", [])[-20:]
    history.append(state["question"])
    return {"history": history}
```
Or give the key a reducer, and return only what is new.

## When to ignore
Where something outside the project limits the number of turns on a thread.

## Fix safety
No fix: how many items to keep is a decision about the product.

## Evidence
[Measured](../evidence.md#lg201): after 1,000 steps of 1 KB items the last chunk of `updates` has
1,038 KB and all chunks together 519 MB; with `operator.add` they have 1.1 KB and 1.1 MB.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis.growing_values import ValueGrowth, growing_values
from lg_lint.model.langgraph.runs import stream_modes
from lg_lint.model.project import Project
from lg_lint.program.site import Site
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import (
    duration_steps,
    node_step,
    old_value,
    saver_confidence,
    setting_confidence,
    weaker,
)


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding a key of a graph; of several graphs at one place the worst."""
    found: dict[tuple[object, ...], Finding] = {}
    for graph in project.graphs:
        for growths in growing_values(project.program, graph):
            finding = _finding(rule, project, graph, growths)
            place = (finding.place, growths[0].key)
            known = found.get(place)
            if known is None or finding.severity.rank < known.severity.rank:
                found[place] = finding
    yield from found.values()


def _finding(rule: Rule, project: Project, graph: Graph, growths: list[ValueGrowth]) -> Finding:
    """One finding for all writes that let a key grow, told at the surest of them."""

    def order(growth: ValueGrowth) -> tuple[bool, int]:
        return growth.cycle is None, _confidence(project, graph, growth).rank

    first, *others = sorted(growths, key=order)
    update = first.write.update
    what = "string" if first.shape == "str" else first.shape
    channel = graph.channels.get(update.key)
    old = old_value(project, channel) if channel is not None else update.key
    streams = bool(stream_modes(project.program, graph) & {"updates", "values"})
    endless = first.cycle and not first.limited and streams
    return rule.finding(
        project.at(update.written),
        f"{_seen(graph, first.cycle, streams=streams)}: the {what} {update.key!r} grows each time, "
        f"and {'only the limit that a turn is given' if first.limited else 'nothing'} bounds it",
        trace=_trace(project, graph, first, others),
        help=_help(what, old),
        severity=Severity.ERROR if endless else None,
        confidence=_confidence(project, graph, first),
    )


def _seen(graph: Graph, cycle: list[str] | None, *, streams: bool) -> str:
    """What a user of the application sees of it."""
    time = "round of its cycle" if cycle is not None else "turn of a conversation"
    if streams:
        return f"each {time} sends the client more than the one before"
    if graph.durable is not None:
        return f"each {time} stores more than the one before"
    return f"each {time} leaves the run with more to hold"


def _help(what: str, old: str) -> str:
    if what in ("list", "string"):
        return f"add to {old}[-20:] here, or to as many of the last as are needed"
    return f"take old entries out of a copy of {old} here before a new one goes in"


def _confidence(project: Project, graph: Graph, growth: ValueGrowth) -> Confidence:
    levels = [Confidence.HIGH]
    if growth.write.update.content.unique or growth.shape == "dict" or growth.limited:
        levels.append(Confidence.MEDIUM)
    if growth.doubtful:
        levels.append(Confidence.LOW)
    if growth.cycle is None and graph.durable is not None:
        levels.append(saver_confidence(graph.durable))
    return weaker(*levels, setting_confidence(project, graph))


def _trace(
    project: Project, graph: Graph, first: ValueGrowth, others: list[ValueGrowth]
) -> Iterator[Step]:
    update = first.write.update
    read = update.content.read_of(update.key)
    if read is not None:
        yield project.step(read, f"reads the old {update.key}")
    for site in _other_places(update.written, update.content.grown):
        yield project.step(site, "adds to it")
    for site in _other_places(update.written, [other.write.update.written for other in others]):
        yield project.step(site, "and here it grows")
    yield node_step(project, graph, graph.nodes[first.write.node])
    yield from duration_steps(project, graph, first.cycle)


def _other_places(main: Site, sites: Iterable[Site]) -> list[Site]:
    """The places that are not the main one, each once."""
    places = {(site.path, site.span): site for site in sites}
    places.pop((main.path, main.span), None)
    return list(places.values())


RULE = Rule(
    code="LG201",
    name="unbounded-state-list",
    severity=Severity.WARNING,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
