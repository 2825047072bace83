"""Server-sent events under another media type

## What it does
Finds streaming responses whose generator yields event frames (`data: ...`, `event: ...`) while the
response names another media type than `text/event-stream`, or none.

## Why it cuts the stream
Browsers' `EventSource` and SSE clients refuse the answer before its first frame: they ask for
`text/event-stream`. Compression middleware and proxies decide by the media type as well whether
they may hold chunks back.

## Example
```python
async def events():
    async for chunk in graph.astream(question):
        yield f"data: {json.dumps(chunk)}\\n\\n"

return StreamingResponse(events(), media_type="text/plain")
```

## Use instead
```python
return StreamingResponse(events(), media_type="text/event-stream")
```

## When to ignore
Where every client reads the body itself, as with `fetch()`, and nothing on the way compresses it.

## Fix safety
Naming the media type changes no body.

## Evidence
httpx-sse raises SSEError for text/plain and application/x-ndjson; the HTML standard has
`EventSource` fail the connection for any other type.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.finding import Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.responses import EVENT_STREAM
from lg_lint.model.web.frames import event_frame
from lg_lint.rules.chains import definition, describe
from lg_lint.rules.rule import Rule


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    for response in project.responses:
        if not response.media_type_known or _is_event_stream(response):
            continue
        frame = event_frame(project.program, response.generators)
        if frame is None:
            continue
        function = frame.generator.function
        given = f"as {response.media_type}" if response.media_type else "without a media type"
        yield rule.finding(
            project.at(response.site),
            f"{function.name}() yields server-sent events, and they are sent {given}: EventSource "
            "and SSE clients refuse the stream",
            trace=[
                Step(definition(project, function), f"{describe(function)} makes the frames"),
                Step(project.place(function.module, frame.node.span), "an event frame"),
            ],
            help=f'media_type="{EVENT_STREAM}"',
        )


def _is_event_stream(response: StreamResponse) -> bool:
    return (response.media_type or "").strip().lower().startswith(EVENT_STREAM)


RULE = Rule(
    "LG302",
    "wrong-sse-media-type",
    Severity.WARNING,
    Hop.RESPONSE,
    __doc__ or "",
    check,
    "sometimes",
)
