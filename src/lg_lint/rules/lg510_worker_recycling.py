"""Server that ends before the streams that it serves

## What it does
Finds servers with streaming routes that leave a stream less time than an answer may take when they
stop or start a worker anew:

- a time to stop in of less than 30 s that somebody has chosen: `--graceful-timeout` of gunicorn,
  `--timeout-graceful-shutdown` of uvicorn, `TimeoutStopSec` of systemd, `stop_grace_period` of
  Compose, `terminationGracePeriodSeconds` of Kubernetes, `kill_timeout` of Fly and pm2,
  `stopTimeout` of ECS, `stopwaitsecs` of supervisord. The shortest of them counts;
- `--max-requests` of gunicorn with a worker for ASGI (that of uvicorn, or `-k asgi`), where
  `--timeout` is below 60 s, as its default of 30 s is.

Silent where nobody has said a time, however short the platform's default is, and for `--reload`.
Uvicorn by itself, with `--limit-max-requests`, finishes what it has begun.

## Why it cuts the stream
Each deployment and each scaling in sends SIGTERM. The server takes no more requests and waits for
the streams; when the time is over it is killed, and their clients have half an answer. A worker for
ASGI in gunicorn that has served its requests tells gunicorn no more that it lives while it waits
for its streams: the timeout kills it, and with it every stream that takes longer.

## What is seen
- breaks off with an error: at each deployment and each time that it scales in
- cut after a fixed time: counted from the moment at which the server is told to stop

## Example
```procfile
web: gunicorn -k uvicorn_worker.UvicornWorker --graceful-timeout 5 app:app
```

```python
@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(
        events(question), media_type="text/event-stream", headers=HEADERS
    )
```

## Use instead
```procfile
web: gunicorn -k uvicorn_worker.UvicornWorker --graceful-timeout 120 app:app
```

```python
@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(
        events(question), media_type="text/event-stream", headers=HEADERS
    )
```

What stops the server has to wait for as long: a `stop_grace_period` or a
`terminationGracePeriodSeconds` above it.

## When to ignore
Where every answer is shorter, or a client that was cut off joins its run again.

## Fix safety
No fix: how long a deployment may wait is a decision about the deployment.

## Evidence
[Measured](../evidence.md#lg510): a stream is cut when the time to stop is over, and complete where
it is long enough; a worker for ASGI that is replaced is killed after the timeout, with its stream.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.model.hosting.recycling import Ending, endings
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.servers import stream_steps


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each setting that ends a server while it streams."""
    if not any(response.live for response in project.responses):
        return
    for found in endings(project):
        yield _finding(rule, project, found)


def _finding(rule: Rule, project: Project, found: Ending) -> Finding:
    name, seconds = found.streams[0].route.name, f"{found.seconds:g} s"
    if found.requests:
        message = (
            f"an answer of {name}() is cut off when it takes longer than {seconds} and its worker "
            f"is replaced, after {found.requests} requests: a worker for ASGI that is about to "
            "end gives no sign of life, and the timeout kills it"
        )
        help_text = "raise --timeout to what an answer may take, or leave --max-requests out"
    else:
        message = (
            f"at each deployment, answers of {name}() that need more than {seconds} are cut off: "
            "the server is killed so long after it was told to stop"
        )
        help_text = "leave it as long as an answer may take, as 120 s, here and in what stops it"
    return rule.finding(
        Place(project.display(found.path), found.line, 1, found.line, 1),
        message,
        trace=stream_steps(project, found.streams),
        help=help_text,
        confidence=Confidence.MEDIUM,
    )


RULE = Rule(
    code="LG510",
    name="worker-recycling",
    severity=Severity.WARNING,
    hop=Hop.SERVER,
    page=__doc__ or "",
    check=check,
)
