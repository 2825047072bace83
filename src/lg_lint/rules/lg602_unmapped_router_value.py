"""A router's result that the path map lacks

## What it does
Finds conditional edges whose path map has no entry for a value that the router can return: the
values of its return statements, and, where those are not known, of its Literal annotation or of
the Literal of the state's key that it returns. A router that may end without a return gives `None`,
which counts where one `if` alone decides.

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

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.finding import Confidence, Finding, Hop, Severity
from lg_lint.model.graph import Graph, Result, Router, Site
from lg_lint.model.project import Project
from lg_lint.program.scopes import Function
from lg_lint.program.values import FunctionRef
from lg_lint.rules.growth import weaker
from lg_lint.rules.rule import Rule
from lg_lint.rules.wiring import confidence, graph_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    for graph in project.graphs:
        for router in graph.routers:
            seen: set[object] = set()
            results = (*router.results, *_nothing(project, router))
            for result in results if router.path_map is not None else ():
                if result.value not in seen and _is_missing(router, result):
                    seen.add(result.value)
                    yield _finding(rule, project, graph, router, result)


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


def _finding(rule: Rule, project: Project, graph: Graph, router: Router, result: Result) -> Finding:
    assert router.path_map is not None
    who = router.functions[0].function.name if router.functions else "the router"
    known = ", ".join(repr(key) for key in router.path_map)
    sure = Confidence.MEDIUM if result.declared else Confidence.HIGH
    return rule.finding(
        project.at(result.site),
        f"{who} can return {result.value!r}, which the path map of {router.source!r} lacks: "
        "the run stops with a KeyError",
        trace=[
            graph_step(project, graph),
            project.step(router.site, f"the path map has {known}"),
        ],
        help=f"add {result.value!r} to the path map",
        confidence=weaker(sure, confidence(project, graph)),
    )


RULE = Rule("LG602", "unmapped-router-value", Severity.ERROR, Hop.GRAPH, __doc__ or "", check)
