"""A router's result that the path map lacks

## What it does
Finds conditional edges whose path map has no entry for a value that the router can return: the
values of its return statements, and, where those are not known, of its Literal annotation or of
the Literal of the state's key that it returns. A router that may end without a return gives `None`,
which counts where one `if` alone decides. A value behind a test of a key that neither the schema
nor a node has never comes, and is left out.

## Why it cuts the stream
The lookup raises KeyError in the middle of the run, and the stream breaks off after the router.

## What is seen
- breaks off with an error: KeyError, after the router

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

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph_analysis.unmapped_values import UnmappedValue, unmapped_values
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.growth import weaker
from lg_lint.rules.telling.wiring import confidence, graph_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each returned value that some path map lacks."""
    for gaps in unmapped_values(project):
        yield _finding(rule, project, gaps)


def _finding(rule: Rule, project: Project, gaps: list[UnmappedValue]) -> Finding:
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


def _confidence(project: Project, gap: UnmappedValue) -> Confidence:
    certain = Confidence.MEDIUM if gap.result.declared else Confidence.HIGH
    return weaker(certain, confidence(project, gap.graph))


def _trace(project: Project, gaps: list[UnmappedValue]) -> Iterator[Step]:
    yield graph_step(project, gaps[0].graph)
    routers = {gap.router.site.node: gap.router for gap in gaps}
    for router in list(routers.values())[:3]:
        known = ", ".join(repr(key) for key in router.path_map or ())
        yield project.step(router.site, f"the path map has {known}")


RULE = Rule(
    code="LG602",
    name="unmapped-router-value",
    severity=Severity.ERROR,
    hop=Hop.GRAPH,
    page=__doc__ or "",
    check=check,
)
