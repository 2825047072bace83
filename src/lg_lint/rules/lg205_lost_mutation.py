"""Change of the state that no return carries

## What it does
Finds nodes that set a key of their state object (`state["k"] = value`) and return without that
key, and routers that write to the state at all. A value that the same function goes on to read is
taken for a local one, unless it counts a number up.

Lists, dicts and sets that are changed in place (`state["k"].append(x)`) are reported where the
change is known to vanish: with a checkpointer that stores the channels that were written and no
others, and with a pydantic state, which every node gets as a new object. A returned key, also
`[]` under a reducer, and a node that writes the key later keep the change.

## Why it cuts the stream
The stream goes on without what the node meant to say: mode `values` never sends it, the next node
does not see it, or it is gone when the thread is resumed.

## What is seen
- forgets: what a node changed in place is gone in the next step or turn

## Example
```python
def plan(state: State) -> dict:
    state["attempts"] = state["attempts"] + 1
    return {"plan": f"answer {state['question']}"}
```

## Use instead
```python
def plan(state: State) -> dict:
    return {"plan": f"answer {state['question']}", "attempts": state["attempts"] + 1}
```

## When to ignore
Where the change is meant for the rest of the function alone; a local variable says so better.

## Fix safety
No fix: which value belongs into which return is not known.

## Evidence
[Measured](../evidence.md#lg205): the key holds what it held before, in the next node, at the end of
the run or in the next turn of the thread.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Graph
from lg_lint.model.graph_analysis import lost_mutations
from lg_lint.model.graph_analysis.lost_mutations import Loss, LossKind, NodeLosses, RouterLosses
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition, describe
from lg_lint.rules.telling.growth import (
    duration_steps,
    field_step,
    node_step,
    saver_confidence,
    weaker,
)
from lg_lint.rules.telling.wiring import confidence, listed

_TOLD = {
    LossKind.REBOUND: (
        "{} sets {} on its copy of the state and does not return {}: the value is lost"
    ),
    LossKind.OWN_COPY: (
        "{} changes {} in place and does not return {}: each node gets a pydantic state of its "
        "own, so no other node sees the change"
    ),
    LossKind.UNSAVED: (
        "{} changes {} in place and does not return {}: the run sees the change, the checkpoint "
        "does not"
    ),
}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding a line, whichever graphs run it."""
    seen: set[tuple[object, ...]] = set()
    for graph in project.graphs:
        if graph.kind not in ("state", "agent"):
            continue
        for finding in _in_graph(rule, project, graph):
            place = (finding.place.path, finding.place.row)
            if place not in seen:
                seen.add(place)
                yield finding


def _in_graph(rule: Rule, project: Project, graph: Graph) -> Iterator[Finding]:
    for lost in lost_mutations.lost_in_nodes(project.program, graph):
        yield _of_node(rule, project, graph, lost)
    for writing in lost_mutations.lost_in_routers(project.program, graph):
        yield _of_router(rule, project, graph, writing)


def _of_node(rule: Rule, project: Project, graph: Graph, lost: NodeLosses) -> Finding:
    """One finding for all keys that a node loses in the same way."""
    first, *others = lost.losses
    keys = listed(loss.channel.key for loss in lost.losses)
    levels = [_confidence(project, graph, loss) for loss in lost.losses]
    return rule.finding(
        project.at(first.mutation.site),
        _TOLD[lost.kind].format(repr(lost.node.name), keys, "them" if others else "it"),
        trace=[
            _return_step(project, lost),
            *(
                project.step(loss.mutation.site, f"{loss.channel.key} is lost as well")
                for loss in others
            ),
            node_step(project, graph, lost.node),
            *(field_step(project, loss.channel) for loss in lost.losses),
            *(duration_steps(project, graph, None) if lost.kind is LossKind.UNSAVED else ()),
        ],
        help=f"return {keys} with the update",
        confidence=min(levels, key=lambda level: level.rank),
    )


def _confidence(project: Project, graph: Graph, loss: Loss) -> Confidence:
    certain = confidence(project, graph)
    if loss.kind is not LossKind.UNSAVED or graph.durable is None:
        return certain
    local = Confidence.MEDIUM if loss.used else Confidence.HIGH
    return weaker(certain, saver_confidence(graph.durable), local)


def _return_step(project: Project, lost: NodeLosses) -> Step:
    function, mutation = lost.function, lost.losses[0].mutation
    found = lost_mutations.return_without(function, mutation)
    place = definition(project, function)
    if found is not None and found.value is not None:
        place = project.place(function.module, found.value.span)
    return Step(place, f"returns without {mutation.key}")


def _of_router(rule: Rule, project: Project, graph: Graph, lost: RouterLosses) -> Finding:
    first, *others = lost.mutations
    return rule.finding(
        project.at(first.site),
        f"a router's state is a copy: what is written to {first.key!r} is lost",
        trace=[
            Step(definition(project, lost.function), f"{describe(lost.function)} is a router"),
            project.step(lost.router.site, f"it routes from {lost.router.source}"),
            *(project.step(item.site, f"{item.key} is lost as well") for item in others[:3]),
        ],
        help=f"write {first.key!r} in the node before, or return a Command from it",
        confidence=confidence(project, graph),
    )


RULE = Rule(
    code="LG205",
    name="lost-mutation",
    severity=Severity.ERROR,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
