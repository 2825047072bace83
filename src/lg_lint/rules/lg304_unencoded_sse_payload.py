"""Payload of a server-sent event without an encoding

## What it does
Finds event frames whose `data:` holds a chunk of a graph's stream or a dict as Python prints it,
or the raw text of a message. Text in JSON, and responses that split lines themselves
(sse-starlette, `fastapi.sse`), are left alone, and so is a payload that cannot be seen. A generator
expression that the response is given counts like a generator.

## Why it cuts the stream
A line break ends the field: of `line1\\nline2` the client gets `line1`, and of a token that is a
line break nothing at all. What Python prints of a dict is no JSON: clients fail to parse it.

## Example
```python
async def events():
    async for chunk in graph.astream(question):
        yield f"data: {chunk}\\n\\n"
```

## Use instead
```python
async def events():
    async for chunk in graph.astream(question):
        yield f"data: {json.dumps(jsonable_encoder(chunk))}\\n\\n"
```
Messages in a chunk are no plain JSON: `json.dumps(chunk)` alone may raise in the middle of the
stream.

## When to ignore
Where no token can hold a line break, or the client is made for what Python prints.

## Fix safety
Unsafe: it changes the format that clients parse. The payload goes through `json.dumps()`, an object
through `jsonable_encoder()` of FastAPI first; what is not imported yet is added to the imports.
No fix where the `data:` line holds more than one bare payload, or for objects outside FastAPI.

## Evidence
[Measured](../evidence.md#lg304): of a dict as Python prints it no event can be parsed; of tokens
the line breaks are lost, and what follows one inside a token. In the event stream format of the
HTML standard a field ends with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Finding, Hop, Severity
from lg_lint.base.fix import Fix
from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.forwarding import STREAMS
from lg_lint.model.web.sse_frames import element_frame, elements, event_frame
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Env, ExternalObject
from lg_lint.rules.rule import Rule

_RAW = (
    "starlette.responses.StreamingResponse",
    "flask.wrappers.Response",
    "django.http.response.StreamingHttpResponse",
)
_STREAMING = ("stream", "astream", "astream_events")
_PRINTS = {"builtins.str", "builtins.repr"}


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    seen: set[int] = set()
    for response in project.responses:
        if response.type not in _RAW:
            continue
        for site, value in _frames(project.program, response):
            parts = _parts(value)
            payloads = list(_payloads(parts))
            kinds = {_kind(project.program, payload, site.env) for payload in payloads}
            if id(site.node) not in seen and kinds & {"object", "text"}:
                seen.add(id(site.node))
                printed = "object" in kinds
                alone = len(payloads) == 1 and _fills_its_line(parts)
                fix = _fix(response, site, payloads[0], printed) if alone else None
                yield _finding(rule, project, response, site, printed, fix)


def _frames(program: Program, response: StreamResponse) -> Iterator[tuple[Site, t.Expr]]:
    """What the generator that makes the frames yields, or a generator expression gives."""
    frame = event_frame(program, response.generators)
    if frame is not None:
        env = program.env(frame.generator.function)
        for item in frame.generator.function.yields:
            if item.value is not None and not item.delegates:
                yield Site(item, env), item.value
    elif element_frame(program, response.values) is not None:
        for site in elements(response.values):
            yield site, site.node  # type: ignore[misc]


def _parts(value: t.Expr) -> tuple[t.Expr, ...]:
    """Those of an f-string, encoded or not."""
    if isinstance(value, t.Call) and isinstance(value.func, t.Attribute):
        return _parts(value.func.value) if value.func.attr == "encode" else ()
    return value.parts if isinstance(value, t.JoinedString) else ()


def _payloads(parts: Iterable[t.Expr]) -> Iterator[t.Expr]:
    """The expressions of an f-string that stand in a `data:` line."""
    line = ""
    for part in parts:
        if isinstance(part, t.Constant) and isinstance(part.value, str):
            line = (line + part.value).rpartition("\n")[2]
        elif line.startswith("data:"):
            yield part


def _fills_its_line(parts: Iterable[t.Expr]) -> bool:
    """Whether some expression is all that a `data:` line holds."""
    texts = [part.value if isinstance(part, t.Constant) else None for part in parts]
    shown = "".join(text if isinstance(text, str) else "\0" for text in texts)
    return re.search(r"^data: ?\0\n", shown, re.MULTILINE) is not None


def _kind(program: Program, payload: t.Expr, env: Env) -> str:
    """ "object" for what Python prints of an object, "text" for raw text, "" where unknown."""
    if isinstance(payload, t.Call) and not payload.args:
        return _kind(program, payload.func, env) if _is_text(payload.func) else ""
    if isinstance(payload, t.Call):
        func = inference.infer(program, payload.func, env)
        printed = {getattr(value, "name", "") for value in func}
        prints = bool(printed) and printed <= _PRINTS and len(payload.args) == 1
        return _kind(program, payload.args[0].value, env) if prints else ""
    if isinstance(payload, t.Dict):
        keys = [key.value for key, _ in payload.items if isinstance(key, t.Constant)]
        return "object" if any(isinstance(key, str) for key in keys) else ""
    if isinstance(payload, t.Name):
        return "object" if _is_chunk(program, payload, env, whole=True) else ""
    if isinstance(payload, t.Attribute) and (payload.attr == "content" or _is_text(payload)):
        root: t.Expr = payload.value
        while isinstance(root, (t.Subscript, t.Attribute)):
            root = root.value
        return "text" if _is_chunk(program, root, env, whole=False) else ""
    return ""


def _is_text(expr: t.Expr) -> bool:
    """A message's text, which is a property, and was a method before langchain-core 1.0."""
    return isinstance(expr, t.Attribute) and expr.attr == "text"


