"""An interrupt() that an except clause swallows

## What it does
Finds calls of `interrupt()`, in a node, a tool or a function that they call, inside a `try` whose
handler catches Exception, BaseException or everything, or inside `contextlib.suppress(Exception)`.
For a tool, functions around its call count as well: `wrap_tool_call` and `awrap_tool_call` of an
agent's middleware, and those that a ToolNode is given.
A handler before it that lets GraphInterrupt or GraphBubbleUp through, and a handler that raises
again what it caught, are fine.

## Why it cuts the stream
`interrupt()` pauses a run by raising GraphInterrupt, which is an Exception. Caught, the run goes on
as if nobody had to be asked: no `__interrupt__` chunk reaches the client, and the error path's
answer does.

## What is seen
- does not pause for approval: the run goes on as if the tool had failed

## Example
```python
def approve(state: State) -> dict:
    try:
        answer = interrupt("Send it?")
    except Exception:
        return {"status": "failed"}
    return {"status": answer}
```

## Use instead
```python
def approve(state: State) -> dict:
    answer = interrupt("Send it?")
    try:
        return {"status": json.loads(answer)["status"]}
    except Exception:
        return {"status": "failed"}
```
Or `except GraphBubbleUp: raise` before the broad handler.

## When to ignore
Never: the interrupt does not work.

## Fix safety
No fix: which statements the `try` is for is not known.

## Evidence
[Measured](../evidence.md#lg604): no `__interrupt__` reaches the client, and the handler's answer is
in the state; where the interrupt is raised again, the run waits.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.graph_analysis.interrupts import Interrupt, Swallowing, interrupts
from lg_lint.model.project import Project
from lg_lint.program.site import Site
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, entry_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each pair of an interrupt and the clause that swallows it."""
    seen: set[tuple[object, ...]] = set()
    for found in interrupts(project):
        if found.swallowed is None:
            continue
        key = (found.site.path, found.site.span, found.swallowed.site.span)
        if key not in seen:
            seen.add(key)
            yield _finding(rule, project, found, found.swallowed)


def _finding(rule: Rule, project: Project, found: Interrupt, swallowed: Swallowing) -> Finding:
    instead = "turns into another error" if swallowed.raises else "swallows"
    return rule.finding(
        project.at(found.site),
        "the run does not pause and the client is never asked: "
        f"{swallowed.what} {instead} this interrupt()",
        trace=_trace(project, found, swallowed.site),
        help="put `except GraphBubbleUp: raise` before it, or the interrupt() outside the try",
        confidence=Confidence.HIGH if found.entry is not None else Confidence.MEDIUM,
    )


def _trace(project: Project, found: Interrupt, site: Site) -> Iterator[Step]:
    if found.entry is not None and found.start is not None:
        yield entry_step(project, found.entry)
        yield from call_steps(project, found.start, found.edges)
    yield project.step(site, "catches GraphInterrupt, which is an Exception")


RULE = Rule(
    code="LG604",
    name="swallowed-interrupt",
    severity=Severity.ERROR,
    hop=Hop.NODE,
    page=__doc__ or "",
    check=check,
)
