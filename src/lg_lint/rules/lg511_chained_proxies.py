"""Proxy in front of a proxy that holds a stream back

## What it does
Finds a proxy that carries a live stream to another proxy and holds it back, although the one behind
it lets it pass: a location of nginx with its buffers on that speaks HTTP/1.0 to the next one, or
compresses this media type.

nginx keeps `X-Accel-Buffering` to itself: what the application says reaches the proxy in front only
where `proxy_pass_header X-Accel-Buffering` or `add_header X-Accel-Buffering no` stands in the inner
one. Caddy and Traefik hand it on. What stands in front of what is found from the containers of a
deployment and the ports that they publish; where that cannot be seen, nothing is reported.

LG301 says nothing of a response that is reported here: its header would not help.

## Why it cuts the stream
`X-Accel-Buffering: no` and `proxy_buffering off` are told to one nginx, the next one to read them.
The one in front knows nothing of them, and users see the answer when it is over.

## What is seen
- all at the end: behind the outer proxy, and not behind the inner one
- only behind a proxy: curl to the application, or to the inner proxy, shows the tokens one by one

## Example
```yaml
services:
  edge:
    image: nginx:1.27
    volumes: ["./edge.conf:/etc/nginx/nginx.conf:ro"]
  inner:
    image: nginx:1.27
    volumes: ["./inner.conf:/etc/nginx/nginx.conf:ro"]
  app:
    build: .
    command: uvicorn app:app --host 0.0.0.0 --port 8000
```

```nginx
# edge.conf
location / {
    proxy_pass http://inner:80;
}
```

```nginx
# inner.conf
location / {
    proxy_pass http://app:8000;
    proxy_http_version 1.1;
    proxy_buffering off;
}
```

```python
@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
```

## Use instead
```yaml
services:
  edge:
    image: nginx:1.27
    volumes: ["./edge.conf:/etc/nginx/nginx.conf:ro"]
  inner:
    image: nginx:1.27
    volumes: ["./inner.conf:/etc/nginx/nginx.conf:ro"]
  app:
    build: .
    command: uvicorn app:app --host 0.0.0.0 --port 8000
```

```nginx
# edge.conf
location / {
    proxy_pass http://inner:80;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_buffering off;
}
```

```nginx
# inner.conf
location / {
    proxy_pass http://app:8000;
    proxy_http_version 1.1;
    proxy_buffering off;
}
```

```python
@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream", headers=HEADERS)
```

## When to ignore
Where users reach the inner proxy without the outer one.

## Fix safety
No fix: the location may carry more than the stream.

## Evidence
[Measured](../evidence.md#lg511): the header of the application and `proxy_buffering off` let the
chunks pass the inner nginx, and the outer one gives them out together.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Place, Severity, Step
from lg_lint.model.hosting.fronts.nginx_gates import NginxGate
from lg_lint.model.hosting.fronts.records import Front
from lg_lint.model.hosting.proxied.held_back import HeldBack
from lg_lint.model.hosting.proxied.ways import LocatedAnswer
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import entry_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each line that holds streams back which another proxy lets pass."""
    found: dict[tuple[str, int], list[tuple[Front, LocatedAnswer]]] = {}
    for response in project.responses:
        for front in project.once(HeldBack).outside(response) if response.live else ():
            if isinstance(front.gate, NginxGate):
                told = front.gate.held(front.arriving)
                found.setdefault((told.path, told.line), []).append((front, told))
    for (path, row), fronts in found.items():
        yield _finding(rule, project, Place(project.display(path), row, 1, row, 1), fronts)


def _finding(
    rule: Rule, project: Project, place: Place, fronts: list[tuple[Front, LocatedAnswer]]
) -> Finding:
    front, told = fronts[0]
    inner = front.inner.kind if front.inner is not None else ""
    streams = {id(each.served.response) for each, _ in fronts}
    more = f" (and of {len(streams) - 1} more streams)" if len(streams) > 1 else ""
    if "gzip_types" in told.names:
        why = f"it compresses {front.served.response.media_type}"
    else:
        why = f"it speaks HTTP/1.0 to the {inner} behind it"
    return rule.finding(
        place,
        f"the chunks of {front.asked}{more} arrive in one lump: this nginx holds them back, as "
        f"{why}, and no `X-Accel-Buffering: no` arrives here",
        trace=_trace(project, front),
        help='write `proxy_http_version 1.1;`, `proxy_set_header Connection "";` and '
        "`proxy_buffering off;` into this location as well",
    )


def _trace(project: Project, front: Front) -> Iterator[Step]:
    yield _step(project, front.path, front.line, f"carries {front.asked}")
    inner = front.inner
    while inner is not None:
        yield _step(project, inner.path, inner.line, f"the {inner.kind} behind it")
        inner = inner.inner
    process = front.join.process
    yield _step(project, process.path, process.command.line, "starts the application behind it")
    yield entry_step(project, front.served.entry)
    yield project.step(front.served.response.site, "the response")


def _step(project: Project, path: str, row: int, text: str) -> Step:
    return Step(Place(project.display(path), row, 1, row, 1), text)


RULE = Rule(
    code="LG511",
    name="chained-proxies",
    severity=Severity.WARNING,
    hop=Hop.PROXY,
    page=__doc__ or "",
    check=check,
)
