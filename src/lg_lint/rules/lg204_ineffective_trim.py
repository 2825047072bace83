"""Trim that removes nothing

## What it does
Finds a slice, `trim_messages`, `filter_messages` or a filtered list of the old messages that a
node or hook returns to an `add_messages` channel. The reducer merges by id: what is not returned
stays. It counts with and without a checkpointer, and in every position of a returned update.

## Why it cuts the stream
The list that was meant to stay short keeps growing, and with it every checkpoint and every chunk
in mode `values`.

## What is seen
- slower with every message: though the code looks as if it trimmed the messages

## Example
```python
class State(TypedDict):
    messages: Annotated[list, add_messages]

def trim(state: State) -> dict:
    return {"messages": state["messages"][-5:]}
```

## Use instead
```python
class State(TypedDict):
    messages: Annotated[list, add_messages]

def trim(state: State) -> dict:
    old = state["messages"][:-5]
    return {"messages": [RemoveMessage(id=message.id) for message in old]}
```
Or `[RemoveMessage(id=REMOVE_ALL_MESSAGES), *kept]`, or since LangGraph 1.0.2 `Overwrite(kept)`.

## When to ignore
Never: the trim has no effect.

## Fix safety
No fix.

## Evidence
[Measured](../evidence.md#lg204): after 30 steps that return the last 5 messages and a new one, the
channel holds 30; with RemoveMessage it holds 5.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.facts import tree as t
from lg_lint.model.graph import Channel, Graph
from lg_lint.model.graph_analysis.growth_bounds import ineffective_trims
from lg_lint.model.graph_analysis.state_updates import Write
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import field_step, node_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each write that trims a channel whose reducer only adds."""
    for graph in project.graphs:
        for channel, write in ineffective_trims(project.program, graph):
            yield _finding(rule, project, graph, channel, write)


def _finding(rule: Rule, project: Project, graph: Graph, channel: Channel, write: Write) -> Finding:
    update = write.update
    filtered = all(isinstance(site.node, t.Comprehension) for site in update.content.trimmed)
    return rule.finding(
        project.at(update.key_site),
        f"the old messages stay: a shorter {channel.key!r} is returned, and its reducer, which "
        "merges by message id, takes nothing out",
        trace=_trace(project, graph, channel, write),
        help="return RemoveMessage(id=...) for the old messages"
        + (
            ", or Overwrite(kept)"
            if project.versions.has("overwrite", update.key_site.path)
            else ""
        ),
        confidence=Confidence.MEDIUM if filtered else Confidence.HIGH,
    )


def _trace(project: Project, graph: Graph, channel: Channel, write: Write) -> Iterator[Step]:
    for site in write.update.content.trimmed[:2]:
        yield project.step(site, "cuts the list")
    yield field_step(project, channel)
    if write.node:
        yield node_step(project, graph, graph.nodes[write.node])


RULE = Rule(
    code="LG204",
    name="ineffective-trim",
    severity=Severity.WARNING,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
