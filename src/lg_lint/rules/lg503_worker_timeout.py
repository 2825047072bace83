"""Worker that is killed in the middle of a stream

## What it does
Finds streaming routes on a sync worker of gunicorn, whose timeout (30 s where nobody says another
number) kills it while it streams.

Silent with `--timeout 0`, with threads, greenlets and workers for ASGI: there the timeout asks
whether the worker lives, not how long a request takes.

## Why it cuts the stream
A sync worker tells its parent that it lives between two requests, never within one. A stream that
takes longer than the timeout is cut, although chunks flow every second, and the log says WORKER
TIMEOUT. Behind an nginx that speaks HTTP/1.0 the client takes the half answer for a whole one.

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

from lg_lint.base.finding import Finding, Hop, Place, Severity
from lg_lint.model.hosting.one_at_a_time import sync_streams
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.servers import stream_steps


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each such command with a limit after which a worker is killed."""
    if not any(response.live for response in project.responses):
        return
    for found in sync_streams(project):
        if found.timeout is None or found.is_foreign:
            continue
        streams = [served for served in found.join.served if served.certain]
        line = found.timeout_line
        yield rule.finding(
            Place(project.display(found.timeout_path), line, 1, line, 1),
            f"streams of {streams[0].route.name}() are cut after {found.timeout:g} s, also while "
            "chunks flow: the timeout kills a sync worker that is busy with one request for so "
            "long",
            trace=stream_steps(project, streams),
            help="serve it with threads (gunicorn --threads 16): they keep the worker alive",
        )


RULE = Rule("LG503", "worker-timeout", Severity.ERROR, Hop.SERVER, __doc__ or "", check)
