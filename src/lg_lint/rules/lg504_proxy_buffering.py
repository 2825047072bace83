"""Proxy that holds the chunks of a live stream back

## What it does
Finds locations of nginx that carry a live stream and hold it back: the buffers are on, and nginx
either speaks HTTP/1.0 to the application, where it does not see where a chunk ends, or compresses
this media type. `proxy_http_version` is 1.0 where nothing is said, before nginx 1.29.7; `gzip`
counts for the types in `gzip_types`, and `gzip_min_length` saves no stream.

What counts is the location that carries this stream. It is found from the route: its path with the
prefixes of routers, the program that serves it, the service or port that `proxy_pass` names, the
URI part and `rewrite` between them. Where one of these cannot be seen, nothing is reported; nor
where the application sends `X-Accel-Buffering: no`, unless `proxy_ignore_headers` names that. An
image of nginx that no version pins counts as the newest, which speaks HTTP/1.1.

LG301 says nothing of a response that is reported here.

## Why it cuts the stream
Users see nothing for as long as the answer takes, and then all of it. Where the read timeout is
over before, what waits in the buffer is lost.

## What is seen
- all at the end: behind the location that the finding names
- only behind a proxy: curl to the application itself shows the tokens one by one

## Example
```nginx
location /chat/ {
    proxy_pass http://127.0.0.1:8000;
}
```

```python
@app.post("/chat/")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream")
```

## Use instead
```nginx
location /chat/ {
    proxy_pass http://127.0.0.1:8000;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_buffering off;
}
```

```python
@app.post("/chat/")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream")
```

## When to ignore
Where a newer nginx than the one that the files speak of, or another proxy, stands there.

## Fix safety
No fix: the location may carry more than the stream. Setting the header in the application, as LG301
does, has the same effect.

## Evidence
[Measured](../evidence.md#lg504): eight chunks a quarter of a second apart come together after two
seconds through HTTP/1.0 or through gzip, and one by one without.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Place, Severity, Step
from lg_lint.model.hosting.proxied.held_back import HeldBack
from lg_lint.model.hosting.proxied.ways import NginxWay
from lg_lint.model.project import Project
from lg_lint.model.web.responses import ANTI_BUFFERING
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.proxies import other_streams, way_steps


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each line of a configuration that holds streams back."""
    found: dict[tuple[str, int], list[NginxWay]] = {}
    for response in project.responses:
        if response.live:
            for way in project.once(HeldBack).of(response):
                told = way.holds_back()
                found.setdefault((told.path, told.line), []).append(way)
    for (path, row), ways in found.items():
        yield _finding(rule, project, Place(project.display(path), row, 1, row, 1), ways)


def _finding(rule: Rule, project: Project, place: Place, ways: list[NginxWay]) -> Finding:
    way = ways[0]
    streams = {id(each.served.response) for each in ways}
    more = f" (and of {len(streams) - 1} more streams)" if len(streams) > 1 else ""
    return rule.finding(
        place,
        f"the chunks of {way.path}{more} arrive in one lump, when nginx's buffer is full or the "
        f"answer is over: {_reason(way)}",
        trace=_trace(project, ways),
        help='write `proxy_http_version 1.1;`, `proxy_set_header Connection "";` and '
        "`proxy_buffering off;` into the location",
    )


def _reason(way: NginxWay) -> str:
    names, response = way.holds_back().names, way.served.response
    if "gzip_types" in names:
        why = f"it compresses {response.media_type}"
    elif "proxy_http_version" in names:
        why = "it speaks HTTP/1.0 to the application"
    else:
        why = "its protocol does not say where a chunk ends"
    if ANTI_BUFFERING in response.headers:
        return f"{why}, and is told to ignore `X-Accel-Buffering: no`"
    return f"{why}, and the response does not send `X-Accel-Buffering: no`"


def _trace(project: Project, ways: list[NginxWay]) -> Iterator[Step]:
    way = ways[0]
    yield from way_steps(project, way)
    yield from other_streams(project, ways)
    yield project.step(way.served.response.site, "the response")


RULE = Rule(
    code="LG504",
    name="proxy-buffering",
    severity=Severity.WARNING,
    hop=Hop.PROXY,
    page=__doc__ or "",
    check=check,
)
