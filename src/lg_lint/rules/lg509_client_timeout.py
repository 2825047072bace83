"""Client that gives up while a node is silent

## What it does
Finds clients of streams whose time limit is shorter than the silence that a graph needs: `httpx`
with its default of 5 s, and short read timeouts that are given explicitly to `httpx`, `requests`,
`urllib3` or `langgraph_sdk`; and `aiohttp`, whose default ends the whole answer after 300 s, as
does any explicit `total` (five minutes to an hour: info).

It speaks only where the answer is read piece by piece and comes from a graph or a model. How long
a read timeout has to be depends on that:

- a LangGraph server (`/runs/stream`, langgraph_sdk, `RemoteGraph`): up to 5 s, and up to 60 s as
  info;
- a streaming route of the same project, known by its address: up to 60 s, where no heartbeat of
  the route comes in time;
- a model's API (`"stream": True` in the body, `/chat/completions`), other server-sent events
  (`httpx_sse`, `Accept: text/event-stream`, code that looks for `data:`), and lines or text from an
  address that ends in `/stream`, `/chat` and the like: up to 30 s.

A LangGraph server sends a heartbeat every 5 s, which is too late for the default of `httpx`.

Left alone: `timeout=None`, `read=None`, values that cannot be seen, longer limits (`langgraph_sdk`
waits 300 s by default), totals of an hour and more, file downloads, JSON-RPC, in-process clients.

## Why it cuts the stream
A read timeout counts the silence between two pieces, so it does not strike while tokens flow: it
strikes when a tool or a model thinks for longer. The client then sees `ReadTimeout` in the middle
of the answer, while the server goes on with the run. A total counts from the request on and cuts
a healthy stream as well.

## What is seen
- cut after a fixed time: ReadTimeout after 5 s of silence in httpx; after 300 s of any answer in
  aiohttp

## Example
```python
async def lines(thread: str, run: dict):
    address = f"{url}/threads/{thread}/runs/stream"
    async with httpx.AsyncClient() as client:
        async with client.stream("POST", address, json=run) as response:
            async for line in response.aiter_lines():
                yield line
```

## Use instead
```python
async def lines(thread: str, run: dict):
    address = f"{url}/threads/{thread}/runs/stream"
    async with httpx.AsyncClient(timeout=httpx.Timeout(10, read=None)) as client:
        async with client.stream("POST", address, json=run) as response:
            async for line in response.aiter_lines():
                yield line
```

Or let the server send a comment (`: ping`) more often than the client's limit.

## When to ignore
Where the server is known to send something within the limit.

## Fix safety
Unsafe: without a read timeout, a connection that dies unnoticed is waited for without end.

## Evidence
[Measured](../evidence.md#lg509): a node that is silent for longer than the client's read timeout
ends the stream with `ReadTimeout` after the first events; with `read=None` all of them arrive.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Reach, Severity, Step, Way
from lg_lint.base.fix import Fix
from lg_lint.model.clients.endpoints import Endpoint, Endpoints, Kind, server_heartbeat
from lg_lint.model.clients.requests import StreamedRequest, streamed_requests
from lg_lint.model.clients.timeouts import Limit, limits, spelled_at, timeout_row
from lg_lint.model.project import Project
from lg_lint.model.streams.heartbeats import has_heartbeat
from lg_lint.program.scopes import Function
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import describe

_SHORT = 60.0
_SHORT_OF_MODELS = 30.0
_USUAL_TOTAL = 300.0
_LONG = 3600.0
_HELP = "in this call, write timeout={}, which limits the connection alone"
_OR_PING = ", or let the server send a ping in time"
_RISK = "a connection that dies unnoticed is then waited for without end"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each request whose time is shorter than a silence behind it."""
    requests = streamed_requests(project)
    if not requests:
        return
    endpoints = Endpoints(project)
    for request in requests:
        for limit in limits(project.program, request):
            endpoint = endpoints.of(request) if limit.seconds < _LONG else None
            severity = _severity(project, limit, endpoint) if endpoint is not None else None
            if endpoint is not None and severity is not None:
                yield _finding(rule, project, request, limit, endpoint, severity)


