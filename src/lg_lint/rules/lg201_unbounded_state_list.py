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

from msgspec import Struct

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Channel, Graph, ReducerKind
from lg_lint.model.graph_analysis import cycles, growth_bounds
from lg_lint.model.graph_analysis.state_updates import Write, of_graph
from lg_lint.model.project import Project
from lg_lint.model.state_flow.function_summary import PREVIOUS
from lg_lint.model.state_flow.lattice import Content
from lg_lint.program.site import Site
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import (
    duration_steps,
    node_step,
    old_value,
    saver_confidence,
    setting_confidence,
    streamed_modes,
    weaker,
)

_GROWING = ("list", "dict", "str", "set")


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding a key of a graph; of several graphs at one place the worst."""
    found: dict[tuple[object, ...], Finding] = {}
    for graph in project.graphs:
        growths: dict[str, list[_Growth]] = {}
        for write in of_graph(project.program, graph).writes():
            growth = _growth(project, graph, write)
            if growth is not None:
                growths.setdefault(growth.key, []).append(growth)
        for key, several in growths.items():
            several.sort(key=lambda item: (item.cycle is None, item.confidence.rank))
            finding = _finding(rule, project, graph, several)
            known = found.get((finding.place, key))
            if known is None or finding.severity.rank < known.severity.rank:
                found[finding.place, key] = finding
    yield from found.values()


class _Growth(Struct, frozen=True):
    """A write that lets its key grow, and the cycle that its node stands in."""

    write: Write
    cycle: list[str] | None
    confidence: Confidence

    @property
    def key(self) -> str:
        return self.write.update.key


def _keeps_last(graph: Graph, key: str) -> bool:
    channel = graph.channels.get(key)
    if graph.kind == "entrypoint":
        return key == PREVIOUS
    return channel is not None and channel.reducer.kind in (
        ReducerKind.LAST_VALUE,
        ReducerKind.REPLACE,
    )


def _grows(graph: Graph, write: Write) -> bool:
    content, key = write.update.content, write.update.key
    if key not in content.keys or not content.grown or content.bounded:
        return False
    if content.partial:
        return False
    return _shape(graph.channels.get(key), content) in _GROWING


def _shape(channel: Channel | None, content: Content) -> str:
    return (channel.shape if channel is not None else "") or content.shape


def _growth(project: Project, graph: Graph, write: Write) -> _Growth | None:
    program, key = project.program, write.update.key
    if not (write.node and _keeps_last(graph, key) and _grows(graph, write)):
        return None
    cycle = cycles.endless_cycle(program, graph, write.node)
    if cycle is not None and cycles.is_last(program, graph, write):
        cycle = None
    if cycle is None and graph.durable is None:
        return None
    if _is_limited_elsewhere(project, graph, write, cycle) or growth_bounds.is_renewed(
        program, graph, key, write.node
    ):
        return None
    return _Growth(write, cycle, _confidence(project, graph, write, cycle))


def _finding(rule: Rule, project: Project, graph: Graph, growths: list[_Growth]) -> Finding:
    update, cycle = growths[0].write.update, growths[0].cycle
    what = {"str": "string"}.get(
        kind := _shape(graph.channels.get(update.key), update.content), kind
    )
    channel = graph.channels.get(update.key)
    old = old_value(project, channel) if channel is not None else update.key
    limited = cycle is not None and cycles.has_limit(project.program, graph, growths[0].write.node)
    streams = bool(streamed_modes(project, graph) & {"updates", "values"})
    return rule.finding(
        project.at(update.written),
        f"{_seen(graph, cycle, streams=streams)}: the {what} {update.key!r} grows each time, and "
        f"{'only the limit that a turn is given' if limited else 'nothing'} bounds it",
        trace=_trace(project, graph, growths),
        help=_help(what, old),
        severity=Severity.ERROR if cycle and not limited and streams else None,
        confidence=growths[0].confidence,
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


def _is_limited_elsewhere(
    project: Project, graph: Graph, write: Write, cycle: list[str] | None
) -> bool:
    """Another way out, or another node, writes the key back shorter.

    For one run alone that node has to stand on each way round.
    """
    key = write.update.key
    alone = cycle is not None and graph.durable is None
    return any(
        other.update.key == key
        and key in other.update.content.keys
        and (other.update.content.bounded or other.update.content.partial)
        and not other.update.content.unique
        and not (alone and cycles.goes_round(graph, write.node, other.node))
        for other in of_graph(project.program, graph).writes(key)
    )


def _confidence(
    project: Project, graph: Graph, write: Write, cycle: list[str] | None
) -> Confidence:
    key, content = write.update.key, write.update.content
    levels = [Confidence.HIGH]
    if content.unique or _shape(graph.channels.get(key), content) == "dict":
        levels.append(Confidence.MEDIUM)
    if any(key not in other.content.keys for other in write.function.updates if other.key == key):
        levels.append(Confidence.LOW)
    if cycle is None:
        assert graph.durable is not None
        levels.append(saver_confidence(graph.durable))
        others = growth_bounds.fresh_writers(project.program, graph, key, always=False) - {
            write.node
        }
        if others or growth_bounds.is_deleted(project.program, graph):
            levels.append(Confidence.LOW)
    elif graph.durable is None and not cycles.is_known_cycle(graph, write.node):
        levels.append(Confidence.LOW)
    elif cycles.has_limit(project.program, graph, write.node):
        levels.append(Confidence.MEDIUM)
    return weaker(*levels, setting_confidence(project, graph))


def _trace(project: Project, graph: Graph, growths: list[_Growth]) -> Iterator[Step]:
    growth, *others = growths
    update = growth.write.update
    read = update.content.read_of(update.key)
    if read is not None:
        yield project.step(read, f"reads the old {update.key}")
    for site in _other_places(update.written, update.content.grown):
        yield project.step(site, "adds to it")
    for site in _other_places(update.written, [other.write.update.written for other in others]):
        yield project.step(site, "and here it grows")
    yield node_step(project, graph, graph.nodes[growth.write.node])
    yield from duration_steps(project, graph, growth.cycle)


def _other_places(main: Site, sites: Iterable[Site]) -> list[Site]:
    """The places that are not the main one, each once."""
    places = {(site.path, site.span): site for site in sites}
    places.pop((main.path, main.span), None)
    return list(places.values())


RULE = Rule("LG201", "unbounded-state-list", Severity.WARNING, Hop.NODE, __doc__ or "", check)
