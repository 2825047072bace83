"""Accumulating channel that nothing trims

## What it does
Finds a channel whose reducer adds what nodes write (`add_messages`, `operator.add`, an own
function that concatenates), that a node writes, and that nothing shortens: no RemoveMessage, no
Overwrite, no SummarizationMiddleware, no `del` or `clear()` in place, no reducer with a cap, no
reset at the start of a run. It counts on a thread that a checkpointer keeps, or where the writer
stands in a cycle that no counter ends. Slicing the messages for the model's prompt shortens
nothing.

## Why it cuts the stream
Every turn adds to what is loaded, stored and, in stream mode `values`, sent. The checkpointer
serialises all of it on the event loop at each step, and other streams wait meanwhile.

## Example
```python
class State(TypedDict):
    notes: Annotated[list[str], operator.add]

def answer(state: State) -> dict:
    return {"notes": [state["question"]]}

graph = builder.compile(checkpointer=saver)
```

## Use instead
```python
class State(TypedDict):
    notes: Annotated[list[str], operator.add]

def answer(state: State) -> dict:
    return {"notes": [state["question"]]}

def trim(state: State) -> dict:
    return {"notes": Overwrite(state["notes"][-20:])}

graph = builder.compile(checkpointer=saver)
```
For messages: RemoveMessage for the old ones, or SummarizationMiddleware. Before LangGraph 1.0.2,
which has no Overwrite: a reducer with a cap.

## When to ignore
Where threads are short, or deleted by something outside the project.

## Fix safety
No fix: how many items to keep is a decision about the product.

## Evidence
[Measured](../evidence.md#lg202): create_agent with a saver holds 2, 4, 6 ... 24 messages after 12
turns; with RemoveMessage, Overwrite or SummarizationMiddleware the number stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Channel, Graph, ReducerKind, Site
from lg_lint.model.project import Project
from lg_lint.model.updates import bounds, of_graph
from lg_lint.rules.growth import (
    duration_steps,
    is_streamed,
    old_value,
    saver_confidence,
    setting_confidence,
    weaker,
)
from lg_lint.rules.rule import Rule


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    found: dict[tuple[object, ...], Finding] = {}
    for graph in project.graphs:
        for channel in graph.channels.values():
            growth = _growth(project, graph, channel)
            if growth is None:
                continue
            finding = _finding(rule, project, graph, channel, growth)
            known = found.get((finding.place,))
            if known is None or finding.severity.rank < known.severity.rank:
                found[(finding.place,)] = finding
    yield from found.values()


class _Growth(Struct, frozen=True):
    """The nodes that write a channel, and the cycle that one of them stands in."""

    writers: dict[str, Site]
    cycle: list[str] | None


def _growth(project: Project, graph: Graph, channel: Channel) -> _Growth | None:
    program, key = project.program, channel.key
    if not channel.reducer.accumulates:
        return None
    writers = _writers(project, graph, key)
    if not writers or bounds.is_trimmed(program, graph, key):
        return None
    lasting = [name for name, (_, ends) in writers.items() if not ends]
    cycles = [bounds.endless_cycle(program, graph, name) for name in lasting]
    cycle = next((names for names in cycles if names is not None), None)
    if graph.kind == "agent":
        cycle = None
    if cycle is None and graph.saver is None:
        return None
    return _Growth({name: site for name, (site, _) in writers.items()}, cycle)


def _writers(project: Project, graph: Graph, key: str) -> dict[str, tuple[Site, bool]]:
    """The nodes that add to a channel: where, and whether only on their way to the end."""
    found: dict[str, tuple[Site, bool]] = {}
    for write in of_graph(project.program, graph).writes(key):
        content = write.update.content
        if not content.empty and not content.clears:
            site, ends = found.get(write.node, (write.update.key_site, True))
            found[write.node] = (site, ends and bounds.is_last(project.program, graph, write))
    if key == "messages":
        for name in bounds.message_writers(graph):
            found[name] = (graph.nodes[name].site, False)
    for name, node in graph.nodes.items():
        inner = node.subgraph
        if inner is None or inner is graph or key not in inner.channels:
            continue
        if inner.kind == "agent" or any(of_graph(project.program, inner).writes(key)):
            found[name] = (node.site, False)
    found.pop("", None)
    return found


def _finding(
    rule: Rule, project: Project, graph: Graph, channel: Channel, growth: _Growth
) -> Finding:
    messages = channel.reducer.kind is ReducerKind.ADD_MESSAGES
    levels = [Confidence.HIGH]
    if graph.saver is not None and growth.cycle is None:
        levels.append(saver_confidence(graph.saver))
        if bounds.is_deleted(project.program, graph):
            levels.append(Confidence.LOW)
    if channel.reducer.dedupes:
        levels.append(Confidence.MEDIUM)
    levels += [setting_confidence(project, graph), _certainty(project, graph)]
    in_run = growth.cycle is not None and graph.saver is None
    if in_run and not any(bounds.is_known_cycle(graph, name) for name in growth.writers):
        levels.append(Confidence.LOW)
    where = "with each turn of a thread" if graph.saver is not None else "in each round of a cycle"
    return rule.finding(
        project.at(channel.site),
        f"channel {channel.key!r} of {graph.name} grows {where} and nothing trims it: "
        f"{_cost(graph)} all of it",
        trace=_trace(project, graph, growth),
        help=_help(project, channel),
        severity=Severity.INFO if messages and graph.saver is not None else None,
        confidence=weaker(*levels),
    )


def _cost(graph: Graph) -> str:
    """What is done with the channel, as far as something is."""
    if not is_streamed(graph):
        return "every step holds" if graph.saver is None else "every step stores"
    stores = "every step stores and " if graph.saver is not None else ""
    return f"{stores}every `values` chunk carries"


def _help(project: Project, channel: Channel) -> str:
    if channel.reducer.kind is ReducerKind.ADD_MESSAGES:
        return (
            "remove old messages with RemoveMessage or SummarizationMiddleware; a slice does not "
            "shorten an add_messages channel"
        )
    if project.versions.has("overwrite", channel.site.path):
        kept = f"{old_value(project, channel)}[-20:]"
        return f"replace it with Overwrite({kept}) or a reducer with a cap"
    return "give it a reducer with a cap"


def _certainty(project: Project, graph: Graph) -> Confidence:
    """Middleware that is not seen may trim."""
    hooks_known = of_graph(project.program, graph).hooks_known
    return Confidence.HIGH if hooks_known or graph.kind != "agent" else Confidence.LOW


def _trace(project: Project, graph: Graph, growth: _Growth) -> Iterator[Step]:
    for name, site in growth.writers.items():
        yield project.step(site, f"node {name} writes it")
    yield from duration_steps(project, graph, growth.cycle)


RULE = Rule("LG202", "unbounded-channel", Severity.WARNING, Hop.GRAPH, __doc__ or "", check)
