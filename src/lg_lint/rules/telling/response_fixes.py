"""Which remedy fits a response, and what makes it unsafe."""

from __future__ import annotations

from lg_lint.base.fix import Fix
from lg_lint.facts import tree as t
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.streams.payloads import UnencodedPayload
from lg_lint.model.web.constructions import direct_call
from lg_lint.model.web.responses import ANTI_BUFFERING, EVENT_STREAM
from lg_lint.model.web.sse_frames import SseFrame, makes_only_frames
from lg_lint.model.web.tables import response_classes

_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


def headers_fix(project: Project, response: StreamResponse) -> Fix | None:
    """The remedy that adds the headers of a live stream.

    Where the headers of the call are not there, or a literal dict.
    """
    call = direct_call(project.program, response)
    if call is None or response.headers_replaced:
        return None
    given = _given_headers(response, call)
    if given is not None and not (
        isinstance(given, t.Dict) and any(arg.keyword == "headers" for arg in call.args)
    ):
        return None
    items = given.items if isinstance(given, t.Dict) else ()
    names = [key.value if isinstance(key, t.Constant) else None for key, _ in items]
    here = {name.lower() for name in names if isinstance(name, str)}
    if len(here) != len(names) or (
        ANTI_BUFFERING in response.headers and ANTI_BUFFERING not in here
    ):
        return None
    there = response.headers.keys() - here
    return Fix.add_headers({k: v for k, v in _HEADERS.items() if k.lower() not in there})


def has_literal_headers(project: Project, response: StreamResponse) -> bool:
    """Whether the call that makes a response names its headers in a literal dict."""
    call = direct_call(project.program, response)
    return call is not None and isinstance(_given_headers(response, call), t.Dict)


def _given_headers(response: StreamResponse, call: t.Call) -> t.Expr | None:
    """The headers that the call of a response class gets."""
    return call.argument("headers", response_classes()[response.type].headers.position)


def media_type_fix(project: Project, response: StreamResponse, frame: SseFrame) -> Fix | None:
    """The remedy that names the media type of event streams.

    Where the call names another one in a literal keyword, or none at all.
    """
    call = direct_call(project.program, response)
    if call is None or "content-type" in response.headers:
        return None
    row = response_classes()[response.type]
    keywords = {arg.keyword: arg.value for arg in call.args if arg.keyword is not None}
    given = call.argument(row.media_type.keyword, row.media_type.position)
    if given is not None and not isinstance(keywords.get(row.media_type.keyword), t.Constant):
        return None
    if row.also_type in keywords:
        return None
    mixed = f"not every chunk of {frame.generator.function.name}() is an event frame"
    only = makes_only_frames(project.program, frame.generator)
    return Fix.set_keyword(row.media_type.keyword, EVENT_STREAM).unless("" if only else mixed)


def payload_fix(payload: UnencodedPayload) -> Fix | None:
    """The remedy that writes JSON in a payload's place, where it has the `data:` line to itself.

    Of objects it is made by FastAPI's encoder, where the application is made with FastAPI.
    """
    value, here = payload.value, payload.site.env.scope.module
    if not payload.is_alone or (isinstance(value, t.Call) and not value.args):
        return None
    modules = (payload.response.site.env.scope.module, here)
    if payload.is_object and not any("fastapi" in module.imported for module in modules):
        return None
    remedy = Fix.encode_payload(value.span, text=not payload.is_object)
    return remedy.unless("it changes the format that clients parse")
