"""A node's key that the state does not have

## What it does
Finds nodes that return a key, or set one on the state that they return, which no schema of the
graph declares: neither the graph's own, nor its input and output, nor the one that a node or
router is annotated with. Generator nodes count with the last dict that they yield.

## Why it cuts the stream
LangGraph drops the key without a word: the next node does not see it, the checkpoint does not keep
it, and no stream mode sends it, `updates` neither. A router right behind the node whose parameter
names no schema does get it; where such a router may read the key, nothing is reported.

## What is seen
- forgets: a value that a node returned is dropped without a word

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
Where the key is only meant for readers of `astream_events()`, which shows what a node returned.

## Fix safety
No fix: whether the key or the schema is wrong is not known.

## Evidence
[Measured](../evidence.md#lg607): the run ends cleanly, and its last state lacks the key.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.base.suggest import suggest
from lg_lint.model.graph_analysis.unknown_keys import UnknownKeys, WrittenKey, unknown_keys
from lg_lint.model.langgraph.state_schema import class_line
from lg_lint.model.project import Project
from lg_lint.program.scopes import Class
from lg_lint.program.site import Site
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import node_step
from lg_lint.rules.telling.wiring import confidence, listed


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each place that names keys which the state lacks."""
    for unknown in unknown_keys(project):
        yield _finding(rule, project, unknown)


def _finding(rule: Rule, project: Project, unknown: UnknownKeys) -> Finding:
    graph, (key, *others) = unknown.graph, unknown.keys
    schemas = ", ".join(cls.name for cls in graph.schemas) or "the state"
    lack = "lack" if len(graph.schemas) > 1 else "lacks"
    names = list(dict.fromkeys(each.name for each in unknown.keys))
    are = "is" if len(names) == 1 else "are"
    return rule.finding(
        project.at(key.site),
        f"{listed(names)} {are} dropped: {unknown.node!r} of {graph.name} returns what {schemas} "
        f"{lack}",
        trace=[
            node_step(project, graph, graph.nodes[unknown.node]),
            *(
                project.step(_schema(project, cls), f"{cls.name} has no {', '.join(names)}")
                for cls in graph.schemas[:1]
            ),
            *(
                project.step(other.site, f"writes {other.name}{_again(other, key)}")
                for other in others
            ),
        ],
        help=_help(names, unknown.near),
        confidence=confidence(project, graph),
    )


def _again(other: WrittenKey, first: WrittenKey) -> str:
    return " as well" if other.name == first.name else ""


def _help(names: list[str], near: set[str]) -> str:
    """Another spelling for the first key that has one, and a field for the rest."""
    for name in names:
        if hint := suggest(name, near).removeprefix("; "):
            return f"{name!r}: {hint}" if len(names) > 1 else hint
    return f"declare {listed(names)} in the schema"


def _schema(project: Project, cls: Class) -> Site:
    return Site(class_line(cls), project.program.env(cls))


RULE = Rule(
    code="LG607",
    name="unknown-state-key",
    severity=Severity.ERROR,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
