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

from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.base.fix import Fix
from lg_lint.facts import tree as t
from lg_lint.model.graph import Channel, Graph, Node, ReducerKind
from lg_lint.model.graph_analysis.state_updates import Write, of_graph
from lg_lint.model.project import Project
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import duration_steps, field_step, node_step

_Doubled = tuple[Channel, Write]
"""A key that gets its old items again, and the write that does it."""


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    for graph in project.graphs:
        for doubled in _doubled(project, graph):
            yield _finding(rule, project, graph, list(doubled.values()))
        for node in graph.nodes.values():
            shared = list(_shared(project, graph, node))
            if shared:
                yield _subgraph_finding(rule, project, graph, node, shared)


def _doubled(project: Project, graph: Graph) -> Iterable[dict[str, _Doubled]]:
    """What adds old items again, by place: the keys, each with the first write of it there."""
    found: dict[tuple[object, ...], dict[str, _Doubled]] = {}
    for write in of_graph(project.program, graph).writes():
        channel = graph.channels.get(write.update.key)
        if channel is not None and _adds_again(channel, write):
            place = (write.update.key_site.path, write.update.key_site.span)
            found.setdefault(place, {}).setdefault(channel.key, (channel, write))
    return found.values()


def _adds(channel: Channel) -> bool:
    reducer = channel.reducer
    if reducer.kind is ReducerKind.SUM:
        return True
    return reducer.kind is ReducerKind.CONCAT and not reducer.dedupes and not reducer.bounded


def _adds_again(channel: Channel, write: Write) -> bool:
    content = write.update.content
    if channel.key not in content.keys or not _adds(channel):
        return False
    if content.clears or content.item or content.shape == "length":
        return False
    if channel.reducer.kind is ReducerKind.CONCAT and content.partial and content.bounded:
        return bool(content.trimmed)
    return True


def _finding(rule: Rule, project: Project, graph: Graph, doubled: list[_Doubled]) -> Finding:
    channel, write = doubled[0]
    update = write.update
    how = "the whole state goes back" if update.whole_state else "the old value goes back"
    if not update.whole_state and (update.content.partial or update.content.trimmed):
        how = "a part of the old value goes back"
    one = len(doubled) == 1
    adding = "the key's reducer adds it" if one else "the reducers of the keys add it"
    keys = [channel.key for channel, _ in doubled]
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
        fix=Fix.drop_old_items() if one and _is_exact(channel, write) else None,
    )


def _seen(doubled: list[_Doubled]) -> str:
    """What is wrong with the values from then on."""
    sums = [channel.key for channel, _ in doubled if channel.reducer.kind is ReducerKind.SUM]
    lists = [channel.key for channel, _ in doubled if channel.key not in sums]
    told = [f"old items of {_listed(lists)} stand twice"] if lists else []
    if sums:
        counts = "count their old values twice" if len(sums) > 1 else "counts its old value twice"
        told.append(f"{_listed(sums)} {counts}")
    return f"{' and '.join(told)} after {doubled[0][1].function.ref.function.name}() has run"


def _listed(keys: list[str]) -> str:
    *first, last = map(repr, keys)
    return f"{', '.join(first)} and {last}" if first else last


def _is_exact(channel: Channel, write: Write) -> bool:
    """Whether it is `{"k": state["k"] + [x]}`, with operator.add itself as the reducer."""
    key, total = write.update.key_site.node, write.update.written.node
    if not channel.reducer.exact or not isinstance(key, t.Constant):
        return False
    if not isinstance(total, t.BinOp) or total.op != "+":
        return False
    old, new = total.left, total.right
    return (
        isinstance(old, t.Subscript)
        and isinstance(old.index, t.Constant)
        and old.index.value == channel.key
        and _is_parameter(old.value, write.update.written)
        and isinstance(new, t.Sequence)
        and new.kind == "list"
        and all(site.node is total for site in write.update.content.grown)
    )


