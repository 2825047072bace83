"""A node's key that the state does not have

## What it does
Finds nodes that return a key, or set one on the state that they return, which no schema of the
graph declares: neither the graph's own, nor its input and output, nor the one that a node or
router is annotated with. Generator nodes count with the last dict that they yield.

## Why it cuts the stream
LangGraph drops the key without a word: the next node does not see it, the checkpoint does not keep
it, and mode `values` never sends it.

## Example
```python
class State(TypedDict):
    messages: list

def answer(state: State) -> dict:
    return {"message": "done"}
```

## Use instead
```python
class State(TypedDict):
    messages: list

def answer(state: State) -> dict:
    return {"messages": ["done"]}
```

## When to ignore
Where the key is only meant for clients that read mode `updates`, which does show it.

## Fix safety
No fix: whether the key or the schema is wrong is not known.

## Evidence
[Measured](../evidence.md#lg607): the run ends cleanly, and its last state lacks the key.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.finding import Finding, Hop, Severity
from lg_lint.model.channels import class_line, state_param
from lg_lint.model.graph import Graph, Site
from lg_lint.model.project import Project
from lg_lint.model.state_writes import of_node
from lg_lint.model.updates import of_graph
from lg_lint.program.scopes import Class, Function
from lg_lint.rules.growth import node_step
from lg_lint.rules.rule import Rule
from lg_lint.rules.state_keys import is_given_back, is_write, is_yielded
from lg_lint.rules.wiring import confidence, homes
from lg_lint.suggest import suggest


class _Key(Struct, frozen=True):
    """A key that a function of a node writes, and where."""

    name: str
    site: Site
    function: Function


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for graph in project.graphs:
        if graph.kind not in ("state", "agent") or graph.open_schema or not graph.channels:
            continue
        if "__root__" in graph.channels:
            continue
        for name in graph.nodes:
            for key in (*_set(project, graph, name), *_returned(project, graph, name)):
                place = (key.name, key.site.path, key.site.span[0])
                if place not in seen and _is_lost(project, graph, key):
                    seen.add(place)
                    yield _finding(rule, project, graph, name, key)


def _returned(project: Project, graph: Graph, name: str) -> Iterator[_Key]:
    """The keys of the dicts and Commands that a node returns."""
    for function in of_graph(project.program, graph).nodes.get(name, ()):
        for path in function.paths:
            known = any(update.key in graph.channels for update in path.updates)
            for update in path.updates:
                if not is_write(graph.nodes[name], function, update):
                    continue
                if update.key_site.span == update.returned.span:
                    yield _Key(update.key, update.written, function.ref.function)
                elif is_given_back(update) and (known or not is_yielded(update)):
                    yield _Key(update.key, update.key_site, function.ref.function)


def _set(project: Project, graph: Graph, name: str) -> Iterator[_Key]:
    """The keys that a node sets on the state that it returns."""
    for ref in graph.nodes[name].functions:
        param = state_param(ref)
        for write in of_node(project.program, ref, param.name) if param is not None else ():
            yield _Key(write.key, write.site, ref.function)


def _is_lost(project: Project, graph: Graph, key: _Key) -> bool:
    if key.name in graph.channels or key.name in graph.managed or key.name.startswith("__"):
        return False
    sharing = [other for other, _ in homes(project, key.function)]
    return not any(
        key.name in other.channels or other.open_schema or "__root__" in other.channels
        for other in (*sharing, *graph.parents)
        if other is not graph
    )


def _finding(rule: Rule, project: Project, graph: Graph, name: str, key: _Key) -> Finding:
    schemas = ", ".join(cls.name for cls in graph.schemas) or "the state"
    hint = suggest(key.name, graph.channels).removeprefix("; ")
    return rule.finding(
        project.at(key.site),
        f"{name!r} of {graph.name} writes {key.name!r}, which {schemas} lacks: it is dropped",
        trace=[
            node_step(project, graph, graph.nodes[name]),
            *(
                project.step(_schema(project, cls), f"{cls.name} has no {key.name}")
                for cls in graph.schemas[:1]
            ),
        ],
        help=hint or f"declare {key.name!r} in the schema",
        confidence=confidence(project, graph),
    )


def _schema(project: Project, cls: Class) -> Site:
    return Site(class_line(cls), project.program.env(cls))


RULE = Rule("LG607", "unknown-state-key", Severity.ERROR, Hop.NODE, __doc__ or "", check)
