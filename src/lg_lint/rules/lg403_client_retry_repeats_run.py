"""Client retry that runs a graph twice

## What it does
Finds clients that send a streamed request again after a failure:

- loops, decorators and helpers (tenacity, backoff, stamina and the project's own) around a request
  whose answer is read piece by piece: `client.stream(...)`, `requests.post(..., stream=True)`,
  `httpx_sse.connect_sse`, aiohttp, `client.runs.stream(...)` of langgraph_sdk, a `RemoteGraph`;
- clients that ask again by themselves when the answer has ended, after an error or not: the
  `SSEClient(url)` of sseclient, `EventSource` of aiohttp-sse-client;
- `HTTPAdapter(max_retries=...)` and urllib3's pools (three retries by default) under a streamed
  `GET`, and under a `POST` where `allowed_methods` is `None` or `False`, or names it.

The other side has to be a graph: a LangGraph server, or a streaming route of the same project.
What looks like one (server-sent events, an address that ends in `/stream` or `/chat`) is reported
with medium confidence, and so is a model's API where the pieces of its answer are handed on.

Left alone: `httpx.HTTPTransport(retries=3)` and langgraph_sdk's own retries, which only connect
again; retries for failures that come before the run (`ConnectError`, `HTTPStatusError`); those that
end before the answer is read, or give up once a piece has arrived; requests that resume
(`Last-Event-ID`, `join_stream`, a run's id, an idempotency key, `input=None`); and a `GET` that
only reads what is there: a log, a status, a history.

## Why it cuts the stream
The server does not know that a request is a second try. It starts a new run: the model is asked
again, tools act again, and on a thread the question stands there twice. The client shows the
beginning of the answer a second time.

## What is seen
- tokens twice: after a broken connection the client shows the beginning again
- work is done twice: the server takes the second request for a new question; with sseclient and
  aiohttp-sse-client after each answer, without any failure

## Example
```python
def lines(run: dict):
    for attempt in range(3):
        try:
            with httpx.stream("POST", f"{url}/runs/stream", json=run, timeout=None) as response:
                for line in response.iter_lines():
                    yield line
            return
        except httpx.TransportError:
            time.sleep(1)
```

## Use instead
```python
def lines(run: dict):
    with httpx.stream("POST", f"{url}/runs/stream", json=run, timeout=None) as response:
        for line in response.iter_lines():
            yield line
```

With langgraph_sdk: `client.runs.stream(..., stream_resumable=True)`, and after a failure
`client.runs.join_stream(thread_id, run_id, last_event_id=...)`. For a server of your own: send an
idempotency key, or retry only until the first piece has arrived.

## When to ignore
Where the server recognises a repeated request.

## Fix safety
No fix: how to resume is a decision about the protocol.

## Evidence
[Measured](../evidence.md#lg403): with a stream that breaks after the first events, the server of a
client that tries again runs its graph twice; `HTTPTransport(retries=3)` leaves it at one run. Tried
by hand, after answers that were complete: sseclient 0.0.27 had a route run twice in 10 s, and
aiohttp-sse-client 0.2.1 three times in 25 s.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.clients.endpoints import Endpoint, Endpoints, Kind
from lg_lint.model.clients.repeated_requests import Rerun, Reruns
from lg_lint.model.clients.requests import streamed_requests
from lg_lint.model.clients.resending import AskedAgain, ResentRun, asked_again, resent_runs
from lg_lint.model.project import Project
from lg_lint.model.streams.forwarding import Forwardings
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, definition, describe

_HELP = (
    "retry only until the first piece has arrived (`if received: raise` in the handler), or go on "
    "with the run that is there: Last-Event-ID, `join_stream(thread_id, run_id)`"
)

_ASK_ONCE = (
    "read the answer with a client that asks once (httpx-sse, sseclient-py), or let the server go "
    "on with its run by Last-Event-ID"
)
_LEAVE = f"leave the loop at an event that says the end; and {_ASK_ONCE}"


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each resent request and each loop that starts a run again."""
    requests = streamed_requests(project)
    if not requests:
        return
    endpoints = Endpoints(project)
    for resent in resent_runs(project, endpoints, requests):
        yield _resent(rule, project, resent)
    for asked in asked_again(project, endpoints, requests):
        yield _asked_again(rule, project, asked)
    outflows = Forwardings(project)
    for rerun in Reruns(project, requests):
        endpoint = endpoints.of(rerun.request)
        if endpoint is None or not endpoints.starts_a_run(rerun.request, endpoint):
            continue
        if _is_of_lg401(outflows, rerun):
            continue
        if endpoint.kind is not Kind.MODEL or rerun.request.hands_on:
            yield _finding(rule, project, rerun, endpoint)


