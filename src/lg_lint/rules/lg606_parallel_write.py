"""Two nodes of one superstep that write a key which takes one value

## What it does
Finds nodes that run side by side, after a fork of plain edges, and that return the same key, where
the key has no reducer; several Sends of one router to a node that writes such a key; and nodes
added in a loop that all hang on one node. A compiled graph as a node returns every key that it
shares with the graph around it, changed or not, as far as its output schema has the key and
something has set it.

## Why it cuts the stream
LangGraph raises InvalidUpdateError, "Can receive only one value per step", when both have run: the
stream breaks off at the end of that step, after the work was done and paid for.

## What is seen
- breaks off with an error: InvalidUpdateError, "Can receive only one value per step"

## Example
```python
class State(TypedDict):
    result: str

def search(state: State) -> dict:
    return {"result": "found on the web"}

def look_up(state: State) -> dict:
    return {"result": "found in the files"}

builder.add_edge(START, "search")
builder.add_edge(START, "look_up")
```

## Use instead
```python
class State(TypedDict):
    results: Annotated[list[str], operator.add]

def search(state: State) -> dict:
    return {"results": ["found on the web"]}

def look_up(state: State) -> dict:
    return {"results": ["found in the files"]}

builder.add_edge(START, "search")
builder.add_edge(START, "look_up")
```

## When to ignore
Where conditions that lg-lint does not see keep one of them from writing.

## Fix safety
No fix: how two values become one is a decision about the state.

## Evidence
[Measured](../evidence.md#lg606): the stream sends the updates of both nodes, then breaks with
InvalidUpdateError.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis.parallel_writes import (
    RepeatedNode,
    WritingPair,
    repeated_nodes,
    writing_pairs,
)
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import field_step, weaker
from lg_lint.rules.telling.wiring import confidence, edge_step, listed, shown

_GIVES_BACK = " (a compiled graph gives back each key that it shares, changed or not)"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each key that two nodes of a superstep write, or one that runs twice."""
    for graph in project.graphs:
        if graph.kind != "state":
            continue
        for pairs in writing_pairs(project.program, graph) if graph.complete else ():
            yield _pair_finding(rule, project, graph, pairs)
        for repeated in repeated_nodes(project.program, graph):
            yield _repeated_finding(rule, project, graph, repeated)


def _pair_finding(rule: Rule, project: Project, graph: Graph, pairs: list[WritingPair]) -> Finding:
    pair = pairs[0]
    key = max(pair.writes, key=lambda each: all(write.always for write in pair.writes[each]))
    _, second = pair.writes[key]
    names = list(dict.fromkeys(name for each in pairs for name in each.names))
    who = f"{', '.join(map(shown, names[:-1]))} and {shown(names[-1])}"
    keys = dict.fromkeys(key for each in pairs for key in each.writes)
    number = "both" if len(names) == 2 else "all"
    certain = all(write.always for write in pair.writes[key])
    return rule.finding(
        project.at(second.site),
        f"the run breaks off with InvalidUpdateError: {who} of {graph.name} run side by side and "
        f"{number} write {listed(keys)}, where no reducer makes one value of several"
        + (_GIVES_BACK if any(write.subgraph for write in pair.writes[key]) else ""),
        trace=[*_trace(project, graph, pair, key), *_further(project, pairs[1:])],
        help=f"give {key!r} a reducer, such as Annotated[list, operator.add], or a key to each",
        confidence=weaker(
            Confidence.HIGH if certain else Confidence.MEDIUM, confidence(project, graph)
        ),
    )


def _trace(project: Project, graph: Graph, pair: WritingPair, key: str) -> Iterator[Step]:
    for edge in pair.together.edges[:3]:
        yield edge_step(project, edge)
    yield project.step(pair.writes[key][0].site, f"{pair.names[0]} writes {key!r} as well")
    yield field_step(project, graph.channels[key])


def _further(project: Project, pairs: list[WritingPair]) -> Iterator[Step]:
    """Where still other nodes write what the first two do."""
    for pair in pairs:
        key, (_, write) = next(iter(pair.writes.items()))
        yield project.step(write.site, f"{pair.names[1]} writes {key!r} as well")


def _repeated_finding(
    rule: Rule, project: Project, graph: Graph, repeated: RepeatedNode
) -> Finding:
    edge, writes = repeated.edge, repeated.writes
    how = "several Sends start" if edge.kind == "send" else "a loop adds several nodes like"
    key, write = next(iter(writes.items()))
    return rule.finding(
        project.at(write.site),
        f"the run breaks off with InvalidUpdateError: {how} {shown(edge.target)} of {graph.name} "
        f"side by side, and each writes {listed(writes)}, where no reducer makes one value of two",
        trace=[edge_step(project, edge), field_step(project, graph.channels[key])],
        help=f"give {key!r} a reducer, such as Annotated[list, operator.add]",
        confidence=weaker(
            Confidence.MEDIUM if edge.kind != "send" else Confidence.HIGH,
            confidence(project, graph),
        ),
    )


RULE = Rule(
    code="LG606",
    name="parallel-write",
    severity=Severity.ERROR,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
