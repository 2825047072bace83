"""Which event frames carry what a client cannot read back: objects as printed, raw text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names, runs_giving
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.forwarding import STREAMS
from lg_lint.model.web.sse_frames import element_frame, elements, event_frame
from lg_lint.program import inference
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import Env, ExternalObject

_RAW = names("raw_responses")
"""Classes of responses that send the text of a frame as it is."""

_STREAMING = runs_giving("chunks", "events")
_PRINTS = {"builtins.str", "builtins.repr"}


class UnencodedPayload(Struct, frozen=True):
    """The payload of a `data:` line that is sent as Python prints it.

    `site` is the `yield`, or the element of a generator expression, that makes the frame, `value`
    the first payload in it. `is_object` for an object, else it is raw text; `is_alone` where it is
    the frame's only payload and all that its line holds.
    """

    response: StreamResponse
    site: Site
    value: t.Expr
    is_object: bool
    is_alone: bool


def unencoded(project: Project) -> Iterator[UnencodedPayload]:
    """The frames of responses that hold one, each once, in the first response that sends it.

    A payload that cannot be seen is left alone.
    """
    seen: set[t.Node] = set()
    for response in project.responses:
        if response.type not in _RAW:
            continue
        for site, value in _frames(project.program, response):
            parts = _parts(value)
            payloads = list(_payloads(parts))
            kinds = {_kind(project.program, payload, site.env) for payload in payloads}
            if site.node not in seen and kinds & {"object", "text"}:
                seen.add(site.node)
                alone = len(payloads) == 1 and _fills_its_line(parts)
                yield UnencodedPayload(response, site, payloads[0], "object" in kinds, alone)


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