def _is_chunk(program: Program, expr: t.Expr, env: Env, *, whole: bool) -> bool:
    """Whether a name is an item of a graph's or a model's stream; `whole` for no part of it."""
    bindings = env.scope.bindings.get(expr.id, ()) if isinstance(expr, t.Name) else ()
    return bool(bindings) and all(
        binding.kind == "element"
        and binding.value is not None
        and not (whole and binding.unpack)
        and _streams(program, binding.value, env, whole)
        for binding in bindings
    )


def _streams(program: Program, iterable: t.Expr, env: Env, whole: bool) -> bool:
    values = inference.infer(program, iterable, env)
    return bool(values) and all(
        isinstance(value, ExternalObject)
        and isinstance(value.site, t.Call)
        and terminal_name(value.site.func) in _STREAMING
        and (
            (value.type in STREAMS and _gives_objects(value.site))
            or (not whole and "chat_models" in value.type)
        )
        for value in values
    )


def _gives_objects(call: t.Call) -> bool:
    """Whether the stream's mode is known, and none in which nodes say what a chunk is."""
    if any(arg.star for arg in call.args):
        return False
    mode = call.argument("stream_mode")
    return mode is None or (
        isinstance(mode, t.Sequence) or (isinstance(mode, t.Constant) and mode.value != "custom")
    )


def _fix(response: StreamResponse, site: Site, payload: t.Expr, printed: bool) -> Fix | None:
    """JSON in its place; of objects by FastAPI's encoder, where the application is made with it."""
    if isinstance(payload, t.Call) and not payload.args:
        return None
    modules = (response.site.env.scope.module, site.env.scope.module)
    if printed and not any("fastapi" in module.imported for module in modules):
        return None
    remedy = Fix.encode_payload(payload.span, text=not printed)
    return remedy.unless("it changes the format that clients parse")


def _finding(
    rule: Rule,
    project: Project,
    response: StreamResponse,
    site: Site,
    printed: bool,
    fix: Fix | None,
) -> Finding:
    return rule.finding(
        project.at(site),
        "clients cannot parse this event: its `data:` holds what Python prints of an object, which "
        "is no JSON"
        if printed
        else "line breaks of the answer are lost: `data:` holds raw text, and the client gets it "
        "up to its first line break",
        trace=[project.step(response.site, "the response")],
        help=(
            f"write json.dumps(jsonable_encoder(...)) around it in line {site.span[0]}"
            if printed
            else f"write json.dumps(...) around it in line {site.span[0]}"
        ),
        severity=None if printed else Severity.WARNING,
        fix=fix,
    )


RULE = Rule(
    "LG304",
    "unencoded-sse-payload",
    Severity.ERROR,
    Hop.GENERATOR,
    __doc__ or "",
    check,
    "sometimes",
)
