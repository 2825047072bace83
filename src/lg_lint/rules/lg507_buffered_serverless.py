"""Serverless platform that gets a stream in one piece

## What it does
Finds streams that never leave a function before they are over:

- an application with streaming routes that an adapter takes which gathers the whole answer:
  `Mangum(app)`, Azure's `AsgiFunctionApp(app=...)` and `AsgiMiddleware`, `apig-wsgi`,
  `serverless-wsgi`, `aws-wsgi`. A warning where a command of the project serves the same
  application as well, as its streams may be asked for there;
- Azure's `HttpResponse(...)` with the media type of an event stream: its body is a whole one;
- an image with the Lambda Web Adapter and a server behind it, where `AWS_LWA_INVOKE_MODE` is not
  `RESPONSE_STREAM`. Where another file speaks of that variable, nothing is reported;
- a limit of the whole answer below 60 s that somebody has chosen, as `timeoutSeconds` of Cloud Run
  (a warning).

## Why it cuts the stream
The adapter calls the application, waits until it has sent its last chunk, and gives the platform
one answer. The user sees nothing until the run is over, heartbeats do not help, and where the
platform or its gateway gives up before (API Gateway: 29 s), everything is lost.

## What is seen
- all at the end: always, however small the chunks are
- cut after a fixed time: when the gateway gives up, with an error instead of an answer

## Example
```python
from mangum import Mangum


@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(
        events(question), media_type="text/event-stream", headers=HEADERS
    )


handler = Mangum(app)
```

## Use instead
```dockerfile
FROM public.ecr.aws/docker/library/python:3.12-slim
COPY --from=public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1 /lambda-adapter /opt/extensions/
ENV AWS_LWA_INVOKE_MODE=RESPONSE_STREAM
COPY . .
CMD ["uvicorn", "app:app", "--port", "8080"]
```

```python
@app.post("/chat")
async def chat(question: str):
    return StreamingResponse(
        events(question), media_type="text/event-stream", headers=HEADERS
    )
```

with a function URL whose invoke mode is `RESPONSE_STREAM`. On Azure: the extension
`azurefunctions-extensions-http-fastapi`. Or a container that a platform keeps running.

## When to ignore
Where the streaming routes are served elsewhere, and the function is for the others.

## Fix safety
No fix: where an application runs is a decision about the deployment.

## Evidence
From the sources of the adapters, as the platforms do not run on one machine. Mangum 0.22: "content
will always be returned in a single response, never streamed" (`protocols/http.py`). Azure's
`AsgiMiddleware` joins what it was sent (azure-functions 1.26, `_http_asgi.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.model.hosting.gathered import Adapted, Layer, adapted, layers, whole_streams
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.patience import findings
from lg_lint.rules.telling.servers import stream_steps

_HELP = (
    "let the Lambda Web Adapter call the server instead (AWS_LWA_INVOKE_MODE=RESPONSE_STREAM and a "
    "function URL), or run the application in a container"
)

_HELPS = {"": "raise the limit to what an answer may take, as 3600 s"}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each function, adapter or layer that gathers a stream."""
    yield from _whole(rule, project)
    if not any(response.live for response in project.responses):
        return
    for found in adapted(project):
        yield _adapted(rule, project, found)
    for layer in layers(project):
        yield _layered(rule, project, layer)
    yield from findings(rule, project, "platform", _HELPS)


def _adapted(rule: Rule, project: Project, found: Adapted) -> Finding:
    name = found.streams[0].route.name
    more = f" and {len(found.streams) - 1} more" if len(found.streams) > 1 else ""
    return rule.finding(
        project.at(found.site),
        f"the answer of {name}(){more} arrives in one piece when the run is over: {found.name} "
        "gathers it before the platform gets it",
        trace=stream_steps(project, found.streams),
        help=_HELP,
        severity=Severity.WARNING if found.is_served else None,
        confidence=Confidence.MEDIUM if found.is_served else Confidence.HIGH,
    )


def _whole(rule: Rule, project: Project) -> Iterator[Finding]:
    for site, name in whole_streams(project):
        yield rule.finding(
            project.at(site),
            f"the events arrive in one piece when the run is over: {name} has a whole body, "
            "whatever its media type says",
            help="return a StreamingResponse of azurefunctions-extensions-http-fastapi, or run the "
            "application in a container",
        )


def _layered(rule: Rule, project: Project, layer: Layer) -> Finding:
    streams = [served for served in layer.join.served if served.certain]
    return rule.finding(
        Place(project.display(layer.path), layer.line, 1, layer.line, 1),
        f"the answer of {streams[0].route.name}() arrives in one piece when the run is over: the "
        "Lambda Web Adapter gathers it unless it is told to stream",
        trace=stream_steps(project, streams),
        help="write `ENV AWS_LWA_INVOKE_MODE=RESPONSE_STREAM`, and give the function's URL the "
        "invoke mode RESPONSE_STREAM",
    )


RULE = Rule(
    code="LG507",
    name="buffered-serverless",
    severity=Severity.ERROR,
    hop=Hop.PLATFORM,
    page=__doc__ or "",
    check=check,
)
