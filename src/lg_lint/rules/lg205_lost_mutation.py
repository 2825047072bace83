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

## Example
```python
def plan(state: State) -> dict:
    state["attempts"] = state["attempts"] + 1
    return {"plan": make(state["question"])}
```

## Use instead
```python
def plan(state: State) -> dict:
    return {"plan": make(state["question"]), "attempts": state["attempts"] + 1}
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

from msgspec import Struct

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Channel, Graph, Node
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.graph_analysis.uses_after import counts_up, is_read_later
from lg_lint.model.project import Project
from lg_lint.model.state_flow.function_summary import FunctionUpdates, Path
from lg_lint.model.state_flow.lattice import Mutation
from lg_lint.program import inference
from lg_lint.program.scopes import START, Function, enclosing_function
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

_BY_VERSION = ("InMemorySaver", "PersistentDict", ".PostgresSaver", ".AsyncPostgresSaver")
_HARMLESS = {"staticmethod", "classmethod", "traceable"}

_REBOUND = "{} sets {} on its copy of the state and does not return {}: the value is lost"
_PYDANTIC = (
    "{} changes {} in place and does not return {}: each node gets a pydantic state of its own, so "
    "no other node sees the change"
)
_UNSAVED = (
    "{} changes {} in place and does not return {}: the run sees the change, the checkpoint does "
    "not"
)


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for graph in project.graphs:
        if graph.kind not in ("state", "agent"):
            continue
        for finding in (*_in_nodes(rule, project, graph), *_in_routers(rule, project, graph)):
            place = (finding.place.path, finding.place.row)
            if place not in seen:
                seen.add(place)
                yield finding


# --- nodes ---------------------------------------------------------------------------------


def _in_nodes(rule: Rule, project: Project, graph: Graph) -> Iterator[Finding]:
    updates, sent_to = of_graph(project.program, graph), _sent_to(graph)
    for name, node in graph.nodes.items():
        if len(node.functions) != 1 or node.passing or name in sent_to:
            continue
        functions = updates.nodes[name][0]
        if not _is_plain(functions):
            continue
        lost: dict[str, list[_Loss]] = {}
        for key, mutation in _unreturned(functions.paths).items():
            channel = graph.channels.get(key)
            if channel is None:
                continue
            loss = _loss(project, graph, node, functions, channel, mutation)
            if loss is not None:
                lost.setdefault(loss.told, []).append(loss)
        for losses in lost.values():
            yield _of_node(rule, project, graph, node, functions, losses)


def _sent_to(graph: Graph) -> set[str]:
    """The nodes that a Send may give something else than the state."""
    return {edge.target for edge in graph.edges if edge.kind == "send"}


def _is_plain(functions: FunctionUpdates) -> bool:
    """Whether the function gets the state itself, and what it returns is what the node writes."""
    function = functions.ref.function
    if function.self_name is not None and functions.ref.bound is None:
        return False
    decorators = {getattr(item, "id", getattr(item, "attr", "")) for item in function.decorators}
    return decorators <= _HARMLESS


def _unreturned(paths: list[Path]) -> dict[str, Mutation]:
    """By key, the first change that none of the ways out from there returns."""
    found: dict[str, Mutation] = {}
    kept: set[str] = set()
    in_place = {item.key for path in paths for item in path.mutations if item.kind == "in place"}
    for path in paths:
        changed = {item.key for item in path.mutations}
        kept |= changed if path.unknown else changed & path.keys
        for item in path.mutations:
            if item.kind == "in place" or (item.kind == "rebound" and item.key not in in_place):
                found.setdefault(item.key, item)
    return {key: item for key, item in found.items() if key not in kept}


class _Loss(Struct, frozen=True):
    """A change that gets lost; `told` says how, with `{}` for the node and its keys."""

    channel: Channel
    mutation: Mutation
    told: str
    confidence: Confidence


def _loss(
    project: Project,
    graph: Graph,
    node: Node,
    functions: FunctionUpdates,
    channel: Channel,
    mutation: Mutation,
) -> _Loss | None:
    local = not counts_up(mutation) and is_read_later(functions.ref.function, mutation)
    sure = confidence(project, graph)
    if mutation.kind == "rebound":
        return None if local else _Loss(channel, mutation, _REBOUND, sure)
    if _is_pydantic(project, graph) and channel.shape in ("list", "set"):
        return None if local else _Loss(channel, mutation, _PYDANTIC, sure)
    if _is_dropped_by_saver(graph) and not _is_written_later(
        project, graph, node.name, channel.key
    ):
        assert graph.durable is not None
        sure = weaker(
            sure,
            saver_confidence(graph.durable),
            Confidence.MEDIUM if local else Confidence.HIGH,
        )
        return _Loss(channel, mutation, _UNSAVED, sure)
    return None


def _of_node(
    rule: Rule,
    project: Project,
    graph: Graph,
    node: Node,
    functions: FunctionUpdates,
    losses: list[_Loss],
) -> Finding:
    """One finding for all keys that a node loses in the same way."""
    function, told = functions.ref.function, losses[0].told
    losses = sorted(losses, key=lambda loss: (loss.mutation.site.path, loss.mutation.site.span))
    first = losses[0]
    keys = listed(loss.channel.key for loss in losses)
    return rule.finding(
        project.at(first.mutation.site),
        told.format(repr(node.name), keys, "them" if len(losses) > 1 else "it"),
        trace=[
            _return_step(project, function, first.mutation),
            *(
                project.step(loss.mutation.site, f"{loss.channel.key} is lost as well")
                for loss in losses[1:]
            ),
            node_step(project, graph, node),
            *(field_step(project, loss.channel) for loss in losses),
            *(duration_steps(project, graph, None) if told == _UNSAVED else ()),
        ],
        help=f"return {keys} with the update",
        confidence=min((loss.confidence for loss in losses), key=lambda each: each.rank),
    )


def _is_pydantic(project: Project, graph: Graph) -> bool:
    return bool(graph.schemas) and all(
        any(base.endswith(".BaseModel") for base in inference.external_bases(project.program, cls))
        for cls in graph.schemas
    )


def _is_dropped_by_saver(graph: Graph) -> bool:
    """Whether the saver stores a channel only when something was written to it."""
    saver = graph.durable
    return (
        saver is not None
        and graph.kind == "state"
        and graph.complete
        and bool(saver.types)
        and all(name.endswith(_BY_VERSION) for name in saver.types)
    )


def _is_written_later(project: Project, graph: Graph, name: str, key: str) -> bool:
    """Whether a node that may follow writes the key, and with it the changed value."""
    updates = of_graph(project.program, graph)
    queue, reached = [name], set()
    while queue:
        for following in graph.successors(queue.pop()) & set(graph.nodes):
            if following in reached:
                continue
            reached.add(following)
            queue.append(following)
            node, functions = graph.nodes[following], updates.nodes[following]
            if not node.functions or node.tools or node.subgraph is not None:
                return True
            if any(path.unknown or key in path.keys for item in functions for path in item.paths):
                return True
    return False


def _return_step(project: Project, function: Function, mutation: Mutation) -> Step:
    inside = enclosing_function(mutation.site.env.scope) is function
    after = mutation.site.node.start if inside else START
    for statement in function.returns:
        if statement.value is not None and statement.start > after:
            place = project.place(function.module, statement.value.span)
            return Step(place, f"returns without {mutation.key}")
    return Step(definition(project, function), f"returns without {mutation.key}")


# --- routers -------------------------------------------------------------------------------


def _in_routers(rule: Rule, project: Project, graph: Graph) -> Iterator[Finding]:
    """One finding for each function that writes to the state while it routes."""
    nodes = {ref.function for node in graph.nodes.values() for ref in node.functions}
    for router, functions in of_graph(project.program, graph).routers:
        routing = functions.ref.function
        lost = _lost_by_router(functions)
        if router.is_command or routing in nodes or not lost:
            continue
        yield rule.finding(
            project.at(lost[0].site),
            f"a router's state is a copy: what is written to {lost[0].key!r} is lost",
            trace=[
                Step(definition(project, routing), f"{describe(routing)} is a router"),
                project.step(router.site, f"it routes from {router.source}"),
                *(project.step(item.site, f"{item.key} is lost as well") for item in lost[1:4]),
            ],
            help=f"write {lost[0].key!r} in the node before, or return a Command from it",
            confidence=confidence(project, graph),
        )


def _lost_by_router(functions: FunctionUpdates) -> list[Mutation]:
    """The writes of a router, else those of its helpers, that it does not read itself."""
    routing = functions.ref.function
    lost = {
        item
        for path in functions.paths
        for item in path.mutations
        if item.kind != "in place" and (counts_up(item) or not is_read_later(routing, item))
    }
    own = {item for item in lost if enclosing_function(item.site.env.scope) is routing}
    return sorted(own or lost, key=lambda item: (item.site.path, item.site.span))


RULE = Rule("LG205", "lost-mutation", Severity.ERROR, Hop.NODE, __doc__ or "", check)
