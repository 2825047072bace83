"""Stream generator without an error frame

## What it does
Finds generators of live responses that let an exception of the run end the stream: nothing around
the loop catches it and yields a last frame that says so. A handler that only logs, a `finally`
alone and a `try` that starts after the first `await` leave the client as much in the dark. A
wrapper that sends the frame for an inner generator is enough, and a wrapper around the
`body_iterator` of another response has what that has. What is yielded in `finally` or after a
handler counts where it depends on the failure: by what the handler notes, by a mark that the work
is done, by the way that leads there. A generator expression has no place for a handler.

A generator that takes its events from a queue is left alone where the task or thread that fills
the queue cannot be seen, or puts its failure there.

It is an error where the client cannot tell: in FastAPI's own event streams, and under a
BaseHTTPMiddleware from Starlette 0.46 on. The project's lock file or requirements say which version
it has; without them the newest is assumed.

Reported as well, with a message of its own: a handler that catches the end of the generator itself
(`GeneratorExit`, `CancelledError`, `BaseException` or everything) and yields. The generator keeps
running after its client left; in a `while` loop that goes on it holds up a server that stops, and
is an error.

## Why it cuts the stream
Status 200 and the headers are gone before the first chunk. When the run fails midway, all that is
left is to stop: behind a proxy that speaks HTTP/1.0 to the application, under a BaseHTTPMiddleware
and with FastAPI's own event streams the client sees a clean end, and takes half an answer for a
whole one. Elsewhere it sees a broken connection without a reason.

## Example
```python
async def events(question: str):
    async for chunk in graph.astream({"question": question}):
        yield f"data: {json.dumps(chunk)}\\n\\n"
```

## Use instead
```python
async def events(question: str):
    try:
        async for chunk in graph.astream({"question": question}):
            yield f"data: {json.dumps(chunk)}\\n\\n"
        yield "event: end\\ndata: {}\\n\\n"
    except Exception:
        logger.exception("the run failed")
        yield "event: error\\ndata: {}\\n\\n"
```

## When to ignore
Where clients tell a whole answer by an end marker and retry by themselves.

## Fix safety
Clients must know the new frame; those that do not may show it as an answer.

## Evidence
[Measured](../evidence.md#lg305): an exception after the first chunk reaches the client as a clean
end through nginx with HTTP/1.0, and under a BaseHTTPMiddleware since Starlette 0.46.
"""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.facts import tree as t
from lg_lint.model.project import Project, runs_at
from lg_lint.model.response import StreamResponse
from lg_lint.model.versions import Change
from lg_lint.model.web.bodies import is_body
from lg_lint.model.web.error_frames import (
    asks_for_failure,
    caught,
    drains,
    fails_through_queue,
    guards,
    tries,
)
from lg_lint.model.web.middleware import under_dispatch
from lg_lint.model.web.responses import EVENT_STREAM, PATH_OPERATION, change_of
from lg_lint.model.web.sse_frames import passes_on
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.scopes import CallSite, Function, owner
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Container, ExternalMethod, ExternalObject
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import definition, describe
from lg_lint.rules.telling.versions import as_sure_as

_ENDS = {"BaseException", "CancelledError", "GeneratorExit"}
_QUEUES = {"asyncio.Queue", "asyncio.queues.Queue", "queue.Queue", "queue.SimpleQueue"}
_TAKES = {"get", "get_nowait"}
_PACES = {"sleep", "is_disconnected"}
_DEPTH = 3


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    covered = under_dispatch(project)
    for response in project.responses:
        if not response.live or not (response.generators or _expressions(response)):
            continue
        if _is_taken_over(project, response):
            continue
        functions = [ref.function for ref in response.generators]
        guarded = next((item for item in functions if any(guards(item))), None)
        if guarded is not None:
            yield from _too_late(rule, project, response, guarded)
        elif not _is_told_elsewhere(project, response, functions):
            yield _no_frame(rule, project, response, id(response) in covered)
        for function in functions:
            yield from _yields_at_its_end(rule, project, response, function)


def _is_taken_over(project: Project, response: StreamResponse) -> bool:
    """Whether no route sends a response itself, and another one passes its chunks on."""
    own = {ref.function for ref in response.generators}
    if not own or any(
        entry.kind == "route" and entry.ref.function is response.route for entry in project.entries
    ):
        return False
    return any(
        other is not response and own < {ref.function for ref in other.generators}
        for other in project.responses
    )


