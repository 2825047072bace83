"""Server-sent events under another media type

## What it does
Finds streaming responses whose generator yields event frames (`data: ...`, `event: ...`) while the
response names another media type than `text/event-stream`, or none. A type that is assigned after
the construction counts where the framework reads it later, as Flask, Quart, aiohttp and Django do;
Starlette does not. Left alone are sound, pictures and video, and streams of which only a handler
yields a frame, for a run that failed.

## Why it cuts the stream
Browsers' `EventSource` and SSE clients refuse the answer before its first frame: they ask for
`text/event-stream`. Compression middleware and proxies decide by the media type as well whether
they may hold chunks back.

## What is seen
- unreadable events: `EventSource` refuses the answer because of its media type
- all at the end: where a proxy or a compression goes by the media type

## Example
```python
@app.post("/chat")
async def chat(question: str):
    async def events():
        async for chunk in graph.astream({"question": question}):
            yield f"data: {json.dumps(chunk)}\\n\\n"

    return StreamingResponse(events(), media_type="text/plain")
```

## Use instead
```python
@app.post("/chat")
async def chat(question: str):
    async def events():
        async for chunk in graph.astream({"question": question}):
            yield f"data: {json.dumps(chunk)}\\n\\n"

    return StreamingResponse(events(), media_type="text/event-stream")
```

## When to ignore
Where every client reads the body itself, as with `fetch()`, and nothing on the way compresses it.

## Fix safety
Naming the media type changes no body: safe where every chunk is an event frame, unsafe where some
are something else.

## Evidence
[Measured](../evidence.md#lg302): httpx-sse refuses the stream as text/plain and reads it as
text/event-stream. The HTML standard has `EventSource` fail the connection for any other type.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.responses import EVENT_STREAM
from lg_lint.model.web.sse_frames import SseFrame, element_frame, event_frame
from lg_lint.model.web.tables import response_classes
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition, describe
from lg_lint.rules.telling.response_fixes import media_type_fix

_BINARY = ("audio/", "video/", "image/")


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each response whose items are event frames under another media type."""
    for response in project.responses:
        if not response.media_type_known or _is_left_alone(response):
            continue
        frame = event_frame(project.program, response.generators)
        element = element_frame(project.program, response.values)
        if frame is not None:
            function = frame.generator.function
            steps = [
                Step(definition(project, function), f"{describe(function)} makes the frames"),
                Step(project.place(function.module, frame.node.span), "an event frame"),
            ]
            yield _finding(rule, project, response, f"{function.name}()", steps, frame)
        elif element is not None:
            steps = [project.step(element, "an event frame")]
            yield _finding(rule, project, response, "the generator expression", steps, None)


def _finding(
    rule: Rule,
    project: Project,
    response: StreamResponse,
    maker: str,
    steps: list[Step],
    frame: SseFrame | None,
) -> Finding:
    given = f"as {response.media_type}" if response.media_type else "without a media type"
    row = response_classes().get(response.type)
    keyword = row.media_type.keyword if row is not None else "media_type"
    return rule.finding(
        project.at(response.site),
        f"EventSource and SSE clients refuse this stream before its first event: {maker} yields "
        f"server-sent events, and the response sends them {given}",
        trace=steps,
        help=f'write {keyword}="{EVENT_STREAM}" in this call',
        fix=media_type_fix(project, response, frame) if frame is not None else None,
    )


def _is_left_alone(response: StreamResponse) -> bool:
    """An event stream already, or sound and pictures, whose chunks only look like frames."""
    media = (response.media_type or "").strip().lower()
    return media.startswith((EVENT_STREAM, *_BINARY))


RULE = Rule(
    code="LG302",
    name="wrong-sse-media-type",
    severity=Severity.WARNING,
    hop=Hop.RESPONSE,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