def _resent(rule: Rule, project: Project, resent: ResentRun) -> Finding:
    request, times = resent.request, resent.resending.times
    return rule.finding(
        project.at(resent.resending.site),
        f"one question may be answered {times + 1} times: urllib3 sends this {request.verb} up to "
        f"{times} times more where no answer comes, and {resent.endpoint.title} starts anew each "
        "time",
        trace=[
            project.step(request.site, "it sends the request"),
            project.step(request.read, "the answer is read piece by piece"),
            *_served(project, resent.endpoint),
        ],
        help=_HELP,
        confidence=_confidence(resent.endpoint),
    )


def _asked_again(rule: Rule, project: Project, asked: AskedAgain) -> Finding:
    request, whose = asked.request, asked.endpoint.title
    when, change = "whenever the answer has ended", _LEAVE
    if asked.leaves:
        when, change = "whenever the connection breaks", _ASK_ONCE
    client = request.name.rpartition(".")[2]
    return rule.finding(
        project.at(request.site),
        f"one question is answered again and again: {client} asks anew {when}, and {whose} starts "
        "a new run each time",
        trace=[
            project.step(request.site, "it sends the request"),
            project.step(request.read, "the loop asks for the next event"),
            *_served(project, asked.endpoint),
        ],
        help=change,
        confidence=_confidence(asked.endpoint),
    )


def _confidence(endpoint: Endpoint) -> Confidence:
    return Confidence.HIGH if endpoint.kind.runs_a_graph else Confidence.MEDIUM


def _is_of_lg401(outflows: Forwardings, rerun: Rerun) -> bool:
    """Whether LG401 reports the same retry: a RemoteGraph whose items are handed on."""
    request = rerun.request
    remote = request.name.startswith("RemoteGraph.")
    return remote and outflows.hands_on(rerun.chain.states, request.site.node)


def _finding(rule: Rule, project: Project, rerun: Rerun, endpoint: Endpoint) -> Finding:
    effect = "what answers may run twice for one question"
    if endpoint.kind is Kind.MODEL:
        effect = "the beginning of an answer comes twice"
    if endpoint.kind.runs_a_graph:
        effect = "one question is answered twice, and its tools act twice"
    return rule.finding(
        project.place(rerun.function.module, rerun.span),
        f"{effect}: {rerun.what} sends the request to {endpoint.title} again after a failure",
        trace=_trace(project, rerun, endpoint),
        help=_HELP,
        confidence=_confidence(endpoint),
    )


def _trace(project: Project, rerun: Rerun, endpoint: Endpoint) -> Iterator[Step]:
    start = rerun.chain.start.function
    yield Step(definition(project, start), f"{describe(start)} is run again")
    yield from call_steps(project, rerun.chain.start, rerun.chain.edges)
    yield project.step(rerun.request.site, "the request is sent anew")
    yield from _served(project, endpoint)


def _served(project: Project, endpoint: Endpoint) -> Iterator[Step]:
    if endpoint.response is not None:
        yield project.step(endpoint.response.site, "the route streams a new run")


RULE = Rule(
    code="LG403",
    name="client-retry-repeats-run",
    severity=Severity.WARNING,
    hop=Hop.CLIENT,
    page=__doc__ or "",
    check=check,
)
