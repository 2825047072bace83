"""Saver, session or client that is closed before the stream uses it

## What it does
Finds streams that use what has been closed by then:

- a response that is returned inside a `with` block, while its generator uses what the block closes
  at its end, or a graph that was compiled with it;
- a graph that was compiled with the saver of a block, and is run once the block has ended;
- a dependency with `yield` that the generator uses, with FastAPI 0.106 to 0.117, which end it
  before the response is sent;
- `compile(checkpointer=Saver.from_conn_string(...))`, which gives a context and no saver.

A block that holds on is left alone: a lifespan with `yield` inside, a server that runs in it, a
block in the generator itself.

## Why it cuts the stream
A response is sent after the function that made it has returned, and then its blocks have ended. The
first step then fails with "threads can only be started once", "Cannot operate on a closed
database" or PoolClosed: the client gets a status 200 and nothing.

## What is seen
- empty answer: "Cannot operate on a closed database", PoolClosed, "threads can only be started
  once"

## Example
```python
@app.get("/talk")
async def talk(question: str):
    async with AsyncSqliteSaver.from_conn_string("talk.db") as saver:
        graph = builder.compile(checkpointer=saver)

        async def events():
            async for update in graph.astream({"question": question}, config):
                yield f"data: {json.dumps(update)}\\n\\n"

        return StreamingResponse(events(), media_type="text/event-stream", headers=HEADERS)
```

## Use instead
```python
@asynccontextmanager
async def lifespan(app: FastAPI):
    async with AsyncSqliteSaver.from_conn_string("talk.db") as saver:
        app.state.graph = builder.compile(checkpointer=saver)
        yield
```

The block may stand in the generator as well.

## When to ignore
Where closing leaves the object as usable as before.

## Fix safety
Not fixed automatically: where the block belongs depends on how long the saver should live.

## Evidence
[Measured](../evidence.md#lg310): the response that leaves its block sends no update, the one whose
generator holds the block sends all.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.streams.closed_blocks import Closed, closed_before_use
from lg_lint.rules.rule import Rule

_MESSAGES = {
    "response": "the stream fails at its first use of {name}: the block that closes it ends when "
    "the response is returned, before it is sent",
    "graph": "the run fails: the graph was compiled with {name}, and the block that closes it has "
    "ended",
    "unentered": "the graph cannot be compiled: {name}() gives a context that has to be entered, "
    "and no saver (TypeError)",
    "dependency": "the stream uses {name} once it has ended: this FastAPI ends dependencies before "
    "the response is sent",
}
_HELP = {
    "response": "move the block into the generator, or open it in the lifespan of the application",
    "graph": "open the saver in the lifespan of the application, with `yield` inside the block",
    "unentered": "enter it: `async with Saver.from_conn_string(...) as saver:`, around each run",
    "dependency": "open it inside the generator, or use FastAPI 0.118 or newer",
}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    """One finding for each block that is left before what it opened is used."""
    for closed in closed_before_use(project):
        yield rule.finding(
            project.at(closed.site),
            _MESSAGES[closed.kind].format(name=closed.name),
            trace=_trace(project, closed),
            help=_HELP[closed.kind],
        )


def _trace(project: Project, closed: Closed) -> Iterator[Step]:
    yield project.step(closed.opened, f"opens {closed.name}, and closes it")
    yield project.step(closed.site, "uses it later")


RULE = Rule(
    code="LG310",
    name="closed-before-stream",
    severity=Severity.ERROR,
    hop=Hop.GENERATOR,
    page=__doc__ or "",
    check=check,
)
