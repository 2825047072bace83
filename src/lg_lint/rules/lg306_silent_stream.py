"""Live stream that is silent for long and has no heartbeat

## What it does
Finds generators of live responses that send nothing while a node of their graph sleeps, or waits
for a chat model whose tokens nobody is sent, and that have no heartbeat to fill the silence: no
response class that pings, no wait with a timeout, no keep-alive message of their own.

Warning where the silence is proven: sleeps of literal length that together pass what the proxies
of the repository bear, or 60 s where none is configured; and models that are asked again and again
behind an nginx that waits for 60 s or less. Information otherwise: an awaited sleep of 15 s or
more, an agent that a node runs as a whole, a model in a loop. A single answer of a model is
reported with low confidence, which the default view leaves out.

Silent where nginx is told to wait for an hour or longer, or for longer than the silence. What
counts is the nginx in front of this application: one in its own folder, or one that passes to its
service by name, also through a compose file. Where several applications share a configuration that
names none of them, the finding is less sure. Where the location that carries the stream is found by
its path, and how long it waits is known, LG505 judges it and LG306 says nothing.

A wait for the next chunk that gives up, as `asyncio.wait_for(chunks.__anext__(), 10)`, is no
heartbeat: it cancels the run.

## Why it cuts the stream
Idle timeouts count the time without a byte, not the length of the answer: nginx, most load
balancers and many clients give up after 60 s. A cut in a silence looks like a failure of the
network, with status 200 and half an answer. One comment line every 15 s keeps all of them waiting.

## What is seen
- cut after a fixed time: while a tool or a model is at work and nothing is sent
- long silence: no ping in it, so that a spinner is all that users have

## Example
```python
async def research(state: State) -> dict:
    await asyncio.sleep(90)  # until the index is built
    return {"notes": await search(state["question"])}


async def events(question: str):
    async for update in graph.astream({"question": question}):
        yield f"data: {json.dumps(update)}\\n\\n"


@app.get("/chat")
async def chat(question: str):
    return StreamingResponse(events(question), media_type="text/event-stream")
```

## Use instead
```python
from sse_starlette import EventSourceResponse


async def research(state: State) -> dict:
    await asyncio.sleep(90)  # until the index is built
    return {"notes": await search(state["question"])}


async def events(question: str):
    async for update in graph.astream({"question": question}):
        yield json.dumps(update)


@app.get("/chat")
async def chat(question: str):
    return EventSourceResponse(events(question), ping=15)
```

FastAPI's own event streams (`response_class=EventSourceResponse` of `fastapi.sse`, and `yield` in
the path operation) ping too. Or stream the tokens as well: `stream_mode=["updates", "messages"]`.

## When to ignore
Where no proxy and no load balancer stands in front of the application, or all of them wait longer.

A blocking `time.sleep` in a node is LG102's. On the event loop it stops a heartbeat as well, so
LG306 says nothing of it; in a thread it counts here only where it is long enough for a cut, which
an `await asyncio.sleep(...)` in its place would not prevent.

## Fix safety
No fix: a heartbeat changes what clients receive, and where it belongs depends on the application.

## Evidence
[Measured](../evidence.md#lg306): a stream that is silent for longer than nginx waits is cut with
status 200; the same stream with a ping is complete.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Place, Severity, Step
from lg_lint.model.hosting.deployments import Deployments
from lg_lint.model.hosting.fronts.limits import FrontLimits
from lg_lint.model.hosting.proxies import READ_TIMEOUT, Patience, longest_patience
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.heartbeats import has_heartbeat
from lg_lint.model.web.sse_frames import maker
from lg_lint.program.scopes import Function
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition
from lg_lint.rules.telling.silences import FOREVER, Verdict, silence_steps, worst


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each generator, about its worst silence, before the most patient proxy."""
    streams = [response for response in project.responses if response.live and response.generators]
    reported: set[Function] = set()
    for response in streams:
        if project.once(FrontLimits).is_known(response):
            continue
        proxies = project.once(Deployments).before(response)
        patience = longest_patience(proxies.own)
        limit = patience.seconds if patience is not None else READ_TIMEOUT
        if limit >= FOREVER:
            continue
        generator = maker(response.generators)
        if generator in reported or has_heartbeat(project, response, limit):
            continue
        verdict = worst(project, response, limit, is_known=patience is not None)
        if verdict is not None:
            reported.add(generator)
            if not proxies.own and proxies.maybe:
                verdict.lower()
            yield _finding(rule, project, response, generator, verdict, patience)


def _finding(
    rule: Rule,
    project: Project,
    response: StreamResponse,
    generator: Function,
    verdict: Verdict,
    patience: Patience | None,
) -> Finding:
    if patience is None:
        limit = f"proxies and load balancers give up after {READ_TIMEOUT:g} s without a byte"
    else:
        limit = f"nginx gives up after {patience.seconds:g} s without a byte"
    seen = (
        "is cut off half-way" if verdict.severity is Severity.WARNING else "may be cut off half-way"
    )
    return rule.finding(
        definition(project, generator),
        f"an answer {seen}, with status 200: {limit}, and nothing is sent while {verdict.text}"
        f", as {generator.name}() has no heartbeat",
        trace=_trace(project, response, verdict, patience),
        help=_help(project, response, generator),
        severity=verdict.severity,
        confidence=verdict.confidence,
    )


def _help(project: Project, response: StreamResponse, generator: Function) -> str:
    place = project.at(response.site)
    return (
        f"in line {place.row} return EventSourceResponse({generator.name}(...), ping=15) of "
        r'sse-starlette, or have the generator yield ": still here\n\n" whenever 15 s have passed'
    )


def _trace(
    project: Project, response: StreamResponse, verdict: Verdict, patience: Patience | None
) -> Iterator[Step]:
    yield from silence_steps(project, response, verdict)
    if patience is not None:
        row = patience.row
        place = Place(project.display(patience.path), row, 1, row, 1)
        yield Step(place, f"cuts an answer that is silent for {patience.seconds:g} s")


RULE = Rule(
    code="LG306",
    name="silent-stream",
    severity=Severity.INFO,
    hop=Hop.GENERATOR,
    page=__doc__ or "",
    check=check,
)
