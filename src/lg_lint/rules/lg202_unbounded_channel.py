"""Accumulating channel that nothing trims

## What it does
Finds a channel whose reducer adds what nodes write (`add_messages`, `operator.add`, an own
function that concatenates), that a node writes, and that nothing shortens: no RemoveMessage, no
Overwrite, no SummarizationMiddleware, no `del` or `clear()` in place, no reducer with a cap, no
reset at the start of a run. It counts on a thread that a checkpointer keeps; where each run has a
new id, such as `str(uuid4())`, there is none. For one run alone it is an info, where the writer
stands in a cycle that no counter ends; the loop of an agent and its tools is left alone there.
Slicing the messages for the model's prompt shortens nothing.

## Why it cuts the stream
Every turn of a conversation (a thread) adds to what is loaded, stored, perhaps sent to the model
and, in stream mode `values`, to the client. The checkpointer serialises all of it on the event
loop at each step, and other streams wait meanwhile. A reducer is the function beside the type in
`Annotated[list, operator.add]`: it makes one value of the old one and of what a node returns.

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

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Channel, Graph, ReducerKind
from lg_lint.model.graph_analysis import cycles, growth_bounds
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.project import Project
from lg_lint.program.site import Site
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import (
    duration_steps,
    is_left,
    old_value,
    saver_confidence,
    setting_confidence,
    streamed_modes,
    weaker,
)


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
    if not writers or growth_bounds.is_trimmed(program, graph, key):
        return None
    lasting = [name for name, (_, ends) in writers.items() if not ends]
    ways = [cycles.endless_cycle(program, graph, name) for name in lasting]
    cycle = next((names for names in ways if names is not None), None)
    if graph.kind == "agent":
        cycle = None
    if graph.durable is None and (cycle is None or _ends_by_itself(graph, channel, cycle)):
        return None
    return _Growth({name: site for name, (site, _) in writers.items()}, cycle)


def _ends_by_itself(graph: Graph, channel: Channel, cycle: list[str]) -> bool:
    """Whether it is a loop of an agent and its tools, which the model or a router leaves."""
    tools = any(graph.nodes[name].runs_tools for name in cycle)
    return tools and _is_messages(channel) and is_left(graph, cycle)


def _is_messages(channel: Channel) -> bool:
    return channel.reducer.kind is ReducerKind.ADD_MESSAGES


def _writers(project: Project, graph: Graph, key: str) -> dict[str, tuple[Site, bool]]:
    """The nodes that add to a channel: where, and whether only on their way to the end."""
    found: dict[str, tuple[Site, bool]] = {}
    for write in of_graph(project.program, graph).writes(key):
        content = write.update.content
        if not content.empty and not content.clears:
            site, ends = found.get(write.node, (write.update.key_site, True))
            found[write.node] = (site, ends and cycles.is_last(project.program, graph, write))
    if key == "messages":
        for name in growth_bounds.message_writers(graph):
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
    levels = [Confidence.HIGH]
    if graph.durable is not None and growth.cycle is None:
        levels.append(saver_confidence(graph.durable))
        if growth_bounds.is_deleted(project.program, graph):
            levels.append(Confidence.LOW)
    if channel.reducer.dedupes:
        levels.append(Confidence.MEDIUM)
    levels += [setting_confidence(project, graph), _certainty(project, graph)]
    in_run = growth.cycle is not None and graph.durable is None
    if in_run and not any(cycles.is_known_cycle(graph, name) for name in growth.writers):
        levels.append(Confidence.LOW)
    return rule.finding(
        project.at(channel.site),
        _message(project, graph, channel),
        trace=_trace(project, graph, growth),
        help=_help(project, graph, channel),
        severity=_severity(graph, channel, growth),
        confidence=weaker(*levels),
    )


def _severity(graph: Graph, channel: Channel, growth: _Growth) -> Severity | None:
    """What grows for one run alone is never worse than what a thread keeps."""
    if _is_messages(channel):
        return Severity.INFO
    if graph.durable is None and growth.cycle is not None and is_left(graph, growth.cycle):
        return Severity.INFO
    return None


def _message(project: Project, graph: Graph, channel: Channel) -> str:
    key = f"{channel.key!r} of {graph.name}"
    if graph.durable is None:
        seen = "each round of a cycle leaves a run with more to hold"
    else:
        seen = "each turn of a conversation stores more than the one before"
    more = ""
    if graph.kind == "agent" and _is_messages(channel):
        more = ", and the model's prompt is as long"
    elif "values" in streamed_modes(project, graph):
        more = ", and every `values` chunk carries all of it"
    return f"{seen}: {key} keeps all that was ever added, nothing takes old items out{more}"


def _help(project: Project, graph: Graph, channel: Channel) -> str:
    if _is_messages(channel):
        if graph.kind == "agent":
            return "give the agent SummarizationMiddleware, or a hook that returns RemoveMessage"
        return (
            "add a node that returns RemoveMessage for the old ones; to return a slice takes "
            "nothing out, as add_messages only adds and replaces"
        )
    if project.versions.has("overwrite", channel.site.path):
        kept = f"{old_value(project, channel)}[-20:]"
        added = f"{{{channel.key!r}: Overwrite({kept})}}"
        return f"add a node that returns {added}, or give the key a reducer that cuts"
    return "give the key a function as its reducer that adds and then cuts"


def _certainty(project: Project, graph: Graph) -> Confidence:
    """Middleware that is not seen may trim."""
    hooks_known = of_graph(project.program, graph).hooks_known
    return Confidence.HIGH if hooks_known or graph.kind != "agent" else Confidence.LOW


def _trace(project: Project, graph: Graph, growth: _Growth) -> Iterator[Step]:
    for name, site in growth.writers.items():
        yield project.step(site, f"node {name} writes it")
    yield from duration_steps(project, graph, growth.cycle)


RULE = Rule("LG202", "unbounded-channel", Severity.WARNING, Hop.GRAPH, __doc__ or "", check)