def _expressions(response: StreamResponse) -> list[Site]:
    """The generator expressions that a response iterates itself."""
    return [
        Site(value.node, value.env)
        for value in response.values
        if isinstance(value, Container) and isinstance(value.node, t.Comprehension)
    ]


def _maker(functions: list[Function]) -> Function:
    """The generator that makes the chunks: the outermost that does more than pass them on."""
    return next((item for item in functions if not passes_on(item)), functions[-1])


# --- who else tells of a failure -----------------------------------------------------------


def _is_told_elsewhere(
    project: Project, response: StreamResponse, functions: list[Function]
) -> bool:
    site = response.live_site
    if _only_relays(project, site) or (site is not None and _is_unseen_body(site)):
        return True
    if any(map(asks_for_failure, functions)):
        return True
    return any(map(drains, functions)) and fails_through_queue(
        project.program, _beside(project, response)
    )


def _only_relays(project: Project, site: Site | None) -> bool:
    """Whether the chunks come from a queue: what fills it has to say how its run ended."""
    if site is None or not isinstance(site.node, t.Call):
        return False
    taken = [
        value
        for node in t.walk(site.node)
        if isinstance(node, t.Attribute) and node.attr in _TAKES
        for value in inference.infer(project.program, node, site.env)
    ]
    return bool(taken) and all(
        isinstance(value, ExternalMethod)
        and isinstance(value.receiver, ExternalObject)
        and value.receiver.type in _QUEUES
        for value in taken
    )


def _is_unseen_body(site: Site) -> bool:
    """Whether the chunks are those of another response, whose generator cannot be seen."""
    if is_body(site.node):  # type: ignore[arg-type]
        return True
    if not isinstance(site.node, t.Name):
        return False
    bindings = owner(site.env.scope, site.node.id).bindings.get(site.node.id, ())
    return any(each.value is not None and is_body(each.value) for each in bindings)


def _beside(project: Project, response: StreamResponse) -> Iterator[Function]:
    """What is defined beside the generators, and what they call or start, a few calls deep."""
    found: dict[Function, None] = {}
    for ref in response.generators:
        outer = ref.function
        while isinstance(outer.parent, Function):
            outer = outer.parent
        queue = list(outer.functions)
        while queue:
            inner = queue.pop()
            found.setdefault(inner)
            queue += inner.functions
        world = ThreadContext.LOOP if ref.function.is_async else ThreadContext.THREAD
        states = [project.execution.state(ref, world)]
        for _ in range(_DEPTH):
            states = [edge.target for state in states for edge in project.execution.edges(state)]
            found.update(dict.fromkeys(state.function for state in states))
    yield from found


# --- findings ------------------------------------------------------------------------------


def _no_frame(rule: Rule, project: Project, response: StreamResponse, covered: bool) -> Finding:
    events, middleware = _event_stream(project, response), None
    if covered:
        middleware = project.versions.change("middleware-hides-failures", response.site.path)
    hiding = next((each for each in (events, middleware) if each is not None and each.holds), None)
    seen = "half an answer looks like a whole one" if hiding else "the answer just stops"
    where = ""
    if events is not None:
        where = f" in an event stream of {events.told}"
    elif middleware is not None:
        where = f" under the BaseHTTPMiddleware of {middleware.told}"
    place, name, mend = _source(project, response)
    return rule.finding(
        place,
        f"{seen}, with status 200,{where} when the run fails midway: {name} sends no error frame",
        trace=_trace(project, response),
        help=mend,
        severity=Severity.ERROR if hiding is not None else None,
        confidence=as_sure_as(hiding, _confidence(project, response)),
    )


def _source(project: Project, response: StreamResponse) -> tuple[Place, str, str]:
    """Where the chunks are made, how it is called, and what to write there."""
    is_events = (response.media_type or "").startswith(EVENT_STREAM)
    frame = r'"event: error\ndata: {}\n\n"' if is_events else "a last chunk that says so"
    if not response.generators:
        site = _expressions(response)[0]
        mend = (
            "write a generator function instead, with `try:` around its loop and "
            f"`except Exception: yield {frame}`"
        )
        return project.at(site), "a generator expression", mend
    function = _maker([ref.function for ref in response.generators])
    mend = (
        f"put `try:` around the loop of {function.name}(), and below it "
        f"`except Exception: yield {frame}`"
    )
    return definition(project, function), f"{function.name}()", mend


