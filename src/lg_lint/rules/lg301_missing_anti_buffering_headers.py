"""Live stream without anti-buffering headers

## What it does
Finds responses whose body is produced while it is sent (a graph run, a model, a queue, another
stream, a paced loop) and that do not carry `X-Accel-Buffering: no`. Seen are headers given to the
constructor or beside a body that a view returns; set afterwards, by any method, here or in a helper
or a decorator; set by a subclass; and set by middleware, hooks and signals (`after_request`,
`on_response`, `on_response_prepare`, Django's `MIDDLEWARE`, Litestar's `response_headers`) of the
same application, blueprint or router. What another application of the repository does counts for
nothing. Files, buffers, downloads and generators that yield once are left alone, and so are headers
that come from unseen arguments.

Classes that set the header by themselves are fine: sse-starlette's `EventSourceResponse`, and
FastAPI's `response_class=EventSourceResponse` on a path operation that yields. Returning
`EventSourceResponse(events())` of `fastapi.sse` sets the media type alone and is reported. A path
operation that yields counts where the project's FastAPI streams it, from 0.134 on.

## Why it cuts the stream
nginx before 1.29.7 with its default settings, and any nginx that compresses the media type,
collects the answer of the application and passes it on when a buffer is full or the stream ends.
Tokens then arrive in one lump, after the run is over. `Cache-Control` changes nothing about that,
and neither do values other than `no`.

## What is seen
- all at the end: behind nginx, ingress or a CDN
- only behind a proxy: on your own machine the tokens come one by one

## Example
```python
@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream")
```

## Use instead
```python
@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(
        events(question),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )
```

## When to ignore
Where no proxy stands before the application, or every proxy has `proxy_buffering off`: where the
nginx of this application is in the repository and does, the finding is for information. Where it
holds this stream back for certain, LG504 or LG511 is reported in its place.

## Fix safety
Safe: the header changes no body. It is added to the call, or to a literal dict of headers; headers
from elsewhere have no fix. A header set on an injected `Response` parameter is lost when
another response is returned, and is too late inside a path operation that yields.

## Evidence
[Measured](../evidence.md#lg301): eight chunks a quarter of a second apart reach the client together
after two seconds through a default nginx, and one by one with the header.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.hosting.deployments import Deployments
from lg_lint.model.hosting.proxied.held_back import HeldBack
from lg_lint.model.hosting.proxies import pass_streams
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.versions import Change
from lg_lint.model.web.answers import Answers, Evidence, may_carry
from lg_lint.model.web.responses import ANTI_BUFFERING, PATH_OPERATION, change_of
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import generator_steps
from lg_lint.rules.telling.response_fixes import has_literal_headers, headers_fix
from lg_lint.rules.telling.versions import confidence_given

_DOUBTFUL = " (code of an application sets it: whose answers those are cannot be told)"
_PASSED = " (the {} of this application lets them through)"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each live response that a proxy may hold back."""
    open_responses = [
        response
        for response in project.responses
        if response.live and response.headers_known and not may_carry(response)
    ]
    if not open_responses:
        return
    answers = project.once(Answers)
    deployments = project.once(Deployments)
    for response in open_responses:
        evidence = answers.of(response)
        if evidence is Evidence.YES:
            continue
        doubtful = evidence is Evidence.MAYBE
        held = project.once(HeldBack)
        if held.of(response) or held.outside(response):
            continue
        proxies = deployments.before(response)
        passing = held.passing(response) or ("nginx" if pass_streams(proxies.own) else "")
        change = change_of(response, project.versions)
        certain = Confidence.HIGH if response.live_site is not None else Confidence.MEDIUM
        if not proxies.own and pass_streams(proxies.maybe):
            certain = Confidence.MEDIUM
        yield rule.finding(
            project.at(response.site),
            f"{_chunks(response)} arrive in one lump behind an nginx with default settings, when "
            f"its buffer is full or the answer is over: {_lack(response, change)}"
            + (_DOUBTFUL if doubtful else _PASSED.format(passing) if passing else ""),
            trace=_trace(project, response),
            help=_help(project, response),
            severity=Severity.INFO if doubtful or passing else None,
            confidence=confidence_given(change, certain),
            fix=None if doubtful else headers_fix(project, response),
        )


def _lack(response: StreamResponse, change: Change | None) -> str:
    name = response.type.rpartition(".")[2]
    what = name if change is None else f"{name} of {change.text}"
    if response.type == PATH_OPERATION and change is not None:
        what = f"this path operation, a stream with {change.text},"
    value = response.headers.get(ANTI_BUFFERING)
    if value is not None:
        return f"{what} sends `X-Accel-Buffering: {value}`, which does nothing"
    return f"{what} sends no `X-Accel-Buffering: no`"


def _chunks(response: StreamResponse) -> str:
    if not response.generators:
        return "its chunks"
    return f"the chunks of {response.generators[0].function.name}()"


def _trace(project: Project, response: StreamResponse) -> Iterator[Step]:
    yield from generator_steps(project, response)
    if response.live_site is not None:
        yield project.step(response.live_site, "they come over time from here")


def _help(project: Project, response: StreamResponse) -> str:
    """What to write, and in which line."""
    if response.type == PATH_OPERATION:
        return (
            "write response_class=EventSourceResponse (of fastapi.sse) into the decorator, which "
            "sets the header, or return a StreamingResponse with headers"
        )
    row = response.site.span[0]
    value = response.headers.get(ANTI_BUFFERING)
    if value is not None:
        return f'write "X-Accel-Buffering": "no", as no other value does anything, not "{value}"'
    if has_literal_headers(project, response):
        return f'write "X-Accel-Buffering": "no" into the headers of the call in line {row}'
    if response.call is not None:
        return (
            'write headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"} into the call '
            f"in line {row}"
        )
    return f'return the header beside the body in line {row}: {{"X-Accel-Buffering": "no"}}'


RULE = Rule(
    code="LG301",
    name="missing-anti-buffering-headers",
    severity=Severity.WARNING,
    hop=Hop.RESPONSE,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
