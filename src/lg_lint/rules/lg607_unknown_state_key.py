"""A node's key that the state does not have

## What it does
Finds nodes that return a key, or set one on the state that they return, which no schema of the
graph declares: neither the graph's own, nor its input and output, nor the one that a node or
router is annotated with. Generator nodes count with the last dict that they yield.

## Why it cuts the stream
LangGraph drops the key without a word: the next node does not see it, the checkpoint does not keep
it, and no stream mode sends it, `updates` neither. A router right behind the node whose parameter
names no schema does get it; where such a router may read the key, nothing is reported.

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

from msgspec import Struct

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.base.suggest import suggest
from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, state_param
from lg_lint.model.graph_analysis.state_keys import is_command, is_given_back, is_write, is_yielded
from lg_lint.model.graph_analysis.state_mutations import of_node
from lg_lint.model.graph_analysis.state_updates import of_graph
from lg_lint.model.graph_analysis.uses_after import may_read
from lg_lint.model.langgraph.state_schema import class_line
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.scopes import Class, Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import External
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import node_step
from lg_lint.rules.telling.wiring import confidence, homes, listed

_NO_SCHEMA = {"builtins.dict", "typing.Dict", "typing.Any"}


class _Key(Struct, frozen=True):
    """A key that a function of a node writes, and where; `in_dict` unless a Command carries it.

    `whole` is the place of what is returned with the key in it; None for the state itself.
    """

    name: str
    site: Site
    function: Function
    in_dict: bool = True
    whole: t.Span | None = None


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    seen: set[object] = set()
    for graph in project.graphs:
        if graph.kind not in ("state", "agent") or graph.open_schema or not graph.channels:
            continue
        if "__root__" in graph.channels:
            continue
        for name in graph.nodes:
            lost: list[_Key] = []
            written = [*_set(project, graph, name), *_returned(project, graph, name)]
            for key in written:
                place = (key.name, key.site.path, key.site.span[0])
                if place not in seen and _is_lost(project, graph, name, key):
                    seen.add(place)
                    lost.append(key)
            near = graph.channels.keys() - {key.name for key in written}
            for keys in _by_return(lost):
                yield _finding(rule, project, graph, name, keys, near)


def _by_return(keys: list[_Key]) -> list[list[_Key]]:
    """The keys of one returned dict together, with those of others that have one in common."""
    group_of: dict[object, list[_Key]] = {}
    for key in keys:
        marks = ((id(key.function), key.name), (id(key.function), key.whole))
        met = [group_of[mark] for mark in marks if mark in group_of]
        group = max(met, key=len, default=[])
        for other in met:
            if other is not group:
                group += other
                for each in other:
                    group_of[id(each.function), each.name] = group
                    group_of[id(each.function), each.whole] = group
        group.append(key)
        group_of.update(dict.fromkeys(marks, group))
    return list({id(group): group for group in group_of.values()}.values())


def _returned(project: Project, graph: Graph, name: str) -> Iterator[_Key]:
    """The keys of the dicts and Commands that a node returns."""
    for function in of_graph(project.program, graph).nodes.get(name, ()):
        for path in function.paths:
            known = any(update.key in graph.channels for update in path.updates)
            for update in path.updates:
                if not is_write(graph.nodes[name], function, update):
                    continue
                where, in_dict = function.ref.function, not is_command(update)
                whole = update.returned.span
                if update.key_site.span == update.returned.span:
                    yield _Key(update.key, update.written, where, in_dict, whole)
                elif is_given_back(update) and (known or not is_yielded(update)):
                    yield _Key(update.key, update.key_site, where, in_dict, whole)


def _set(project: Project, graph: Graph, name: str) -> Iterator[_Key]:
    """The keys that a node sets on the state that it returns."""
    for ref in graph.nodes[name].functions:
        param = state_param(ref)
        for write in of_node(project.program, ref, param.name) if param is not None else ():
            yield _Key(write.key, write.site, ref.function)


def _is_lost(project: Project, graph: Graph, name: str, key: _Key) -> bool:
    if key.name in graph.channels or key.name in graph.managed or key.name.startswith("__"):
        return False
    if key.in_dict and _goes_to_router(project.program, graph, name, key.name):
        return False
    sharing = [other for other, _ in homes(project, key.function)]
    return not any(
        key.name in other.channels or other.open_schema or "__root__" in other.channels
        for other in (*sharing, *graph.parents)
        if other is not graph
    )


def _goes_to_router(program: Program, graph: Graph, node: str, key: str) -> bool:
    """Whether a router behind a node reads a key of what that returns.

    A router whose parameter names no schema gets the node's own dict beside the state.
    """
    routers = [item for item in graph.routers if item.source == node and not item.is_command]
    return any(
        (param := state_param(ref)) is not None
        and may_read(ref.function, key, param.name)
        and _names_no_schema(program, ref.function, param.annotation)
        for router in routers
        for ref in router.functions
    )


def _names_no_schema(program: Program, function: Function, annotation: t.Expr | None) -> bool:
    if annotation is None:
        return True
    base = annotation.value if isinstance(annotation, t.Subscript) else annotation
    values = inference.infer(program, base, program.env(function.parent or function.module))
    return any(isinstance(value, External) and value.name in _NO_SCHEMA for value in values)


def _finding(
    rule: Rule, project: Project, graph: Graph, name: str, keys: list[_Key], near: set[str]
) -> Finding:
    key, *others = sorted(keys, key=lambda item: (item.site.path, item.site.span))
    schemas = ", ".join(cls.name for cls in graph.schemas) or "the state"
    lack = "lack" if len(graph.schemas) > 1 else "lacks"
    names = list(dict.fromkeys(each.name for each in (key, *others)))
    are = "is" if len(names) == 1 else "are"
    return rule.finding(
        project.at(key.site),
        f"{listed(names)} {are} dropped: {name!r} of {graph.name} returns what {schemas} {lack}",
        trace=[
            node_step(project, graph, graph.nodes[name]),
            *(
                project.step(_schema(project, cls), f"{cls.name} has no {', '.join(names)}")
                for cls in graph.schemas[:1]
            ),
            *(
                project.step(other.site, f"writes {other.name}{_again(other, key)}")
                for other in others
            ),
        ],
        help=_help(names, near),
        confidence=confidence(project, graph),
    )


def _again(other: _Key, first: _Key) -> str:
    return " as well" if other.name == first.name else ""


def _help(names: list[str], near: set[str]) -> str:
    """Another spelling for the first key that has one, and a field for the rest."""
    for name in names:
        if hint := suggest(name, near).removeprefix("; "):
            return f"{name!r}: {hint}" if len(names) > 1 else hint
    return f"declare {listed(names)} in the schema"


def _schema(project: Project, cls: Class) -> Site:
    return Site(class_line(cls), project.program.env(cls))


RULE = Rule("LG607", "unknown-state-key", Severity.ERROR, Hop.NODE, __doc__ or "", check)
