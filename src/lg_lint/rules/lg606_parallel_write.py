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

## Example
```python
class State(TypedDict):
    result: str

builder.add_edge(START, "search")
builder.add_edge(START, "look_up")  # both return {"result": ...}
```

## Use instead
```python
class State(TypedDict):
    results: Annotated[list[str], operator.add]

builder.add_edge(START, "search")
builder.add_edge(START, "look_up")  # both return {"results": [...]}
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

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph import Edge, Graph
from lg_lint.model.graph_analysis import supersteps
from lg_lint.model.graph_analysis.state_keys import is_write
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.graph_analysis.subgraph_writes import keys_given_back
from lg_lint.model.project import Project
from lg_lint.model.state_flow.function_summary import Update
from lg_lint.program.site import Site
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import field_step, weaker
from lg_lint.rules.telling.wiring import confidence, edge_step, listed, shown

_GIVES_BACK = " (a compiled graph gives back each key that it shares, changed or not)"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    for graph in project.graphs:
        if graph.kind != "state":
            continue
        for pairs in _by_key(_pairs(project, graph)) if graph.complete else ():
            yield _pair_finding(rule, project, graph, pairs)
        for edge in _repeated(graph):
            writes = {
                key: write
                for key, write in _writes(project, graph, edge.target).items()
                if supersteps.takes_one_write(graph, key)
            }
            if writes:
                yield _repeated_finding(rule, project, graph, edge, writes)


# --- two nodes -----------------------------------------------------------------------------


class _Write(Struct, frozen=True):
    """Where a node writes a key, and whether each of its runs does.

    `subgraph` where it is a compiled graph, which gives back what it got.
    """

    site: Site
    always: bool
    subgraph: bool = False


class _Pair(Struct):
    """Two nodes of one superstep, and what both write: by key, the write of each."""

    names: tuple[str, str]
    together: supersteps.Together
    writes: dict[str, tuple[_Write, _Write]]


def _pairs(project: Project, graph: Graph) -> Iterator[_Pair]:
    """The nodes that run side by side and write the same keys; each key once."""
    written: set[tuple[str, str]] = set()
    writes_of: dict[str, dict[str, _Write]] = {}
    for together in supersteps.supersteps(graph):
        for name in together.names:
            if name not in writes_of:
                writes = _writes(project, graph, name).items()
                writes_of[name] = {
                    key: write for key, write in writes if supersteps.takes_one_write(graph, key)
                }
        for names in _sharing(together.names, writes_of, written):
            first, second = (writes_of[name] for name in names)
            shared = {
                key: (first[key], second[key])
                for key in first
                if key in second and (key, names[1]) not in written
            }
            if shared:
                written |= {(key, names[1]) for key in shared}
                yield _Pair(names, together, shared)


def _by_key(pairs: Iterable[_Pair]) -> Iterable[list[_Pair]]:
    """The pairs that write a key in common with an earlier one, after that one."""
    groups: dict[str, list[_Pair]] = {}
    for pair in pairs:
        known = next((groups[key] for key in pair.writes if key in groups), [])
        known.append(pair)
        for key in pair.writes:
            groups.setdefault(key, known)
    return {id(group): group for group in groups.values()}.values()


def _sharing(
    names: tuple[str, ...],
    writes_of: Mapping[str, Mapping[str, _Write]],
    written: set[tuple[str, str]],
) -> Iterator[tuple[str, str]]:
    """The pairs of nodes that may write a key in common which is not told of the second yet."""
    writers = Counter(key for name in names for key in writes_of[name])
    involved = [name for name in names if any(writers[key] > 1 for key in writes_of[name])]

    def is_open(name: str) -> bool:
        return any(writers[key] > 1 and (key, name) not in written for key in writes_of[name])

    for index, first in enumerate(involved):
        rest = [name for name in involved[index + 1 :] if is_open(name)]
        if not rest:
            return
        for second in rest:
            yield first, second


def _writes(project: Project, graph: Graph, name: str) -> dict[str, _Write]:
    """The keys that a node writes, the surest write of each."""
    found: dict[str, Update] = {}
    node = graph.nodes[name]
    every = of_graph(project.program, graph).nodes.get(name, ())
    for functions in every:
        for update in functions.updates:
            known = found.get(update.key)
            if is_write(node, functions, update) and (known is None or known.optional):
                found[update.key] = update
    writes = {
        key: _Write(update.written, any(each.always(key) for each in every))
        for key, update in found.items()
    }
    for key, sure in keys_given_back(project.program, graph, node).items():
        writes.setdefault(key, _Write(node.site, sure, subgraph=True))
    return writes


def _pair_finding(rule: Rule, project: Project, graph: Graph, pairs: list[_Pair]) -> Finding:
    pair = pairs[0]
    key = max(pair.writes, key=lambda each: all(write.always for write in pair.writes[each]))
    _, second = pair.writes[key]
    names = list(dict.fromkeys(name for each in pairs for name in each.names))
    who = f"{', '.join(map(shown, names[:-1]))} and {shown(names[-1])}"
    keys = dict.fromkeys(key for each in pairs for key in each.writes)
    number = "both" if len(names) == 2 else "all"
    sure = all(write.always for write in pair.writes[key])
    return rule.finding(
        project.at(second.site),
        f"the run breaks off with InvalidUpdateError: {who} of {graph.name} run side by side and "
        f"{number} write {listed(keys)}, where no reducer makes one value of several"
        + (_GIVES_BACK if any(write.subgraph for write in pair.writes[key]) else ""),
        trace=[*_trace(project, graph, pair, key), *_further(project, pairs[1:])],
        help=f"give {key!r} a reducer, such as Annotated[list, operator.add], or a key to each",
        confidence=weaker(
            Confidence.HIGH if sure else Confidence.MEDIUM, confidence(project, graph)
        ),
    )


def _trace(project: Project, graph: Graph, pair: _Pair, key: str) -> Iterator[Step]:
    for edge in pair.together.edges[:3]:
        yield edge_step(project, edge)
    yield project.step(pair.writes[key][0].site, f"{pair.names[0]} writes {key!r} as well")
    yield field_step(project, graph.channels[key])


def _further(project: Project, pairs: list[_Pair]) -> Iterator[Step]:
    """Where still other nodes write what the first two do."""
    for pair in pairs:
        key, (_, write) = next(iter(pair.writes.items()))
        yield project.step(write.site, f"{pair.names[1]} writes {key!r} as well")


# --- one node, several times ---------------------------------------------------------------


def _repeated(graph: Graph) -> Iterator[Edge]:
    """Edges that start a node several times in one step: Sends in a loop, nodes of a loop."""
    for router in graph.routers:
        sends = [result for result in router.results if result.send and result.value in graph.nodes]
        for name in dict.fromkeys(str(result.value) for result in sends):
            mine = [result for result in sends if result.value == name]
            if len(mine) > 1 or mine[0].many:
                yield Edge(router.source, name, "send", mine[0].site)
    for edge in graph.edges:
        source, target = graph.nodes.get(edge.source), graph.nodes.get(edge.target)
        parted = edge.many and not edge.waits and (source is None or not source.many)
        if parted and target is not None and target.many:
            yield edge


def _repeated_finding(
    rule: Rule, project: Project, graph: Graph, edge: Edge, writes: dict[str, _Write]
) -> Finding:
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


RULE = Rule("LG606", "parallel-write", Severity.ERROR, Hop.GRAPH, __doc__ or "", check)
