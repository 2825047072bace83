"""Proxy that gives up before a silent stream goes on

## What it does
Finds locations of nginx that carry a live stream and wait for a shorter time than the stream may be
silent: `proxy_read_timeout` of that location, or 60 s where nobody says it, against the sleeps and
the unheard chat models of the graph behind it, and no heartbeat to fill the silence.

What counts is the location that carries this stream. It is found from the route: its path with the
prefixes of routers, the program that serves it, the service or port that `proxy_pass` names, the
URI part and `rewrite` between them. Where one of these cannot be seen, nothing is reported. A proxy
in front of another one, and the `read_timeout` of Caddy, count as well.

Warning where the silence is proven, or where models are asked again and again and nginx waits for
60 s or less. Information where a silence is only likely.

A wait for the next chunk that gives up, as `asyncio.wait_for(chunks.__anext__(), 10)`, is no
heartbeat: it cancels the run.

## Why it cuts the stream
`proxy_read_timeout` counts the time between two reads, not the length of the answer. When it is
over, nginx closes both connections: the client has status 200 and half an answer, and the run of
the graph is cancelled.

## What is seen
- cut after a fixed time: after 60 s of silence by default; 504 if nothing had come yet
- only behind a proxy: the application itself waits for as long as it takes

## Example
```nginx
location /api/ {
    proxy_pass http://127.0.0.1:8000/;
    proxy_http_version 1.1;
    proxy_read_timeout 30s;
}
```

```python
async def research(state: State) -> dict:
    await asyncio.sleep(90)
    return {"notes": await search(state["question"])}

@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream")
```

## Use instead
```nginx
location /api/ {
    proxy_pass http://127.0.0.1:8000/;
    proxy_http_version 1.1;
    proxy_read_timeout 3600s;
}
```

```python
async def research(state: State) -> dict:
    await asyncio.sleep(90)
    return {"notes": await search(state["question"])}

@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream")
```

A heartbeat of the application, such as `EventSourceResponse(events(question), ping=15)` of
sse-starlette, also holds for proxies and clients that nobody here knows.

## When to ignore
Where another nginx than the one of this file stands before the application.

## Fix safety
No fix: how long a proxy may wait is a decision about all that it carries.

## Evidence
[Measured](../evidence.md#lg505): a stream that is silent for longer than nginx waits is cut with
status 200; with a longer `proxy_read_timeout`, or with a ping, it is complete.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.base.finding import Finding, Hop, Place, Severity, Step
from lg_lint.model.hosting.proxied.ways import NginxWay, NginxWays
from lg_lint.model.project import Project
from lg_lint.model.streams.heartbeats import has_heartbeat
from lg_lint.model.web.sse_frames import maker
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.patience import findings
from lg_lint.rules.telling.proxies import other_streams, way_steps
from lg_lint.rules.telling.silences import FOREVER, Verdict, silence_steps, worst

_HELPS = {
    "caddy": "leave `read_timeout` out, as Caddy has no such limit of its own, or send a heartbeat "
    "every 15 s",
    "": "write `proxy_read_timeout 3600s;` into the location, or send a heartbeat every 15 s",
}


class _Cut(Struct):
    """A stream that a location cuts after so many seconds."""

    way: NginxWay
    seconds: float
    verdict: Verdict


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each line of a configuration that limits the silence of streams."""
    cuts: dict[tuple[str, int], list[_Cut]] = {}
    for response in project.responses:
        if not response.live or not response.generators:
            continue
        for ways in project.once(NginxWays).by_file(response):
            for cut in _cut(project, ways):
                _, path, row = cut.way.silence_limit()
                cuts.setdefault((path, row), []).append(cut)
    for (path, row), found in cuts.items():
        found.sort(key=lambda each: each.verdict.rank)
        yield _finding(rule, project, Place(project.display(path), row, 1, row, 1), found)
    yield from findings(rule, project, "proxy", _HELPS)


def _cut(project: Project, ways: list[NginxWay]) -> Iterator[_Cut]:
    """The ways of one configuration that cut a stream; none where another one lets it through."""
    found = []
    for way in ways:
        response, seconds = way.served.response, way.silence_limit()[0]
        if seconds is None or seconds >= FOREVER or has_heartbeat(project, response, seconds):
            return
        verdict = worst(project, response, seconds, is_known=True)
        if verdict is None:
            return
        found.append(_Cut(way, seconds, verdict))
    yield from found


def _finding(rule: Rule, project: Project, place: Place, cuts: list[_Cut]) -> Finding:
    cut = cuts[0]
    verdict, response = cut.verdict, cut.way.served.response
    seen = "is" if verdict.severity is Severity.WARNING else "may be"
    streams = {id(each.way.served.response) for each in cuts}
    more = f" (and {len(streams) - 1} more streams)" if len(streams) > 1 else ""
    return rule.finding(
        place,
        f"the answer of {cut.way.path}{more} {seen} cut off half-way, with status 200: nginx gives "
        f"up after {cut.seconds:g} s without a byte, and nothing is sent while {verdict.text}, as "
        f"{maker(response.generators).name}() has no heartbeat",
        trace=_trace(project, cuts),
        help="write `proxy_read_timeout 3600s;` into the location, or send a heartbeat every 15 s",
        severity=verdict.severity,
        confidence=verdict.confidence,
    )


def _trace(project: Project, cuts: list[_Cut]) -> Iterator[Step]:
    cut = cuts[0]
    yield from way_steps(project, cut.way)
    yield from other_streams(project, (each.way for each in cuts))
    yield from silence_steps(project, cut.way.served.response, cut.verdict)


RULE = Rule(
    code="LG505",
    name="proxy-read-timeout",
    severity=Severity.WARNING,
    hop=Hop.PROXY,
    page=__doc__ or "",
    check=check,
)
