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
`tests/conformance/test_wiring_claims.py` runs the cases: the final state lacks the key.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.finding import Finding, Hop, Severity
from lg_lint.model.graph import Graph, Site
from lg_lint.model.project import Project
from lg_lint.model.updates import FunctionUpdates, Update, of_graph
from lg_lint.rules.growth import node_step
from lg_lint.rules.rule import Rule
from lg_lint.rules.state_keys import is_write
from lg_lint.rules.wiring import confidence, homes
from lg_lint.suggest import suggest


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    seen: set[tuple[object, ...]] = set()
    for graph in project.graphs:
        if graph.kind not in ("state", "agent") or graph.open_schema or not graph.channels:
            continue
        if "__root__" in graph.channels:
            continue
        for name, functions in of_graph(project.program, graph).nodes.items():
            for function in functions:
                for update in function.updates:
                    key = (update.key, update.written.path, update.written.span)
                    if key not in seen and _is_lost(project, graph, name, function, update):
                        seen.add(key)
                        yield _finding(rule, project, graph, name, update)


def _is_lost(
    project: Project, graph: Graph, name: str, function: FunctionUpdates, update: Update
) -> bool:
    if update.key in graph.channels or update.key in graph.managed:
        return False
    if update.key.startswith("__") or not is_write(graph.nodes[name], function, update):
        return False
    sharing = [other for other, _ in homes(project, function.ref.function)]
    known = [*sharing, *graph.parents]
    return not any(
        update.key in other.channels or other.open_schema or "__root__" in other.channels
        for other in known
        if other is not graph
    )


def _finding(rule: Rule, project: Project, graph: Graph, name: str, update: Update) -> Finding:
    schemas = ", ".join(cls.name for cls in graph.schemas) or "the state"
    hint = suggest(update.key, graph.channels).removeprefix("; ")
    return rule.finding(
        project.at(_place(update)),
        f"{name!r} of {graph.name} writes {update.key!r}, which {schemas} lacks: it is dropped",
        trace=[
            node_step(project, graph, graph.nodes[name]),
            *(
                project.step(_schema(project, cls), f"{cls.name} has no {update.key}")
                for cls in graph.schemas[:1]
            ),
        ],
        help=hint or f"declare {update.key!r} in the schema",
        confidence=confidence(project, graph),
    )


def _place(update: Update) -> Site:
    """The key itself; the write where the whole state is returned with it."""
    same = (
        update.key_site.span == update.returned.span
        and update.key_site.path == update.returned.path
    )
    return update.written if same else update.key_site


def _schema(project: Project, cls: object) -> Site:
    from lg_lint.model.channels import class_line

    return Site(class_line(cls), project.program.env(cls))  # type: ignore[arg-type]


RULE = Rule("LG607", "unknown-state-key", Severity.ERROR, Hop.NODE, __doc__ or "", check)
