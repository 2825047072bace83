"""Stream generator without an error frame

## What it does
Finds generators of live responses that let an exception of the run end the stream: nothing around
the loop catches it and yields a last frame that says so. A handler that only logs, a `finally`
alone and a `try` that starts after the first `await` leave the client as much in the dark. A
wrapper that sends the frame for an inner generator is enough. A generator that takes its events
from an `asyncio.Queue` or a `queue.Queue` is left alone: the task or thread that fills the queue
puts its failure there.

It is an error where the client cannot tell: in FastAPI's own event streams, and under a
BaseHTTPMiddleware from Starlette 0.46 on. The project's lock file or requirements say which version
it has; without them the newest is assumed.

Reported as well, with a message of its own: a handler that catches the end of the generator itself
(`GeneratorExit`, `CancelledError`, `BaseException` or everything) and yields.

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

from lg_lint.facts import tree as t
from lg_lint.finding import Confidence, Finding, Hop, Severity, Step
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.responses import EVENT_STREAM, PATH_OPERATION, change_of
from lg_lint.model.runs import runs_at
from lg_lint.model.versions import Change
from lg_lint.model.web.frames import passes_on
from lg_lint.model.web.middleware import under_dispatch
from lg_lint.program import inference
from lg_lint.program.program import terminal_name
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.values import ExternalMethod, ExternalObject
from lg_lint.rules.chains import definition, describe
from lg_lint.rules.rule import Rule
from lg_lint.rules.versions import as_sure_as

_EVERYTHING = {"Exception", "BaseException"}
_ENDS = {"BaseException", "CancelledError", "GeneratorExit"}
_QUEUES = {"asyncio.Queue", "asyncio.queues.Queue", "queue.Queue", "queue.SimpleQueue"}
_TAKES = {"get", "get_nowait"}
_PACES = {"sleep", "is_disconnected"}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    covered = under_dispatch(project)
    for response in project.responses:
        if not response.live or not response.generators:
            continue
        functions = [ref.function for ref in response.generators]
        guarded = next((item for item in functions if any(_guards(item))), None)
        if guarded is None and not _only_relays(project, response):
            hidden = id(response) in covered
            yield _no_frame(rule, project, response, _maker(functions), hidden)
        elif guarded is not None:
            yield from _too_late(rule, project, response, guarded)
        for function in functions:
            yield from _yields_at_its_end(rule, project, response, function)


def _maker(functions: list[Function]) -> Function:
    """The generator that makes the chunks: the outermost that does more than pass them on."""
    return next((item for item in functions if not passes_on(item)), functions[-1])


def _only_relays(project: Project, response: StreamResponse) -> bool:
    """Whether the chunks come from a queue: what fills it has to say how its run ended."""
    site = response.live_site
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


# --- findings ------------------------------------------------------------------------------


def _no_frame(
    rule: Rule, project: Project, response: StreamResponse, function: Function, covered: bool
) -> Finding:
    events, middleware = _event_stream(project, response), None
    if covered:
        middleware = project.versions.change("middleware-hides-failures", response.site.path)
    hiding = next((each for each in (events, middleware) if each is not None and each.holds), None)
    seen = "looks like a whole one" if hiding is not None else "just stops, with status 200"
    if events is not None:
        seen += f" in an event stream of {events.told}"
    elif middleware is not None:
        seen += f" under the BaseHTTPMiddleware of {middleware.told}"
    return rule.finding(
        definition(project, function),
        f"{function.name}() sends no error frame: an answer whose run fails midway {seen}",
        trace=_trace(project, response),
        help="catch Exception around the loop and yield a last frame that says the run failed",
        severity=Severity.ERROR if hiding is not None else None,
        confidence=as_sure_as(hiding, _confidence(project, response)),
    )


def _too_late(
    rule: Rule, project: Project, response: StreamResponse, function: Function
) -> Iterator[Finding]:
    """What is awaited in the generator before its `try` fails without a frame."""
    first = min(guard.start for guard in _guards(function))
    for site in function.calls:
        outside = not any(isinstance(item, t.Try) for item in site.enclosing)
        if not site.awaited or not outside or site.node.start > first:
            continue
        if terminal_name(site.node.func) in _PACES or _is_left(site, first):
            continue
        place = project.place(function.module, site.node.span)
        yield rule.finding(
            definition(project, function),
            f"{function.name}() awaits before its try: a failure there ends the stream without "
            "an error frame, with status 200",
            trace=[*_trace(project, response), Step(place, "outside the try")],
            help="move the await into the try, or out of the generator",
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
    for statement in _tries(function):
        for handler in statement.handlers:
            names = _caught(handler)
            if names and not names & _ENDS:
                continue
            if _yields(handler.body) and not _raises(handler):
                yield rule.finding(
                    definition(project, function),
                    f"{function.name}() yields while it is being closed: a client that leaves "
                    "makes it fail instead of stop",
                    trace=[
                        *_trace(project, response),
                        Step(
                            project.place(function.module, _head(handler)),
                            "catches the end of the generator and yields",
                        ),
                    ],
                    help="catch Exception, and let GeneratorExit and CancelledError pass",
                )
            break


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


# --- handlers ------------------------------------------------------------------------------


def _tries(function: Function) -> Iterator[t.Try]:
    return (node for node in t.walk(function.node) if isinstance(node, t.Try))


def _guards(function: Function) -> Iterator[t.Try]:
    """The `try` statements that turn a failure of the work inside into something for the client."""
    for statement in _tries(function):
        works = any(
            isinstance(node, (t.For, t.Await, t.Yield))
            for part in statement.body
            for node in t.walk(part)
        )
        if works and any(_answers(function, statement, item) for item in statement.handlers):
            yield statement


def _answers(function: Function, statement: t.Try, handler: t.Handler) -> bool:
    names = _caught(handler)
    if names and not names & _EVERYTHING:
        return False
    if _yields(handler.body):
        return True
    last = handler.body[-1] if handler.body else None
    if isinstance(last, (t.Raise, t.Return)):
        return False
    noted = {
        target.id
        for part in handler.body
        for node in t.walk(part)
        if isinstance(node, t.Assign)
        for target in node.targets
        if isinstance(target, t.Name)
    }
    return any(
        _mentions(item, noted) or not isinstance(item.value, t.Constant)
        for item in function.yields
        if item.start > handler.end or t.in_block(statement.final, item)
    ) or any(
        _mentions(node.test, noted) and _yields(node.body)
        for node in t.walk(function.node)
        if isinstance(node, t.If) and node.start > handler.end
    )


def _caught(handler: t.Handler) -> set[str]:
    """The last names of the types that a handler catches; empty where it catches everything."""
    if handler.type is None:
        return set()
    types = handler.type.items if isinstance(handler.type, t.Sequence) else (handler.type,)
    return {terminal_name(item) or "?" for item in types}


def _yields(body: t.Block) -> bool:
    return any(isinstance(node, t.Yield) for part in body for node in t.walk(part))


def _raises(handler: t.Handler) -> bool:
    return bool(handler.body) and isinstance(handler.body[-1], t.Raise)


def _mentions(node: t.Node, names: set[str]) -> bool:
    return any(isinstance(part, t.Name) and part.id in names for part in t.walk(node))


def _head(handler: t.Handler) -> t.Span:
    """The line of the `except` itself."""
    row, column = handler.span[:2]
    return (row, column, row, column + len("except"))


RULE = Rule(
    "LG305", "no-error-frame", Severity.WARNING, Hop.GENERATOR, __doc__ or "", check, "never"
)
