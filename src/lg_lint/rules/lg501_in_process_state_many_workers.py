"""State in the memory of one process, and several processes that serve

## What it does
Finds streams that need what an earlier or another request has left in the memory of their process,
where a deployment starts several processes: a graph with `InMemorySaver` whose threads last, and
dicts, queues and events that one route writes and the route of a stream reads, or that a stream
waits for until another route comes. Websockets count as streams: a dict of them,
through which other routes send, is known to one process alone.

How many processes serve is read from Dockerfiles, compose files, Procfiles, targets of Makefiles,
`uvicorn.run(...)` and `gunicorn.conf.py`, in the order in which the servers themselves ask: the
command line, then `UVICORN_WORKERS`, `GUNICORN_CMD_ARGS` or the file of settings, then
`WEB_CONCURRENCY`. Containers count as well: `replicas`, an autoscaler's most pods, the most
instances of Cloud Run and other platforms, where it is certain that they run this image. Each
compose file and each image is a deployment of its own. Where a setting chooses the saver, such as a
field of pydantic's `BaseSettings` or `os.getenv()`, it is the one that the environment of the
deployment chooses, or else the default.

Silent where one process serves: `--reload`, `uvicorn.Server(...)`; where an application is given to
`uvicorn.run` as an object, which does not start with several workers; where the saver is shared
(Postgres, Redis, ...), where each request begins a thread of its own, where a dict is a cache that
the route itself fills; and where it is not certain which application a command serves.

## Why it cuts the stream
Each request comes to any of the processes. With four of them, three of four follow-up questions
reach one that has never seen the thread: there is no error, the assistant has forgotten what was
said. A stream that joins a job finds none, and one that waits for an approval waits until its
timeout, as the approval reached another process. One response never moves between processes: it is
the memory between requests that is lost.

## What is seen
- forgets: follow-up questions that reach another process
- every second message fails: more exactly: as many as reach another process
- does not pause for approval: an approval that reaches another process is never seen

## Example
```dockerfile
FROM python:3.13-slim
COPY . .
CMD ["uvicorn", "app:app", "--workers", "4"]
```

```python
graph = builder.compile(checkpointer=InMemorySaver())
```

## Use instead
```dockerfile
FROM python:3.13-slim
COPY . .
CMD ["uvicorn", "app:app", "--workers", "4"]
```

```python
graph = builder.compile(checkpointer=AsyncPostgresSaver(pool))
```

For jobs and approvals: Redis (pub/sub, streams), or the database. Until then: one process
(`--workers 1`, one replica); a single loop serves many streams.

## When to ignore
Where the proxy sends all requests of a thread to the same process (sticky sessions), and a restart
may forget.

## Fix safety
No fix: where state is kept is a decision about the deployment.

## Evidence
[Measured](../evidence.md#lg501): with two workers a thread has forgotten some of its turns, with
one it has all of them. Of 8 threads with 4 turns each, 8 had their history with one process, 2
with `uvicorn --workers 2`, none with `WEB_CONCURRENCY=2`, 1 with gunicorn and two workers (uvicorn
0.54, gunicorn 27). Jobs that were begun and then joined were found 8 of 8 times with one process,
and 0 to 3 times with two.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.model.hosting.forgotten import Forgotten, Several, Thread, several
from lg_lint.model.hosting.process_state import Handover
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import entry_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each setting of several processes that lose something between them."""
    sockets = any(entry.kind == "websocket" for entry in project.entries)
    if not sockets and not any(response.live for response in project.responses):
        return
    for found in several(project):
        forgotten = project.once(Forgotten)
        threads = list(forgotten.threads(found.join))
        handovers = list(forgotten.handovers(found.join))
        if threads or handovers:
            yield _finding(rule, project, found, threads, handovers)


def _finding(
    rule: Rule,
    project: Project,
    found: Several,
    threads: list[Thread],
    handovers: list[Handover],
) -> Finding:
    return rule.finding(
        Place(project.display(found.path), found.line, 1, found.line, 1),
        f"{_seen(found, handovers)}: {_cause(threads, handovers)}, and {found.words} serve it",
        trace=[
            *_number_steps(project, found),
            *_handover_steps(project, handovers),
            *_thread_steps(project, threads),
        ],
        help=_help(threads, handovers),
        confidence=Confidence.HIGH if found.join.deployment.is_certain else Confidence.MEDIUM,
    )


def _seen(found: Several, handovers: list[Handover]) -> str:
    """What a user of the application sees."""
    share = f"{found.number - 1} of {found.number}"
    if not handovers:
        return f"{share} follow-up requests find an empty thread"
    if handovers[0].is_signal:
        return f"{share} requests do not reach the stream that waits for them"
    return f"{share} streams do not find what an earlier request has left"


def _cause(threads: list[Thread], handovers: list[Handover]) -> str:
    if not handovers:
        return f"{threads[0].graph.name} keeps its threads in the memory of one process"
    first = handovers[0]
    more = len(handovers) + len(threads) - 1
    rest = f" (and {more} more)" if more else ""
    return (
        f"{first.write.name}{rest} is in the memory of one process, "
        f"{first.writer.ref.function.name}() writes it and "
        f"{first.reader.ref.function.name}() reads it"
    )


def _help(threads: list[Thread], handovers: list[Handover]) -> str:
    if threads and not handovers:
        return "compile the graph with a saver that all processes share, or start one process"
    return "keep it where all processes find it, as in Redis, or start one process"


def _number_steps(project: Project, found: Several) -> Iterator[Step]:
    if found.used is not None:
        path, row = found.used
        place = Place(project.display(path), row, 1, row, 1)
        yield Step(place, f"takes the number: {found.words}")


def _thread_steps(project: Project, threads: list[Thread]) -> Iterator[Step]:
    for each in threads:
        yield project.step(each.saver, "keeps the threads in the memory of the process")
        yield entry_step(project, each.stream.entry)
        yield project.step(each.run.site, f"runs {each.graph.name}")


def _handover_steps(project: Project, handovers: list[Handover]) -> Iterator[Step]:
    for each in handovers:
        yield project.step(each.write.holder, "is kept in the memory of the process")
        yield project.step(each.write.site, f"{each.writer.ref.function.name}() writes it")
        yield project.step(each.read.site, f"{each.reader.ref.function.name}() reads it")


RULE = Rule(
    code="LG501",
    name="in-process-state-many-workers",
    severity=Severity.ERROR,
    hop=Hop.SERVER,
    page=__doc__ or "",
    check=check,
)
