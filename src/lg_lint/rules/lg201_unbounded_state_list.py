"""Unbounded list in state

## What it does
Finds a key without a reducer that a node reads, adds to and writes back: a list, dict, string or
set that is one item longer after each step. It counts where the node can run again on the same
state: in a cycle, or on a thread that a checkpointer keeps. A slice on the written value, a check
of its length, `deque(maxlen=...)`, clearing in place, an `UntrackedValue` channel, or a node that
starts the key anew in each run bound it.

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

from collections.abc import Iterator

from lg_lint.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Channel, Graph, ReducerKind
from lg_lint.model.project import Project
from lg_lint.model.reachability import is_built
from lg_lint.model.updates import PREVIOUS, Content, Write, bounds, of_graph
from lg_lint.rules.growth import duration_steps, node_step, saver_confidence, weaker
from lg_lint.rules.rule import Rule

_GROWING = ("list", "dict", "str", "set")
_STREAMS = ("stream", "astream")


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    for graph in project.graphs:
        for write in of_graph(project.program, graph).writes():
            if write.node and _keeps_last(graph, write.update.key) and _grows(graph, write):
                found = _finding(rule, project, graph, write)
                if found is not None:
                    yield found


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


def _finding(rule: Rule, project: Project, graph: Graph, write: Write) -> Finding | None:
    program, update = project.program, write.update
    cycle = bounds.endless_cycle(program, graph, write.node)
    if cycle is None and graph.saver is None:
        return None
    if _is_limited_elsewhere(project, graph, write) or bounds.is_renewed(
        program, graph, update.key, write.node
    ):
        return None
    confidence = _confidence(project, graph, write, cycle)
    what = {"str": "string"}.get(
        kind := _shape(graph.channels.get(update.key), update.content), kind
    )
    where = "in each round of its cycle" if cycle is not None else "with each turn of a thread"
    return rule.finding(
        project.at(update.written),
        f"the {what} {update.key!r} grows {where} and nothing bounds it: "
        f"each update streams it whole",
        trace=_trace(project, graph, write, cycle),
        help=f"keep the last items, such as state[{update.key!r}][-20:], before adding",
        severity=Severity.ERROR if cycle is not None and _streams_values(graph) else None,
        confidence=confidence,
    )


def _is_limited_elsewhere(project: Project, graph: Graph, write: Write) -> bool:
    """Another way out, or another node, writes the key back shorter."""
    key = write.update.key
    return any(
        other.update.key == key
        and key in other.update.content.keys
        and (other.update.content.bounded or other.update.content.partial)
        and not other.update.content.unique
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
        assert graph.saver is not None
        levels.append(saver_confidence(graph.saver))
        others = bounds.fresh_writers(project.program, graph, key, always=False) - {write.node}
        if others or bounds.is_deleted(project.program, graph):
            levels.append(Confidence.LOW)
    elif graph.saver is None and not bounds.is_known_cycle(graph, write.node):
        levels.append(Confidence.LOW)
    if not is_built(project, graph):
        levels.append(Confidence.MEDIUM)
    return weaker(*levels)


def _trace(project: Project, graph: Graph, write: Write, cycle: list[str] | None) -> Iterator[Step]:
    update = write.update
    read = update.content.read_of(update.key)
    if read is not None:
        yield project.step(read, f"reads the old {update.key}")
    for site in update.content.grown[:3]:
        if site.span != update.written.span:
            yield project.step(site, "adds to it")
    yield node_step(project, graph, graph.nodes[write.node])
    yield from duration_steps(project, graph, cycle)


def _streams_values(graph: Graph) -> bool:
    """Whether a run streams whole values or updates, the default."""
    for run in graph.runs:
        if run.method in _STREAMS:
            mode = run.call.argument("stream_mode")
            if mode is None or getattr(mode, "value", "") in ("values", "updates"):
                return True
    return False


RULE = Rule("LG201", "unbounded-state-list", Severity.WARNING, Hop.NODE, __doc__ or "", check)