def _too_late(
    rule: Rule, project: Project, response: StreamResponse, function: Function
) -> Iterator[Finding]:
    """What is awaited in the generator before its `try` fails without a frame."""
    first = min(guard.start for guard in guards(function))
    for site in function.calls:
        outside = not any(isinstance(item, t.Try) for item in site.enclosing)
        if not site.awaited or not outside or site.node.start > first:
            continue
        if terminal_name(site.node.func) in _PACES or _is_left(site, first):
            continue
        place = project.place(function.module, site.node.span)
        yield rule.finding(
            definition(project, function),
            "the answer stops before its first chunk, with status 200 and no error frame, when "
            f"the await in line {place.row} fails: it stands before the try of {function.name}()",
            trace=[*_trace(project, response), Step(place, "outside the try")],
            help=f"move line {place.row} into the try, or into the route, before the response",
            confidence=Confidence.MEDIUM,
        )
        return


def _is_left(site: CallSite, first: t.Position) -> bool:
    """Whether a branch around a call returns or raises before `first`: another answer."""
    return any(
        t.in_block(body, site.node)
        and isinstance(body[-1], (t.Return, t.Raise))
        and body[-1].end < first
        for statement in site.enclosing
        if isinstance(statement, t.If)
        for body in (statement.body, statement.orelse)
    )


def _yields_at_its_end(
    rule: Rule, project: Project, response: StreamResponse, function: Function
) -> Iterator[Finding]:
    for statement in tries(function):
        for handler in statement.handlers:
            names = caught(handler)
            if names and not names & _ENDS:
                continue
            if _yields(handler.body) and not _raises(handler):
                yield _running_on(rule, project, response, function, statement, handler)
            break


def _running_on(
    rule: Rule,
    project: Project,
    response: StreamResponse,
    function: Function,
    statement: t.Try,
    handler: t.Handler,
) -> Finding:
    """A generator that cannot be closed; in a loop without an end it holds the server up too."""
    endless = _goes_on(function, statement, handler)
    more = ", and goes on with its loop: the server waits for it when it stops" if endless else ""
    return rule.finding(
        definition(project, function),
        f"{function.name}() keeps running after its client left: its handler catches the end of "
        f"the generator itself and yields{more}",
        trace=[
            *_trace(project, response),
            Step(
                project.place(function.module, _head(handler)),
                "catches the end of the generator and yields",
            ),
        ],
        help=f"write `except Exception:` in line {handler.span[0]}: what closes a generator "
        "(GeneratorExit, CancelledError) then passes",
        severity=Severity.ERROR if endless else None,
    )


def _goes_on(function: Function, statement: t.Try, handler: t.Handler) -> bool:
    """Whether a `while` around a handler runs on after it."""
    leaves = any(
        isinstance(part, (t.Return, t.Raise)) or (isinstance(part, t.Jump) and part.kind == "break")
        for part in handler.body
    )
    return not leaves and any(
        isinstance(node, t.While) and t.in_block(node.body, statement)
        for node in t.walk(function.node)
    )


def _trace(project: Project, response: StreamResponse) -> Iterator[Step]:
    yield project.step(response.site, "the response")
    for ref in response.generators:
        yield Step(definition(project, ref.function), f"{describe(ref.function)} makes the chunks")
    if response.live_site is not None:
        yield project.step(response.live_site, "may fail midway")


def _event_stream(project: Project, response: StreamResponse) -> Change | None:
    """The FastAPI whose own event stream it is: there a failure ends the body cleanly."""
    if response.type != PATH_OPERATION or response.media_type != EVENT_STREAM:
        return None
    return change_of(response, project.versions)


def _confidence(project: Project, response: StreamResponse) -> Confidence:
    site = response.live_site
    if site is None:
        return Confidence.MEDIUM
    if id(site.node) in project.once(runs_at):
        return Confidence.HIGH
    waits = isinstance(site.node, t.Call) and terminal_name(site.node.func) in _PACES
    return Confidence.LOW if waits else Confidence.MEDIUM


def _yields(body: t.Block) -> bool:
    return any(isinstance(node, t.Yield) for part in body for node in t.walk(part))


def _raises(handler: t.Handler) -> bool:
    return bool(handler.body) and isinstance(handler.body[-1], t.Raise)


def _head(handler: t.Handler) -> t.Span:
    """The line of the `except` itself."""
    row, column = handler.span[:2]
    return (row, column, row, column + len("except"))


RULE = Rule(
    "LG305", "no-error-frame", Severity.WARNING, Hop.GENERATOR, __doc__ or "", check, "never"
)
