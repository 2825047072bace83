"""Old items returned to a reducer that adds them again

## What it does
Finds nodes that return the old value of a key, alone, grown, sliced, filtered, or with the whole
state, to a reducer that concatenates: `operator.add`, an own `a + b`, `a.extend(b)`, `[*a, *b]`.
Number keys with `operator.add` count with `{**state}` and `return state`. A compiled subgraph as a
node returns its whole shared key and counts too, where another node or an earlier turn of the
thread has filled it. `add_messages` replaces what has the same id, and
reducers that leave out what is there already are unharmed.

## Why it cuts the stream
The channel doubles with each step: 1, 3, 7, 15 ... 511 items after 8 steps. Chunks in mode `values`
double as well, until the client or a proxy gives up.

## What is seen
- slower with every message: the list doubles at each step
- work is done twice: messages stand in the history twice, then four times

## Example
```python
class State(TypedDict):
    notes: Annotated[list[str], operator.add]

def answer(state: State) -> dict:
    return {"notes": state["notes"] + ["new"]}
```

## Use instead
```python
class State(TypedDict):
    notes: Annotated[list[str], operator.add]

def answer(state: State) -> dict:
    return {"notes": ["new"]}
```

## When to ignore
Where the doubling is wanted.

## Fix safety
Safe for `{"k": state["k"] + [x]}` with `operator.add` itself as the reducer: it becomes
`{"k": [x]}`. That changes what the channel holds, which is the point. Other forms have no fix.

## Evidence
[Measured](../evidence.md#lg203): old plus new in 8 steps gives 511 items, appending in place and
returning 766, `{**state}` 256; only the new items give 8.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.base.fix import Fix
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis.doubled_items import (
    DoubledBySubgraph,
    DoubledChannel,
    doubled_by_subgraphs,
    doubled_channels,
    drops_out,
)
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import duration_steps, field_step, node_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each channel that gets its old items again, from a node or a subgraph."""
    for graph in project.graphs:
        for doubled in doubled_channels(project.program, graph):
            yield _finding(rule, project, graph, doubled)
        for shared in doubled_by_subgraphs(project.program, graph):
            yield _subgraph_finding(rule, project, graph, shared)


def _finding(rule: Rule, project: Project, graph: Graph, doubled: list[DoubledChannel]) -> Finding:
    update = doubled[0].write.update
    how = "the whole state goes back" if update.whole_state else "the old value goes back"
    if not update.whole_state and (update.content.partial or update.content.trimmed):
        how = "a part of the old value goes back"
    one = len(doubled) == 1
    adding = "the key's reducer adds it" if one else "the reducers of the keys add it"
    keys = [each.channel.key for each in doubled]
    new = ", ".join(f"{key!r}: [new]" for key in keys)
    return rule.finding(
        project.at(update.key_site),
        f"{_seen(doubled)}: {how}, and {adding} to what is there",
        trace=_trace(project, graph, doubled),
        help=(
            f"return a dict of the keys that change here, without {_listed(keys)}"
            if update.whole_state
            else f"return only what is new here: {{{new}}}"
        ),
        fix=Fix.drop_old_items() if one and drops_out(doubled[0]) else None,
    )


def _seen(doubled: list[DoubledChannel]) -> str:
    """What is wrong with the values from then on."""
    sums = [each.channel.key for each in doubled if each.is_sum]
    lists = [each.channel.key for each in doubled if not each.is_sum]
    told = [f"old items of {_listed(lists)} stand twice"] if lists else []
    if sums:
        counts = "count their old values twice" if len(sums) > 1 else "counts its old value twice"
        told.append(f"{_listed(sums)} {counts}")
    after = doubled[0].write.function.ref.function.name
    return f"{' and '.join(told)} after {after}() has run"


def _listed(keys: list[str]) -> str:
    *first, last = map(repr, keys)
    return f"{', '.join(first)} and {last}" if first else last


def _trace(project: Project, graph: Graph, doubled: list[DoubledChannel]) -> Iterator[Step]:
    channel, write = doubled[0].channel, doubled[0].write
    read = write.update.content.read_of(channel.key)
    if read is not None and not write.update.whole_state:
        yield project.step(read, f"reads the old {channel.key}")
    for site in write.update.through[:3]:
        yield project.step(site, "returns the whole state")
    for site in write.update.content.grown[:2]:
        yield project.step(site, "adds to it")
    for each in doubled:
        yield field_step(project, each.channel)
    if write.node:
        yield node_step(project, graph, graph.nodes[write.node])


def _subgraph_finding(
    rule: Rule, project: Project, graph: Graph, shared: DoubledBySubgraph
) -> Finding:
    trace = [field_step(project, channel) for channel in shared.channels]
    keys = ", ".join(repr(channel.key) for channel in shared.channels)
    what = "what earlier turns have left" if shared.by_thread else "what it was given"
    if shared.by_thread:
        trace += duration_steps(project, graph, None)
    return rule.finding(
        project.at(shared.node.site),
        f"{what} stands twice in {keys}: subgraph {shared.node.name!r} returns the whole of it, "
        f"and {graph.name} adds that to what it has",
        trace=trace,
        help="leave the shared keys out of the subgraph's output_schema, or give them another name",
        confidence=Confidence.MEDIUM if shared.by_thread else Confidence.HIGH,
    )


RULE = Rule(
    code="LG203",
    name="doubled-accumulation",
    severity=Severity.ERROR,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