def _severity(project: Project, limit: Limit, endpoint: Endpoint) -> Severity | None:
    """How bad a limit is; None where it is long enough."""
    if limit.total:
        return Severity.WARNING if limit.seconds <= _USUAL_TOTAL else Severity.INFO
    if limit.seconds > (_SHORT if endpoint.kind.runs_a_graph else _SHORT_OF_MODELS):
        return None
    if endpoint.kind is Kind.SERVER and limit.seconds > server_heartbeat():
        return Severity.INFO
    response = endpoint.response
    if response is not None and has_heartbeat(project, response, limit.seconds):
        return None
    return Severity.WARNING


def _finding(
    rule: Rule,
    project: Project,
    request: StreamedRequest,
    limit: Limit,
    endpoint: Endpoint,
    severity: Severity,
) -> Finding:
    certain = endpoint.kind.runs_a_graph and limit.site is None
    site = limit.site or request.site
    suggestion = str(timeout_row(request.library)["suggestion"])
    code = spelled_at(site, suggestion)
    return rule.finding(
        project.at(site),
        _message(request, limit, endpoint),
        trace=_trace(project, request, limit, endpoint),
        help=_HELP.format(suggestion) + ("" if limit.total else _OR_PING),
        severity=severity,
        confidence=Confidence.HIGH if certain else Confidence.MEDIUM,
        fix=Fix.set_expression("timeout", code).unless(_RISK) if code is not None else None,
        reach=_reach(project, request, limit, suggestion),
    )


def _reach(
    project: Project, request: StreamedRequest, limit: Limit, suggestion: str
) -> Reach | None:
    """What the requests of one client have in common, where that was made without a limit."""
    made, scope = request.construction, request.site.env.scope
    if made is None or limit.site is not None or not isinstance(scope, Function):
        return None
    steps = (project.step(made, "the client is made without a timeout of its own"),)
    shared = (
        f"answers that are read piece by piece break off once nothing arrives for "
        f"{limit.seconds:g} s: {request.library} waits no longer by default"
    )
    if limit.total:
        shared = (
            f"answers are cut off after {limit.seconds:g} s, also while pieces of them arrive: "
            f"{request.library} allows no more by default"
        )
    way = Way(steps, shared, int(limit.total), help=_HELP.format(suggestion))
    head = project.step(request.site, "it sends the request")
    return Reach(describe(scope), scope.is_async, head, (way,))


def _message(request: StreamedRequest, limit: Limit, endpoint: Endpoint) -> str:
    by_default = " by default" if limit.site is None else ""
    seconds = f"{limit.seconds:g} s"
    if limit.total:
        return (
            f"the answer of {endpoint.title} is cut off after {seconds}, also while pieces of it "
            f"arrive: {request.library} allows it no longer{by_default}"
        )
    error = timeout_row(request.library)["error"]
    cause = "a node or a model may be silent for longer"
    if endpoint.kind is Kind.SERVER:
        beat = server_heartbeat()
        cause = f"its heartbeat comes every {beat} s, but without one {cause}"
        if limit.seconds <= beat:
            cause = f"its heartbeat, every {beat} s, comes too late for a silent node"
    return (
        f"the answer of {endpoint.title} breaks off with {error} once nothing arrives for "
        f"{seconds}: {request.library} waits no longer{by_default}, and {cause}"
    )


def _trace(
    project: Project, request: StreamedRequest, limit: Limit, endpoint: Endpoint
) -> Iterator[Step]:
    made = request.construction
    if made is not None and limit.site is None:
        yield project.step(made, "the client is made without a timeout of its own")
    if limit.site is not None and limit.site is not request.site:
        yield project.step(request.site, "it sends the request")
    yield project.step(request.read, "the answer is read piece by piece")
    if endpoint.response is not None:
        yield project.step(endpoint.response.site, "the route streams it")


RULE = Rule(
    code="LG509",
    name="client-timeout",
    severity=Severity.WARNING,
    hop=Hop.CLIENT,
    page=__doc__ or "",
    check=check,
    fixable="sometimes",
)
