"""Stream on a server that serves one request at a time

## What it does
Finds streaming routes of Flask and other WSGI applications that are served by workers of one
request each: gunicorn's sync worker, which is the default, `flask run --without-threads`. And
applications for ASGI, such as FastAPI's, on a WSGI worker: there every request fails.

The command is looked for in Dockerfiles, compose files, Procfiles and the scripts that these call.
Silent with `--threads` of more than one (gunicorn then takes its threaded worker, also where sync
is said), with worker classes for ASGI or greenlets, and where the worker is not known.

## Why it cuts the stream
A stream holds its worker until the end of the answer. With one worker the second client waits for
the whole answer of the first one before it gets its first byte, and so does the health check: the
platform may take the container for dead in the middle of an answer.

## What is seen
- freezes under load: the second user waits for the whole answer of the first

## Example
```procfile
web: gunicorn app:app
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

For an ASGI application: `uvicorn app:app`, or `gunicorn -k uvicorn_worker.UvicornWorker app:app`.

## When to ignore
Where so many workers run that no client has to wait.

## Fix safety
No fix: how many threads or workers fit depends on the machine.

## Evidence
[Measured](../evidence.md#lg502): on one sync worker each client gets its first event when the
client before it has got its last one; with threads all get it at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Place, Severity
from lg_lint.model.hosting.one_at_a_time import Sync, sync_streams
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.servers import stream_steps


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each command that serves a stream with sync workers."""
    if not any(response.live for response in project.responses):
        return
    for found in sync_streams(project):
        yield _finding(rule, project, found)


def _finding(rule: Rule, project: Project, found: Sync) -> Finding:
    command = found.join.process.command
    streams = [served for served in found.join.served if served.certain]
    name = streams[0].route.name
    if found.is_foreign:
        message = (
            f"every request fails with status 500: {name}() is a route of an ASGI application, "
            f"and {command.program} calls it by WSGI"
        )
        help_text = "give gunicorn a worker for ASGI: -k uvicorn_worker.UvicornWorker, or -k asgi"
    else:
        number = command.processes.least
        some = f"{number} streams are" if number > 1 else "one stream is"
        message = (
            f"while {some} under way, every other client waits for its first byte: a sync worker "
            f"of {command.program} serves one request at a time, {name}() streams"
        )
        help_text = "serve it with threads: gunicorn --threads 16"
    return rule.finding(
        Place(project.display(found.path), found.line, 1, found.line, 1),
        message,
        trace=stream_steps(project, streams),
        help=help_text,
        severity=Severity.ERROR if found.is_foreign else Severity.WARNING,
    )


RULE = Rule(
    code="LG502",
    name="sync-worker-stream",
    severity=Severity.WARNING,
    hop=Hop.SERVER,
    page=__doc__ or "",
    check=check,
)
