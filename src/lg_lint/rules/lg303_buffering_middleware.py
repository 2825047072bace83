"""Middleware that holds a stream back until it ends

## What it does
Finds middleware that gathers a whole response before it sends any of it, on an application that
serves a live stream, itself or below a mounted one:

- a dispatch function that reads `response.body_iterator` to its end, in a loop, a comprehension or
  a helper: an error. Wrapping the iterator in a generator that passes each chunk on is fine, and so
  is pure ASGI middleware. Conditions around the loop are judged for the stream: reading only JSON,
  only failures or only some paths is left alone.
- `GZipMiddleware`, by the version of Starlette. Up to 0.45 it gathers every type: an error. From
  0.46 to 1.4 it lets `text/event-stream` through and gathers the rest: a warning where a stream of
  another type is served. From 1.5 on it sends each chunk at once: nothing.

- Django's `GZipMiddleware`, on a stream whose iterator is a plain one, and `enable_compression()`
  of aiohttp: both compress without a flush. (Of an async iterator Django sends each chunk at once,
  as a gzip file of its own, of which some clients read the first alone: that is not judged.)

The version comes from the nearest lock file or requirements, of FastAPI where Starlette is not
named. Where these leave it open, the newest version that they allow is assumed. So without any pin
GZipMiddleware is not reported: a new installation does not hold streams back.

## Why it cuts the stream
The client waits for the whole run and then gets all chunks at once. A proxy or a client that waits
for the first byte gives up before. GZipMiddleware does so only for clients that accept gzip, which
browsers do. A dispatch that reads the body keeps the run going after the client has left.

## What is seen
- all at the end: also without any proxy; GZip in browsers alone, not in plain curl
- keeps running: the middleware goes on reading for nobody

## Example
```python
@app.middleware("http")
async def log_bodies(request: Request, call_next):
    response = await call_next(request)
    body = b"".join([chunk async for chunk in response.body_iterator])
    logger.info("%s %s", request.url.path, body)
    return Response(body, response.status_code, dict(response.headers))
```

## Use instead
```python
@app.middleware("http")
async def log_bodies(request: Request, call_next):
    response = await call_next(request)
    chunks = response.body_iterator

    async def logged():
        async for chunk in chunks:
            logger.info("%s %s", request.url.path, chunk)
            yield chunk

    response.body_iterator = logged()
    return response
```

## When to ignore
Where no client of the stream accepts gzip.

## Fix safety
No fix: what the middleware does with the body is not known. For GZipMiddleware, upgrade Starlette,
or leave the stream's route out.

## Evidence
[Measured](../evidence.md#lg303): with the dispatch of the example eight chunks reach the client
together at the end, with the generator one by one. GZipMiddleware of Starlette 0.45.3 sends eight
chunks as one after two seconds, that of 1.5.0 each as it comes. Of a plain generator that Django's
GZipMiddleware compresses, and of a stream of aiohttp, the client gets all at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Served
from lg_lint.model.web.buffering import Compression, WholeReading, gathering
from lg_lint.model.web.compression import Kept, kept_streams
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition
from lg_lint.rules.telling.growth import weaker
from lg_lint.rules.telling.versions import pin_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each middleware that gathers or compresses a stream."""
    found: dict[Place, Finding] = {}
    for each in gathering(project):
        finding = (
            _gzip(rule, project, each)
            if isinstance(each, Compression)
            else _gathered(rule, project, each)
        )
        found.setdefault(finding.place, finding)  # middleware of several applications
    for kept in kept_streams(project):
        finding = _kept(rule, project, kept)
        found.setdefault(finding.place, finding)
    yield from found.values()


def _gzip(rule: Rule, project: Project, found: Compression) -> Finding:
    passes_events = found.passes_events
    every = not passes_events.holds
    what = "every response" if every else "all but text/event-stream"
    return rule.finding(
        project.at(found.installation.site),
        f"{_arrives(found.held)}, for clients that accept gzip: GZipMiddleware of "
        f"{passes_events.text} gathers {what}",
        trace=[*pin_step(project, passes_events.pin), *_streams(project, found.held)],
        help="require starlette>=1.5 (with FastAPI: one that allows it), whose GZipMiddleware "
        "sends each chunk at once",
        severity=Severity.ERROR if every else Severity.WARNING,
        confidence=_confidence(found.held),
    )


def _kept(rule: Rule, project: Project, found: Kept) -> Finding:
    return rule.finding(
        project.at(found.site),
        f"{_arrives(found.held)}, for clients that accept gzip: {found.name} keeps what it "
        "compresses until a block of it is full",
        trace=_streams(project, found.held),
        help=found.cure,
        confidence=_confidence(found.held),
    )


def _gathered(rule: Rule, project: Project, found: WholeReading) -> Finding:
    reading = found.reading.site
    return rule.finding(
        project.at(reading),
        f"{_arrives(found.held)}: {found.dispatch.qualname}() reads the whole body before it sends "
        "any of it",
        trace=[
            project.step(found.installation.site, "puts the middleware on the application"),
            Step(definition(project, found.dispatch), "runs for each request"),
            *_streams(project, found.held),
        ],
        help=f"in line {reading.span[0]} read nothing: give response.body_iterator a "
        "generator of your own that yields each chunk as it comes",
        confidence=weaker(
            _confidence(found.held), Confidence.HIGH if found.certain else Confidence.MEDIUM
        ),
    )


def _arrives(held: Iterable[Served]) -> str:
    names = list(dict.fromkeys(f"{item.route.name}()" for item in held))
    if len(names) == 1:
        return f"the stream of {names[0]} arrives in one piece when it is over"
    return f"the streams of {', '.join(names[:3])} arrive in one piece when they are over"


def _streams(project: Project, held: list[Served]) -> Iterator[Step]:
    for item in held[:3]:
        yield Step(definition(project, item.route), f"the route {item.route.name}() streams")
        yield project.step(item.response.site, "its response")


def _confidence(held: list[Served]) -> Confidence:
    certain = any(item.certain and item.response.live_site is not None for item in held)
    return Confidence.HIGH if certain else Confidence.MEDIUM


RULE = Rule(
    code="LG303",
    name="buffering-middleware",
    severity=Severity.ERROR,
    hop=Hop.MIDDLEWARE,
    page=__doc__ or "",
    check=check,
)
