"""How generators are told of that yield while they are closed."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.generator_end import EndHandler
from lg_lint.program.scopes import Function
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition, generator_steps

Span = tuple[int, int, int, int]


def running_on(
    rule: Rule, project: Project, response: StreamResponse, function: Function, handler: EndHandler
) -> Finding:
    """A generator that cannot be closed; in a loop without an end it holds the server up too."""
    more = ""
    if handler.goes_on:
        more = ", and goes on with its loop: the server waits for it when it stops"
    head = project.place(function.module, handler.head)
    return rule.finding(
        definition(project, function),
        f"{function.name}() keeps running after its client left: its handler catches the end of "
        f"the generator itself and yields{more}",
        trace=[
            *failing(project, response),
            Step(head, "catches the end of the generator and yields"),
        ],
        help=f"write `except Exception:` in line {head.row}: what closes a generator "
        "(GeneratorExit, CancelledError) then passes",
        severity=Severity.ERROR if handler.goes_on else None,
    )


def at_the_end(
    rule: Rule, project: Project, response: StreamResponse, function: Function, span: Span
) -> Finding:
    """A `finally` that yields: also where the client has left, and where the work has failed."""
    place = project.place(function.module, span)
    return rule.finding(
        definition(project, function),
        f"{function.name}() yields while it is closed: its `finally` sends to a client that has "
        "left, which raises RuntimeError, and what stands below that is not run",
        trace=[*failing(project, response), Step(place, "yields in `finally`")],
        help=f"move line {place.row} out of `finally`: below the loop for the end, into `except "
        "Exception` for a failure",
    )


def failing(project: Project, response: StreamResponse) -> Iterator[Step]:
    """How a response comes to the place that may fail."""
    yield project.step(response.site, "the response")
    yield from generator_steps(project, response)
    if response.live_site is not None:
        yield project.step(response.live_site, "may fail midway")
