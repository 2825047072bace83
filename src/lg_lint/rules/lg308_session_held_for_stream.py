"""Database session that is held until the last chunk

## What it does
Finds routes that return a live stream and have a dependency with `yield`, their own or one behind
another, which gives a session or connection of a pool and has used it by then: a session takes its
connection with the first statement and keeps it until it is committed, rolled back or closed.

From FastAPI 0.118 on, and before 0.106, the code behind the `yield` runs after the last chunk. The
lock file or requirements say which version a project has; without them the newest is assumed.

Left alone: a session that nothing has used, one that is committed or closed before the response is
returned, `Depends(..., scope="function")`, an own `async with` block, and engines with NullPool.

## Why it cuts the stream
A stream takes as long as the model writes, and each one keeps a connection out of the pool, though
nothing asks the database meanwhile. With a pool of 5 and 10 more, fifteen users that read their
answers are enough: each other request, on any route, waits for the pool's timeout and gets a 500.

## What is seen
- errors under load: 500 after the timeout of the pool ("QueuePool limit"), on any route

## Example
```python
async def get_session():
    async with AsyncSession(engine) as session:
        yield session

@app.get("/ask")
async def ask(room: int, session: AsyncSession = Depends(get_session)):
    if await session.scalar(select(rooms).where(rooms.c.id == room)) is None:
        raise HTTPException(404)
    return StreamingResponse(events(str(room)), media_type="text/event-stream", headers=HEADERS)
```

## Use instead
```python
async def get_session():
    async with AsyncSession(engine) as session:
        yield session

@app.get("/ask")
async def ask(room: int, session: AsyncSession = Depends(get_session, scope="function")):
    if await session.scalar(select(rooms).where(rooms.c.id == room)) is None:
        raise HTTPException(404)
    return StreamingResponse(events(str(room)), media_type="text/event-stream", headers=HEADERS)
```

`await session.close()` or `commit()` before the return does the same in each version.

## When to ignore
Where there are more connections than there can be streams.

## Fix safety
Not fixed automatically: what the generator still asks of the session would take a new connection.

## Evidence
[Measured](../evidence.md#lg308): with a pool of 3 and three streams another route gets a 500 when
the pool's time is up; with the session closed first, or of scope "function", it answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.held_connections import Held, held_connections
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition, describe
from lg_lint.rules.telling.versions import confidence_given, pin_step


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each dependency that streams keep open."""
    reported = set()
    for held in held_connections(project):
        if held.dependency.place in reported:
            continue
        reported.add(held.dependency.place)
        name = held.dependency.ref.function.name
        certain = Confidence.HIGH if held.certain else Confidence.MEDIUM
        yield rule.finding(
            project.place(held.route.module, held.dependency.place.span),
            "other requests wait for a database connection and fail while answers stream: each "
            f"stream of {held.route.name}() keeps the one of {name}() until its last chunk",
            trace=_trace(project, held),
            help="close or commit the session before the response is returned, or write "
            f'`Depends({name}, scope="function")`: it then ends before the stream begins',
            confidence=confidence_given(held.change, certain),
        )


def _trace(project: Project, held: Held) -> Iterator[Step]:
    provider = held.dependency.ref.function
    yield Step(definition(project, provider), f"{describe(provider)} yields it, and is ended later")
    if held.used is not None:
        yield project.step(held.used, "takes a connection from the pool")
    yield project.step(held.response.site, "the response streams, with the connection held")
    yield from pin_step(project, held.change.pin)


RULE = Rule(
    code="LG308",
    name="session-held-for-stream",
    severity=Severity.WARNING,
    hop=Hop.RESPONSE,
    page=__doc__ or "",
    check=check,
)
