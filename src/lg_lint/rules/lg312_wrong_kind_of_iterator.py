"""Stream of Django that its server gathers whole

## What it does
Finds `StreamingHttpResponse` of Django over a plain generator where the server speaks ASGI
(uvicorn, daphne, hypercorn, gunicorn with `UvicornWorker`), and over an async generator where it
speaks WSGI. Whether the view is `def` or `async def` does not matter.

The server is looked for in Dockerfiles, compose files, Procfiles and other files of a deployment,
and in the scripts that these call. Silent where none is found, and where one deployment has servers
of both kinds, as a proxy may choose between them. At medium confidence where another deployment of
the project has a server that fits.

## Why it cuts the stream
Django cannot iterate the other kind step by step: it runs the whole generator, gathers a list, and
sends that. The client gets nothing while the graph runs, and all at the end.

## What is seen
- all at the end: Django, on a server of the other kind than the generator

## Example
```procfile
web: uvicorn app:application
```

```python
from django.core.asgi import get_asgi_application
from django.http import StreamingHttpResponse
from django.urls import path


def chunks(question: str):
    try:
        for chunk in graph.stream({"question": question}, config):
            yield frame(chunk)
        yield "event: end\\ndata: {}\\n\\n"
    except Exception:
        yield "event: error\\ndata: {}\\n\\n"


def talk(request):
    return StreamingHttpResponse(
        chunks(request.GET["q"]), content_type="text/event-stream", headers=HEADERS
    )


urlpatterns = [path("talk", talk)]
application = get_asgi_application()
```

## Use instead
```procfile
web: uvicorn app:application
```

```python
from django.core.asgi import get_asgi_application
from django.http import StreamingHttpResponse
from django.urls import path


async def chunks(question: str):
    try:
        async for chunk in graph.astream({"question": question}, config):
            yield frame(chunk)
        yield "event: end\\ndata: {}\\n\\n"
    except Exception:
        yield "event: error\\ndata: {}\\n\\n"


async def talk(request):
    return StreamingHttpResponse(
        chunks(request.GET["q"]), content_type="text/event-stream", headers=HEADERS
    )


urlpatterns = [path("talk", talk)]
application = get_asgi_application()
```

Under gunicorn's WSGI workers it is the other way round: `graph.stream` in a plain generator.

## When to ignore
Where the stream is served by another server than the one that was found.

## Fix safety
No fix: the kind of the generator follows from the graph's call and its nodes.

## Evidence
[Measured](../evidence.md#lg312): nine chunks of a plain generator arrive together under uvicorn,
and one by one under gunicorn; those of an async generator the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.model.hosting.gathered_bodies import Gathered, gathered_bodies
from lg_lint.model.project import Project
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import entry_step, generator_steps

_KINDS = {True: "an async", False: "a plain"}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each response whose iterator its server cannot stream."""
    for found in gathered_bodies(project):
        yield _finding(rule, project, found)


def _finding(rule: Rule, project: Project, found: Gathered) -> Finding:
    command, response = found.join.process.command, found.served.response
    protocol = "WSGI" if found.is_async else "ASGI"
    return rule.finding(
        project.at(response.site),
        f"the stream of {found.served.route.name}() arrives in one piece when it is over: "
        f"{command.program} serves Django by {protocol}, which gathers {_KINDS[found.is_async]} "
        "generator",
        trace=[
            entry_step(project, found.served.entry),
            *generator_steps(project, response),
            Step(_command(project, found), f"{command.program} serves the application"),
        ],
        help=_help(found),
        confidence=Confidence.HIGH if found.certain else Confidence.MEDIUM,
    )


def _command(project: Project, found: Gathered) -> Place:
    process = found.join.process
    line = process.command.line
    return Place(project.display(process.path), line, 1, line, 1)


def _help(found: Gathered) -> str:
    if found.is_async:
        return (
            "serve it by ASGI, as `uvicorn project.asgi:application` does, or write `def` and "
            "`for` in the generator, over `graph.stream()`"
        )
    return (
        "write `async def` and `async for` in the generator, over `graph.astream()`, or serve "
        "the application by WSGI, as `gunicorn --threads 16 project.wsgi` does"
    )


RULE = Rule(
    code="LG312",
    name="wrong-kind-of-iterator",
    severity=Severity.WARNING,
    hop=Hop.SERVER,
    page=__doc__ or "",
    check=check,
)
