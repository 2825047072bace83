"""Stream generator without an error frame

## What it does
Finds generators of live responses that let an exception of the run end the stream: nothing around
the loop catches it and yields a last frame that says so. A handler that only logs, a `finally`
alone and a `try` that starts after the first `await` leave the client as much in the dark. A
wrapper that sends the frame for an inner generator is enough, and a wrapper around the
`body_iterator` of another response has what that has. What is yielded in `finally` or after a
handler counts where it depends on the failure: by what the handler notes, by a mark that the work
is done, by the way that leads there. A generator expression has no place for a handler.

A generator that takes its events from a queue is left alone where the task or thread that fills
the queue cannot be seen, or puts its failure there.

It is an error where the client cannot tell: in FastAPI's own event streams, and under a
BaseHTTPMiddleware from Starlette 0.46 on. The project's lock file or requirements say which version
it has; without them the newest is assumed.

Reported as well, with a message of its own: a handler that catches the end of the generator itself
(`GeneratorExit`, `CancelledError`, `BaseException` or everything) and yields. The generator keeps
running after its client left; in a `while` loop that goes on it holds up a server that stops, and
is an error. A `finally` that yields the same whatever happened counts too: closing the generator
then raises RuntimeError.

## Why it cuts the stream
Status 200 and the headers are gone before the first chunk. When the run fails midway, all that is
left is to stop: behind a proxy that speaks HTTP/1.0 to the application, under a BaseHTTPMiddleware
and with FastAPI's own event streams the client sees a clean end, and takes half an answer for a
whole one. Elsewhere it sees a broken connection without a reason.

## What is seen
- ends without an error: after a failure in the middle of a run, as if the answer were complete
- keeps running: a generator that yields while it is closed

## Example
```python
async def events(question: str):
    async for chunk in graph.astream({"question": question}):
        yield f"data: {json.dumps(chunk)}\\n\\n"
```

## Use instead
```python
async def events(question: str):
    try:
        async for chunk in graph.astream({"question": question}):
            yield f"data: {json.dumps(chunk)}\\n\\n"
        yield "event: end\\ndata: {}\\n\\n"
    except Exception:
        logger.exception("the run failed")
        yield "event: error\\ndata: {}\\n\\n"
```

## When to ignore
Where clients tell a whole answer by an end marker and retry by themselves.

## Fix safety
Clients must know the new frame; those that do not may show it as an answer.

## Evidence
[Measured](../evidence.md#lg305): an exception after the first chunk reaches the client as a clean
end through nginx with HTTP/1.0, and under a BaseHTTPMiddleware since Starlette 0.46.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.model.project import Project, runs_at
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.error_frames import guards
from lg_lint.model.web.failures import (
    Hiding,
    await_before_try,
    generator_expressions,
    hiding,
    is_passed_on,
    is_reported_elsewhere,
    only_paces,
)
from lg_lint.model.web.generator_end import end_handlers, final_yields
from lg_lint.model.web.responses import EVENT_STREAM, bodies
from lg_lint.model.web.sse_frames import maker
from lg_lint.program.scopes import Function
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition
from lg_lint.rules.telling.generator_ends import at_the_end, failing, running_on
from lg_lint.rules.telling.versions import confidence_given


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each live response whose client cannot tell a failure from the end."""
    for made in project.responses:
        for response in bodies(project.program, made):
            yield from _of_body(rule, project, response, made)


def _of_body(
    rule: Rule, project: Project, response: StreamResponse, made: StreamResponse
) -> Iterator[Finding]:
    """What one generator of a response that is made once, perhaps for several, leaves unsaid."""
    if not response.live or not (response.generators or generator_expressions(response)):
        return
    if is_passed_on(project, response):
        return
    functions = [ref.function for ref in response.generators]
    guarded = next((item for item in functions if any(guards(item))), None)
    if guarded is not None:
        yield from _too_late(rule, project, response, guarded)
    elif not is_reported_elsewhere(project, response):
        yield _no_frame(rule, project, response, hiding(project, made))
    for function in functions:
        for handler in end_handlers(function):
            yield running_on(rule, project, response, function, handler)
        for span in final_yields(function) if guarded is not None else ():
            yield at_the_end(rule, project, response, function, span)


def _no_frame(rule: Rule, project: Project, response: StreamResponse, changes: Hiding) -> Finding:
    seen = "half an answer looks like a whole one" if changes.in_effect else "the answer just stops"
    where = ""
    if changes.event_stream is not None:
        where = f" in an event stream of {changes.event_stream.text}"
    elif changes.middleware is not None:
        where = f" under the BaseHTTPMiddleware of {changes.middleware.text}"
    place, name, mend = _source(project, response)
    return rule.finding(
        place,
        f"{seen}, with status 200,{where} when the run fails midway: {name} sends no error frame",
        trace=failing(project, response),
        help=mend,
        severity=Severity.ERROR if changes.in_effect else None,
        confidence=confidence_given(changes.in_effect, _confidence(project, response)),
    )


def _source(project: Project, response: StreamResponse) -> tuple[Place, str, str]:
    """Where the chunks are made, how it is called, and what to write there."""
    is_events = (response.media_type or "").startswith(EVENT_STREAM)
    frame = r'"event: error\ndata: {}\n\n"' if is_events else "a last chunk that says so"
    if not response.generators:
        site = generator_expressions(response)[0]
        mend = (
            "write a generator function instead, with `try:` around its loop and "
            f"`except Exception: yield {frame}`"
        )
        return project.at(site), "a generator expression", mend
    function = maker(response.generators)
    mend = (
        f"put `try:` around the loop of {function.name}(), and below it "
        f"`except Exception: yield {frame}`"
    )
    return definition(project, function), f"{function.name}()", mend


def _too_late(
    rule: Rule, project: Project, response: StreamResponse, function: Function
) -> Iterator[Finding]:
    """What is awaited in the generator before its `try` fails without a frame."""
    site = await_before_try(function)
    if site is not None:
        place = project.place(function.module, site.node.span)
        yield rule.finding(
            definition(project, function),
            "the answer stops before its first chunk, with status 200 and no error frame, when "
            f"the await in line {place.row} fails: it stands before the try of {function.name}()",
            trace=[*failing(project, response), Step(place, "outside the try")],
            help=f"move line {place.row} into the try, or into the route, before the response",
            confidence=Confidence.MEDIUM,
        )


def _confidence(project: Project, response: StreamResponse) -> Confidence:
    site = response.live_site
    if site is None:
        return Confidence.MEDIUM
    if site.node in project.once(runs_at):
        return Confidence.HIGH
    return Confidence.LOW if only_paces(site) else Confidence.MEDIUM


RULE = Rule(
    code="LG305",
    name="no-error-frame",
    severity=Severity.WARNING,
    hop=Hop.GENERATOR,
    page=__doc__ or "",
    check=check,
)
