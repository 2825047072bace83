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

## What is seen
- slower with every message: each turn adds to what is loaded, stored and sent to the model

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

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis.growing_channels import ChannelGrowth, growing_channels
from lg_lint.model.graph_analysis.supersteps import is_left
from lg_lint.model.langgraph.runs import stream_modes
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import (
    duration_steps,
    old_value,
    saver_confidence,
    setting_confidence,
    weaker,
)


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding a channel; of several graphs that share it the worst."""
    found: dict[Place, Finding] = {}
    for graph in project.graphs:
        for growth in growing_channels(project.program, graph):
            finding = _finding(rule, project, graph, growth)
            known = found.get(finding.place)
            if known is None or finding.severity.rank < known.severity.rank:
                found[finding.place] = finding
    yield from found.values()


def _finding(rule: Rule, project: Project, graph: Graph, growth: ChannelGrowth) -> Finding:
    levels = [Confidence.HIGH, setting_confidence(project, graph)]
    if graph.durable is not None and growth.cycle is None:
        levels.append(saver_confidence(graph.durable))
    if growth.channel.reducer.dedupes:
        levels.append(Confidence.MEDIUM)
    if growth.doubtful:
        levels.append(Confidence.LOW)
    return rule.finding(
        project.at(growth.channel.site),
        _message(project, graph, growth),
        trace=_trace(project, graph, growth),
        help=_help(project, graph, growth),
        severity=_severity(graph, growth),
        confidence=weaker(*levels),
    )


def _severity(graph: Graph, growth: ChannelGrowth) -> Severity | None:
    """What grows for one run alone is never worse than what a thread keeps."""
    if growth.of_messages:
        return Severity.INFO
    if graph.durable is None and growth.cycle is not None and is_left(graph, growth.cycle):
        return Severity.INFO
    return None


def _message(project: Project, graph: Graph, growth: ChannelGrowth) -> str:
    key = f"{growth.channel.key!r} of {graph.name}"
    if graph.durable is None:
        seen = "each round of a cycle leaves a run with more to hold"
    else:
        seen = "each turn of a conversation stores more than the one before"
    more = ""
    if graph.kind == "agent" and growth.of_messages:
        more = ", and the model's prompt is as long"
    elif "values" in stream_modes(project.program, graph):
        more = ", and every `values` chunk carries all of it"
    return f"{seen}: {key} keeps all that was ever added, nothing takes old items out{more}"


def _help(project: Project, graph: Graph, growth: ChannelGrowth) -> str:
    channel = growth.channel
    if growth.of_messages:
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


def _trace(project: Project, graph: Graph, growth: ChannelGrowth) -> Iterator[Step]:
    for name, site in growth.writers.items():
        yield project.step(site, f"node {name} writes it")
    yield from duration_steps(project, graph, growth.cycle)


RULE = Rule(
    code="LG202",
    name="unbounded-channel",
    severity=Severity.WARNING,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
