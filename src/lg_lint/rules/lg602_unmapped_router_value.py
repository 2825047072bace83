"""A router's result that the path map lacks

## What it does
Finds conditional edges whose path map has no entry for a value that the router can return: the
values of its return statements, and, where those are not known, of its Literal annotation or of
the Literal of the state's key that it returns. A router that may end without a return gives `None`,
which counts where one `if` alone decides. A value behind a test of a key that neither the schema
nor a node has never comes, and is left out.

## Why it cuts the stream
The lookup raises KeyError in the middle of the run, and the stream breaks off after the router.

## Example
```python
def route(state: State) -> str:
    return "retry" if state["failed"] else "done"

builder.add_conditional_edges("check", route, {"done": END})
```

## Use instead
```python
def route(state: State) -> str:
    return "retry" if state["failed"] else "done"

builder.add_conditional_edges("check", route, {"done": END, "retry": "work"})
```

## When to ignore
Where something outside the code makes sure that the value never comes.

## Fix safety
No fix: where the value should lead is not known.

## Evidence
[Measured](../evidence.md#lg602): the stream sends the update of the node before the router, then
breaks with KeyError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph, Result, Router
from lg_lint.model.graph_analysis.missing_keys import never_comes
from lg_lint.model.project import Project
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.values import FunctionRef
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import weaker
from lg_lint.rules.telling.wiring import confidence, graph_step


class _Gap(Struct, frozen=True):
    """A value that a router of a graph can return and its path map lacks."""

    graph: Graph
    router: Router
    result: Result


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    gaps: dict[tuple[object, ...], list[_Gap]] = {}
    for graph in project.graphs:
        for router in graph.routers:
            for result in _missing(project, graph, router):
                key = (result.site.path, result.site.span)
                gaps.setdefault(key, []).append(_Gap(graph, router, result))
    for same in gaps.values():
        yield _finding(rule, project, same)


def _missing(project: Project, graph: Graph, router: Router) -> Iterator[Result]:
    """The values that a router's path map lacks, each once."""
    seen: set[object] = set()
    results = (*router.results, *_nothing(project, router))
    for result in results if router.path_map is not None else ():
        if result.value in seen or not _is_missing(router, result):
            continue
        if not never_comes(project, graph, router, result.site):
            seen.add(result.value)
            yield result


def _nothing(project: Project, router: Router) -> Iterator[Result]:
    """The `None` of routers that leave without a value."""
    for ref in router.functions:
        function = ref.function
        bare = [item for item in function.returns if item.value is None]
        for statement in (*bare, _open_end(function)):
            if statement is not None and not function.is_generator:
                yield Result(None, Site(statement, project.program.env(function)))


def _open_end(function: Function) -> t.If | None:
    """The `if` with a return that ends a function, where nothing else returns after or beside it.

    Several such in a row may cover all that there is.
    """
    body = function.node.body if isinstance(function.node, t.FunctionDef) else ()
    last = body[-1] if isinstance(body, tuple) and body else None
    if not isinstance(last, t.If) or last.orelse or not _returns(last):
        return None
    return last if not any(_returns(item) for item in body[:-1] if isinstance(item, t.If)) else None


def _returns(statement: t.If) -> bool:
    return any(isinstance(node, t.Return) for node in t.walk(statement))


def _is_missing(router: Router, result: Result) -> bool:
    assert router.path_map is not None
    if result.send or result.value in router.path_map:
        return False
    return not (result.declared and any(_excludes(ref, result) for ref in router.functions))


def _excludes(ref: FunctionRef, result: Result) -> bool:
    """Whether the router asks for the value before it returns what may be that value."""
    for statement in ref.function.node.body if isinstance(ref.function.node, t.FunctionDef) else ():
        for node in t.walk(statement):
            if isinstance(node, t.Compare) and node.ops[0] in ("==", "!=", "in"):
                for part in t.walk(node):
                    if isinstance(part, t.Constant) and part.value == result.value:
                        return True
    return False


def _finding(rule: Rule, project: Project, gaps: list[_Gap]) -> Finding:
    """One finding for a place that returns values, whichever maps lack them."""
    router, result = gaps[0].router, gaps[0].result
    who = router.functions[0].function.name if router.functions else "the router"
    values = _listed(gap.result.value for gap in gaps)
    sources = _listed(gap.router.source for gap in gaps)
    several = len({gap.router.source for gap in gaps}) > 1
    maps = f"path maps of {sources} lack" if several else f"path map of {sources} lacks"
    return rule.finding(
        project.at(result.site),
        f"the run breaks off with a KeyError where {who} returns {values}, which the {maps}",
        trace=_trace(project, gaps),
        help=f"add {values} to the path map",
        confidence=min((_confidence(project, gap) for gap in gaps), key=lambda level: level.rank),
    )


def _listed(values: Iterable[object]) -> str:
    *others, last = dict.fromkeys(map(repr, values))
    return f"{', '.join(others)} and {last}" if others else last


def _confidence(project: Project, gap: _Gap) -> Confidence:
    sure = Confidence.MEDIUM if gap.result.declared else Confidence.HIGH
    return weaker(sure, confidence(project, gap.graph))


def _trace(project: Project, gaps: list[_Gap]) -> Iterator[Step]:
    yield graph_step(project, gaps[0].graph)
    routers = {gap.router.site.node: gap.router for gap in gaps}
    for router in list(routers.values())[:3]:
        known = ", ".join(repr(key) for key in router.path_map or ())
        yield project.step(router.site, f"the path map has {known}")


RULE = Rule("LG602", "unmapped-router-value", Severity.ERROR, Hop.GRAPH, __doc__ or "", check)
