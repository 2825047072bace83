"""Middleware that holds a stream back until it ends

## What it does
Finds middleware of Starlette and FastAPI that gathers a whole response before it sends any of it,
on an application that serves a live stream, itself or below a mounted one:

- a dispatch function that reads `response.body_iterator` to its end, in a loop, a comprehension or
  a helper: an error. Wrapping the iterator in a generator that passes each chunk on is fine, and so
  is pure ASGI middleware. Conditions around the loop are judged for the stream: reading only JSON,
  only failures or only some paths is left alone.
- `GZipMiddleware`, by the version of Starlette. Up to 0.45 it gathers every type: an error. From
  0.46 to 1.4 it lets `text/event-stream` through and gathers the rest: a warning where a stream of
  another type is served. From 1.5 on it sends each chunk at once: nothing.

The version comes from the nearest lock file or requirements, of FastAPI where Starlette is not
named. Where these leave it open, the newest version that they allow is assumed. So without any pin
GZipMiddleware is not reported: a new installation does not hold streams back.

## Why it cuts the stream
The client waits for the whole run and then gets all chunks at once. A proxy or a client that waits
for the first byte gives up before. GZipMiddleware does so only for clients that accept gzip, which
browsers do. A dispatch that reads the body keeps the run going after the client has left.

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
chunks as one after two seconds, that of 1.5.0 each as it comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.versions import Change
from lg_lint.model.web.applications import Applications, Served
from lg_lint.model.web.body_readers import Reading, readings
from lg_lint.model.web.middleware import Installation, dispatch_of, installations
from lg_lint.model.web.responses import EVENT_STREAM
from lg_lint.model.web.stream_conditions import Stream, Truth, negated
from lg_lint.program.scopes import Function
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition
from lg_lint.rules.telling.growth import weaker
from lg_lint.rules.telling.versions import pin_step

_GZIP = "starlette.middleware.gzip.GZipMiddleware"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    found: dict[Place, Finding] = {}
    for finding in _findings(rule, project):
        found.setdefault(finding.place, finding)  # middleware of several applications
    yield from found.values()


def _findings(rule: Rule, project: Project) -> Iterator[Finding]:
    if not any(response.live for response in project.responses):
        return
    applications = project.once(Applications)
    for installation in installations(applications):
        served = applications.served(set(installation.hosts))
        if not served:
            continue
        if installation.is_a(_GZIP):
            yield from _gzip(rule, project, installation, served)
        for dispatch in dispatch_of(project.program, installation):
            for reading in readings(project.program, dispatch):
                yield from _gathered(
                    rule, project, installation, dispatch.function, reading, served
                )


# --- GZipMiddleware ------------------------------------------------------------------------


def _gzip(
    rule: Rule, project: Project, installation: Installation, served: list[Served]
) -> Iterator[Finding]:
    near = installation.site.path
    passes_events = project.versions.change("gzip-passes-event-streams", near)
    if project.versions.has("gzip-flushes", near):
        return
    held = [item for item in served if _is_held(item, passes_events)]
    if held:
        every = not passes_events.holds
        what = "every response" if every else "all but text/event-stream"
        yield rule.finding(
            project.at(installation.site),
            f"{_arrives(held)}, for clients that accept gzip: GZipMiddleware of "
            f"{passes_events.told} gathers {what}",
            trace=[*pin_step(project, passes_events.pin), *_streams(project, held)],
            help="require starlette>=1.5 (with FastAPI: one that allows it), whose GZipMiddleware "
            "sends each chunk at once",
            severity=Severity.ERROR if every else Severity.WARNING,
            confidence=_confidence(held),
        )


def _is_held(served: Served, passes_events: Change) -> bool:
    response = served.response
    if "content-encoding" in response.headers:
        return False
    if not passes_events.holds:
        return True
    media_type = response.media_type or ""
    return response.media_type_known and not media_type.lower().startswith(EVENT_STREAM)


# --- dispatch functions --------------------------------------------------------------------


def _gathered(
    rule: Rule,
    project: Project,
    installation: Installation,
    dispatch: Function,
    reading: Reading,
    served: list[Served],
) -> Iterator[Finding]:
    judged = [(item, _passes(project, reading, item)) for item in served]
    held = [item for item, truth in judged if truth in (Truth.YES, Truth.OTHER)]
    if not held:
        return
    sure = any(truth is Truth.YES for _, truth in judged)
    yield rule.finding(
        project.at(reading.site),
        f"{_arrives(held)}: {dispatch.qualname}() reads the whole body before it sends any of it",
        trace=[
            project.step(installation.site, "puts the middleware on the application"),
            Step(definition(project, dispatch), "runs for each request"),
            *_streams(project, held),
        ],
        help=f"in line {reading.site.span[0]} read nothing: give response.body_iterator a "
        "generator of your own that yields each chunk as it comes",
        confidence=weaker(_confidence(held), Confidence.HIGH if sure else Confidence.MEDIUM),
    )


def _passes(project: Project, reading: Reading, served: Served) -> Truth:
    """Whether the body of a stream comes to the reading."""
    stream = Stream(project.program, served.response, _method(served))
    found = Truth.YES
    for condition in reading.conditions:
        truth = stream.judge(condition.test, condition.function)
        truth = truth if condition.wanted else negated(truth)
        if truth in (Truth.NO, Truth.UNKNOWN):
            return Truth.NO
        found = truth if truth is Truth.OTHER else found
    return found


def _method(served: Served) -> str | None:
    """The HTTP method of a route, where its decorator names it."""
    node = served.entry.site.node
    callee = node.func if isinstance(node, t.Call) else node
    name = callee.attr.upper() if isinstance(callee, t.Attribute) else ""
    return name if name in ("GET", "POST", "PUT", "PATCH", "DELETE") else None


# --- what both tell ------------------------------------------------------------------------


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
    sure = any(item.certain and item.response.live_site is not None for item in held)
    return Confidence.HIGH if sure else Confidence.MEDIUM


RULE = Rule("LG303", "buffering-middleware", Severity.ERROR, Hop.MIDDLEWARE, __doc__ or "", check)
