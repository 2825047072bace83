"""Worker that is killed in the middle of a stream

## What it does
Finds streaming routes on a sync worker of gunicorn, whose timeout (30 s where nobody says another
number) kills it while it streams.

With workers for ASGI the timeout asks whether the event loop goes on, not how long a request takes.
Information, where something is known to hold that loop for longer: a sleep of such a length, a
synchronous run of a graph and a timeout below 60 s, a model that blocks and one below 30 s.
LG101, LG102 and LG103 report what holds it.

Silent with `--timeout 0`, with threads and greenlets.

## Why it cuts the stream
A sync worker tells its parent that it lives between two requests, never within one. A stream that
takes longer than the timeout is cut, although chunks flow every second, and the log says WORKER
TIMEOUT. A worker for ASGI whose loop stands still is killed with all of its streams. Behind an
nginx that speaks HTTP/1.0 the client takes the half answer for a whole one.

## What is seen
- cut after a fixed time: after 30 s by default, and the log says WORKER TIMEOUT
- ends without an error: where nginx speaks HTTP/1.0 to the worker that was killed

## Example
```procfile
web: gunicorn --timeout 60 app:app
```

```python
import flask

app = flask.Flask(__name__)


def chunks(question: str):
    try:
        for chunk in graph.stream({"question": question}, config):
            yield frame(chunk)
        yield "event: end\\ndata: {}\\n\\n"
    except Exception:
        yield "event: error\\ndata: {}\\n\\n"


@app.get("/chat/<question>")
def chat(question: str):
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return flask.Response(chunks(question), mimetype="text/event-stream", headers=headers)
```

## Use instead
```procfile
web: gunicorn --threads 16 app:app
```

```python
import flask

app = flask.Flask(__name__)


def chunks(question: str):
    try:
        for chunk in graph.stream({"question": question}, config):
            yield frame(chunk)
        yield "event: end\\ndata: {}\\n\\n"
    except Exception:
        yield "event: error\\ndata: {}\\n\\n"


@app.get("/chat/<question>")
def chat(question: str):
    headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
    return flask.Response(chunks(question), mimetype="text/event-stream", headers=headers)
```

## When to ignore
Where every answer is certainly shorter than the timeout.

## Fix safety
No fix: how many threads fit depends on the machine.

## Evidence
[Measured](../evidence.md#lg503): a stream longer than the timeout is cut on a sync worker, and
complete with threads or without a timeout.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity
from lg_lint.model.blocking.killed_workers import Killed, killed_workers
from lg_lint.model.hosting.one_at_a_time import sync_streams
from lg_lint.model.hosting.worker_timeouts import WorkerTimeout
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, describe
from lg_lint.rules.telling.servers import stream_steps

_HOLDS = {
    "sleep": "time.sleep() holds it for {:g} s",
    "run": "a synchronous run of a graph holds it for all of an answer",
    "model": "a model holds it until it has answered",
}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each timeout that kills a worker in the middle of streams."""
    if not any(response.live for response in project.responses):
        return
    for found in sync_streams(project):
        if found.timeout.seconds is None or found.is_foreign:
            continue
        streams = [served for served in found.join.served if served.certain]
        yield rule.finding(
            _place(project, found.timeout),
            f"streams of {streams[0].route.name}() are cut after {found.timeout.seconds:g} s, also "
            "while chunks flow: the timeout kills a sync worker that is busy with one request for "
            "so long",
            trace=stream_steps(project, streams),
            help="serve it with threads (gunicorn --threads 16): they keep the worker alive",
        )
    for killed in killed_workers(project):
        yield _stalled(rule, project, killed)


def _stalled(rule: Rule, project: Project, killed: Killed) -> Finding:
    stall, limit = killed.stall, killed.timeout
    holds = _HOLDS[stall.kind].format(stall.seconds)
    frame = stall.place.frame
    streams = [served for served in killed.join.served if served.certain]
    return rule.finding(
        _place(project, limit),
        f"a worker is killed with all of its streams when its event loop stands still for "
        f"{limit.seconds:g} s, and {holds} in {describe(frame.function)}",
        trace=[
            project.step(stall.place.site, "the loop is held here"),
            *call_steps(project, stall.chain.start, stall.chain.edges),
            *stream_steps(project, streams),
        ],
        help="take what blocks from the event loop; a longer timeout only lets all streams of the "
        "worker stand still instead",
        severity=Severity.INFO,
        confidence=Confidence.HIGH if stall.kind == "sleep" else Confidence.MEDIUM,
    )


def _place(project: Project, limit: WorkerTimeout) -> Place:
    return Place(project.display(limit.path), limit.line, 1, limit.line, 1)


RULE = Rule(
    code="LG503",
    name="worker-timeout",
    severity=Severity.ERROR,
    hop=Hop.SERVER,
    page=__doc__ or "",
    check=check,
)