def _is_parameter(expr: t.Expr, site: Site) -> bool:
    """Whether a name is a parameter of the function there, and nothing else."""
    bindings = site.env.scope.bindings.get(expr.id, ()) if isinstance(expr, t.Name) else ()
    return [binding.kind for binding in bindings] == ["param"]


def _trace(project: Project, graph: Graph, doubled: list[_Doubled]) -> Iterator[Step]:
    channel, write = doubled[0]
    read = write.update.content.read_of(channel.key)
    if read is not None and not write.update.whole_state:
        yield project.step(read, f"reads the old {channel.key}")
    for site in write.update.through[:3]:
        yield project.step(site, "returns the whole state")
    for site in write.update.content.grown[:2]:
        yield project.step(site, "adds to it")
    for each, _ in doubled:
        yield field_step(project, each)
    if write.node:
        yield node_step(project, graph, graph.nodes[write.node])


# --- subgraphs -----------------------------------------------------------------------------


def _shared(project: Project, graph: Graph, node: Node) -> Iterator[Channel]:
    """The channels of a parent that a subgraph node is given, and gives back whole."""
    inner = node.subgraph
    if inner is None or inner is graph or not _is_given_the_state(graph, node):
        return
    for key, channel in graph.channels.items():
        if (
            channel.reducer.kind is ReducerKind.CONCAT
            and _adds(channel)
            and key in inner.channels
            and key in _outputs(project, inner)
            and (
                _is_filled_before(project, graph, node, key) or _is_kept(project, graph, inner, key)
            )
        ):
            yield channel


def _is_given_the_state(graph: Graph, node: Node) -> bool:
    """Whether the node gets the state itself, not the payload of a Send."""
    functions = [ref for item in graph.nodes.values() for ref in item.functions]
    functions += [ref for router in graph.routers for ref in router.functions]
    return not any(
        terminal_name(site.node.func) == "Send"
        and isinstance(first := site.node.argument("node", 0), t.Constant)
        and first.value == node.name
        for ref in functions
        for site in ref.function.calls
    )


def _outputs(project: Project, inner: Graph) -> set[str]:
    from lg_lint.model.graph_analysis.growth_bounds import schema_keys

    own = schema_keys(project.program, inner, "output_schema", "output")
    given = schema_keys(project.program, inner, "input_schema", "input")
    keys = set(inner.channels)
    return keys & (own if own is not None else keys) & (given if given is not None else keys)


def _is_filled_before(project: Project, graph: Graph, node: Node, key: str) -> bool:
    """Whether another node writes the key, so that the subgraph is given items of it."""
    return any(
        write.node != node.name and not write.update.content.empty
        for write in of_graph(project.program, graph).writes(key)
    )


def _is_kept(project: Project, graph: Graph, inner: Graph, key: str) -> bool:
    """Whether a durable thread gives the subgraph what it has written in earlier turns."""
    return graph.durable is not None and any(
        not write.update.content.empty for write in of_graph(project.program, inner).writes(key)
    )


def _subgraph_finding(
    rule: Rule, project: Project, graph: Graph, node: Node, shared: list[Channel]
) -> Finding:
    by_thread = not any(_is_filled_before(project, graph, node, each.key) for each in shared)
    trace = [field_step(project, channel) for channel in shared]
    keys = ", ".join(repr(channel.key) for channel in shared)
    what = "what earlier turns have left" if by_thread else "what it was given"
    return rule.finding(
        project.at(node.site),
        f"{what} stands twice in {keys}: subgraph {node.name!r} returns the whole of it, and "
        f"{graph.name} adds that to what it has",
        trace=[*trace, *duration_steps(project, graph, None)] if by_thread else trace,
        help="leave the shared keys out of the subgraph's output_schema, or give them another name",
        confidence=Confidence.MEDIUM if by_thread else Confidence.HIGH,
    )


RULE = Rule(
    "LG203", "doubled-accumulation", Severity.ERROR, Hop.NODE, __doc__ or "", check, "sometimes"
)
