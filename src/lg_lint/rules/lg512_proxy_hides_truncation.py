"""Proxy that makes half an answer look like a whole one

## What it does
Finds locations of nginx that carry a live stream and do not tell their client when it breaks off:
nginx speaks HTTP/1.0 to the application, where the end of the connection is the end of the answer,
or `chunked_transfer_encoding off` takes the frames away that the client would miss.

Warning where the application itself does not tell: its generator sends no error frame, or nothing
that says that the answer is whole. Information where it sends both.

What counts is the location that carries this stream, as for LG504, and one that LG504 reports for
its HTTP/1.0 is not reported again: the same line mends both.

## Why it cuts the stream
A generator that raises, a worker that is killed, a deployment in the middle of an answer: with
HTTP/1.1 the client sees that the last chunk is missing and raises. Behind such a location it gets
status 200 and a clean end, stores half an answer as the whole one, and nothing asks again.

## What is seen
- ends without an error: also when the run has raised or its worker was killed
- only behind a proxy: the application itself breaks the connection, which clients see

## Example
```nginx
location /chat/ {
    proxy_pass http://127.0.0.1:8000;
    proxy_http_version 1.1;
    chunked_transfer_encoding off;
}
```

```python
async def chunks(question: str):
    async for update in graph.astream({"question": question}):
        yield frame(update)


@app.post("/chat/")
async def chat(question: str):
    return StreamingResponse(
        chunks(question), media_type="text/event-stream", headers=HEADERS
    )
```

## Use instead
```nginx
location /chat/ {
    proxy_pass http://127.0.0.1:8000;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
}
```

```python
async def chunks(question: str):
    async for update in graph.astream({"question": question}):
        yield frame(update)
    yield "event: end\\ndata: {}\\n\\n"


@app.post("/chat/")
async def chat(question: str):
    return StreamingResponse(
        chunks(question), media_type="text/event-stream", headers=HEADERS
    )
```

A last event that the client waits for also holds for proxies that nobody here knows.

## When to ignore
Where the client counts what it gets, or asks for the state of the run once the stream is over.

## Fix safety
No fix: the configuration of a proxy is left to its owner.

## Evidence
[Measured](../evidence.md#lg512): a run that fails midway ends cleanly for the client behind
HTTP/1.0 and behind `chunked_transfer_encoding off`, and breaks visibly behind HTTP/1.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Place, Severity, Step
from lg_lint.model.hosting.proxied.hiding import Hidden, hidden_ends
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.proxies import other_streams, way_steps


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each line of a configuration that hides a torn answer."""
    found: dict[tuple[str, int], list[Hidden]] = {}
    for response in project.responses:
        if response.live:
            for hidden in hidden_ends(project, response):
                found.setdefault((hidden.told.path, hidden.told.line), []).append(hidden)
    for (path, row), several in found.items():
        several.sort(key=lambda each: each.is_told)
        yield _finding(rule, project, Place(project.display(path), row, 1, row, 1), several)


def _finding(rule: Rule, project: Project, place: Place, several: list[Hidden]) -> Finding:
    hidden = several[0]
    streams = {id(each.way.served.response) for each in several}
    more = f" (and of {len(streams) - 1} more streams)" if len(streams) > 1 else ""
    return rule.finding(
        place,
        f"an answer of {hidden.way.path}{more} that breaks off half-way looks complete, with "
        f"status 200: {_reason(hidden)}{_lack(hidden)}",
        trace=_trace(project, several),
        help=_help(hidden),
        severity=Severity.INFO if hidden.is_told else None,
    )


def _reason(hidden: Hidden) -> str:
    if "chunked_transfer_encoding" in hidden.told.names:
        return "nginx sends it without the frames that a client would miss"
    if "proxy_http_version" in hidden.told.names:
        return "nginx speaks HTTP/1.0 to the application, and takes every end for a good one"
    return "by this protocol nginx takes every end for a good one"


def _lack(hidden: Hidden) -> str:
    name = hidden.name
    if not hidden.has_error_frame:
        return f", and {name}() sends no error frame"
    if not hidden.has_end_marker:
        return f", and {name}() sends nothing last that says that it is whole"
    return f"; that {name}() sends a last event helps clients that wait for it"


def _help(hidden: Hidden) -> str:
    if "chunked_transfer_encoding" in hidden.told.names:
        return "leave `chunked_transfer_encoding off` out of the location"
    return 'write `proxy_http_version 1.1;` and `proxy_set_header Connection "";` into the location'


def _trace(project: Project, several: list[Hidden]) -> Iterator[Step]:
    way = several[0].way
    yield from way_steps(project, way)
    yield from other_streams(project, (each.way for each in several))
    yield project.step(way.served.response.site, "the response")


RULE = Rule(
    code="LG512",
    name="proxy-hides-truncation",
    severity=Severity.WARNING,
    hop=Hop.PROXY,
    page=__doc__ or "",
    check=check,
)
