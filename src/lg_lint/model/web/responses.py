"""Streaming responses: what they iterate, where that comes from, and the headers they set."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, names, table
from lg_lint.model.entry import Entry
from lg_lint.model.response import StreamResponse
from lg_lint.model.versions import Change, Versions
from lg_lint.model.web.bodies import body_of
from lg_lint.model.web.constructions import Construction, constructions, response_class
from lg_lint.model.web.header_writes import HeaderWrites, headers_of, late_type
from lg_lint.model.web.headers import Headers, read
from lg_lint.model.web.liveness import Liveness, is_finished
from lg_lint.model.web.registrations import Registration, registrations
from lg_lint.model.web.tables import ResponseClass
from lg_lint.model.web.views import Result, results
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.scopes import Class, enclosing_function
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import (
    NONE,
    ClassRef,
    Const,
    Container,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    Unknown,
    Value,
    Values,
    strings,
)

ANTI_BUFFERING = "x-accel-buffering"
PATH_OPERATION = "fastapi.yield"
EVENT_STREAM = "text/event-stream"
_FASTAPI_SSE = named("event_source_response")
_SINCE = {PATH_OPERATION: "path-operations-yield", _FASTAPI_SSE: "event-streams-of-fastapi"}
_FASTAPI = names("path_operation_hosts")


def responses(program: Program) -> list[StreamResponse]:
    """Every response of the project that streams, tests left out."""
    registered = [each for each in registrations(program) if each.handlers.kind != "job"]
    made = list(constructions(program))
    returned = list(results(program, registered))
    writes = HeaderWrites(program)
    accompanying = _accompanying_headers(program, returned, writes)
    found = [
        response
        for construction in made
        if (response := _constructed(program, construction, writes, accompanying)) is not None
    ]
    calls = {id(response.site.node) for response in found}
    found += [
        _returned(program, result, writes)
        for result in _once(returned)
        if id(result.node) not in calls and any(_is_iterator(program, v) for v in result.values)
    ]
    found += [
        _path_operation(program, registration)
        for registration in registered
        if _is_streaming_operation(program, registration)
    ]
    return found


def _once(results: list[Result]) -> Iterator[Result]:
    """Each place once; what a wrapper hands on is told at the wrapper."""
    seen: set[int] = set()
    for result in sorted(results, key=lambda each: not each.handed_on):
        if id(result.node) not in seen and id(result.body) not in seen:
            seen |= {id(result.node), id(result.body)}
            yield result


def _accompanying_headers(
    program: Program, results: list[Result], writes: HeaderWrites
) -> dict[int, list[Headers]]:
    """The headers that stand beside a response in a tuple or a call, by the response's call."""
    found: dict[int, list[Headers]] = {}
    for result in results:
        given = [read(program, *each) for each in result.headers]
        for value in (*result.values, result.body):
            site = value.site if isinstance(value, ExternalObject) else value
            if isinstance(site, t.Call):
                found.setdefault(id(site), []).extend(given)
                if result.handed_on:
                    writes.aliases[id(result.node)] = id(site)
    return found


def change_of(response: StreamResponse, versions: Versions) -> Change | None:
    """Whether FastAPI streams it, where that depends on FastAPI's version."""
    name = _SINCE.get(response.type)
    return versions.change(name, response.site.path) if name is not None else None


def response_entries(found: list[StreamResponse]) -> list[Entry]:
    """The generators that responses iterate: async ones on the loop, others in a thread."""
    made: dict[FunctionRef, Entry] = {}
    for response in found:
        for value in response.values:
            if isinstance(value, GeneratorOf) and value.function not in made:
                function = value.function.function
                prefix = "async " if function.is_async else ""
                made[value.function] = Entry(
                    ref=value.function,
                    world=ThreadContext.LOOP if function.is_async else ThreadContext.THREAD,
                    kind="response",
                    title=f"{prefix}generator {function.name}() of a response",
                    site=response.site,
                )
    return list(made.values())


# --- constructor calls ---------------------------------------------------------------------


def _constructed(
    program: Program,
    made: Construction,
    writes: HeaderWrites,
    accompanying: dict[int, list[Headers]],
) -> StreamResponse | None:
    given = made.argument(made.made.body)
    values: Values = ()
    content = None
    if given is not None:
        content, where = given
        values = inference.infer(program, content, where)
    elif made.made.body is None:
        function = enclosing_function(made.env.scope)
        values = (FunctionRef(function),) if function is not None else ()
    if made.made.only_iterators and not any(_is_iterator(program, value) for value in values):
        return None
    headers = headers_of(program, made, writes)
    for more in accompanying.get(id(made.call), ()):
        headers.add(more)
    media_type, media_type_known = _media_type(program, made, headers)
    late = late_type(program, made.made, made.call)
    if late is not None:
        media_type, media_type_known = late, True
    response = StreamResponse(
        site=Site(made.call, made.env),
        type=made.made.type,
        content=content,
        values=values,
        route=enclosing_function(made.env.scope),
        media_type=media_type,
        media_type_known=media_type_known,
        headers=headers.values,
        headers_known=headers.known,
        headers_replaced=headers.replaced,
    )
    _judge(program, response)
    return response


def _returned(program: Program, result: Result, writes: HeaderWrites) -> StreamResponse:
    """The response that a framework makes of a body."""
    headers = Headers()
    for given in result.headers:
        headers.add(read(program, *given))
    for write in writes.to_call(result.node):
        headers.add(write.headers(program))
    named = "content-type" in headers.values
    media_type = headers.values.get("content-type") if named else result.made.default_type
    late = late_type(program, result.made, result.node)
    response = StreamResponse(
        site=Site(result.node, result.env),
        type=result.made.type,
        content=result.body,
        values=result.values,
        route=result.route,
        media_type=late or media_type,
        media_type_known=late is not None
        or (headers.known and (not named or media_type is not None)),
        headers=headers.values,
        headers_known=headers.known,
    )
    _judge(program, response)
    return response


def _is_iterator(program: Program, value: Value) -> bool:
    if isinstance(value, Instance):
        names = ("__iter__", "__aiter__")
        return any(inference.find_method(program, value.cls, name) for name in names)
    if isinstance(value, Container):
        return isinstance(value.node, t.Comprehension) and value.node.kind == "generator"
    streams = table("web")["live"]["graph_types"]
    return isinstance(value, GeneratorOf) or (
        isinstance(value, ExternalObject) and value.type in streams
    )


def _media_type(program: Program, made: Construction, headers: Headers) -> tuple[str | None, bool]:
    """The media type, None where none is sent; and whether it can be seen."""
    given = _given_type(program, made)
    if "content-type" in headers.values and (given is None or not made.made.type_over_header):
        text = headers.values["content-type"]
        return text, text is not None
    if given is not None:
        text = _text(given)
        return text, text is not None
    if not headers.known or made.may_hold(program, made.made.media_type):
        return None, False
    return _default_type(program, made.made, made.cls)


def _given_type(program: Program, made: Construction) -> Values | None:
    """What the constructor gets as media type."""
    given = made.argument(made.made.media_type)
    if given is None and made.made.also_type is not None:
        expr = made.call.argument(made.made.also_type)
        given = (expr, made.env) if expr is not None else None
    values = inference.infer(program, *given) if given is not None else (NONE,)
    return values if values != (NONE,) else None


def _default_type(
    program: Program, made: ResponseClass, cls: Class | None
) -> tuple[str | None, bool]:
    for owner in inference.lineage(program, cls) if cls is not None else ():
        if "media_type" in owner.bindings:
            text = _text(inference.class_attribute(program, owner, "media_type"))
            return text, text is not None
    return made.default_type, True


def _text(values: Values) -> str | None:
    """The one text that a value is; of several types of downloads, the first."""
    texts = strings(values)
    if len(texts) == len(values) > 1 and all(map(_is_finished, texts)):
        return texts[0]
    if len(values) == 1 and isinstance(values[0], Const) and isinstance(values[0].value, str):
        return values[0].value
    return None


# --- path operations with yield ------------------------------------------------------------


def _is_streaming_operation(program: Program, registration: Registration) -> bool:
    """Whether FastAPI iterates the function itself."""
    return (
        registration.handlers.kind == "route"
        and registration.ref.function.is_generator
        and not _FASTAPI.isdisjoint(program.types.lineage(registration.owner))
    )


def _path_operation(program: Program, registration: Registration) -> StreamResponse:
    ref = registration.ref
    response = StreamResponse(
        site=registration.site,
        type=PATH_OPERATION,
        content=None,
        values=(GeneratorOf(ref),),
        route=ref.function,
        media_type="application/jsonl",
    )
    call = registration.call
    expr = call.argument("response_class") if call is not None else None
    if expr is not None:
        for value in inference.infer(program, expr, registration.site.env):
            row = response_class(program, value)
            if row is None:
                response.media_type_known = False
                continue
            cls = value.cls if isinstance(value, ClassRef) else None
            response.media_type, response.media_type_known = _default_type(program, row, cls)
            if row.type == _FASTAPI_SSE:
                response.headers = {"cache-control": "no-cache", ANTI_BUFFERING: "no"}
    _judge(program, response)
    return response


# --- what the body is ----------------------------------------------------------------------


def bodies(program: Program, response: StreamResponse) -> list[StreamResponse]:
    """The response once for each generator that it may be given, as a helper's parameter may."""
    made = [value for value in response.values if isinstance(value, GeneratorOf)]
    if len(made) < 2:
        return [response]
    found = [
        replace(response, values=(value,), generators=[], live=False, live_site=None)
        for value in made
    ]
    for each in found:
        _judge(program, each)
    return found


def _judge(program: Program, response: StreamResponse) -> None:
    """Sets `generators`, `live` and `live_site`."""
    source = Liveness(program).of(response.values)
    if source is not None:
        response.generators = list(source.generators)
        response.live = not _is_download(response)
        response.live_site = source.site
        return
    response.generators = list(_chain(program, response.values))
    if all(_is_unseen(value) for value in response.values):
        response.live = (response.media_type or "").startswith(EVENT_STREAM)


def _is_unseen(value: Value) -> bool:
    """Something that the source does not show, which only a media type can tell to be live."""
    return isinstance(value, Unknown) or (
        isinstance(value, ExternalObject) and not is_finished(value)
    )


def _chain(program: Program, values: Values) -> Iterator[FunctionRef]:
    """The generator that a body is, and those it passes on."""
    seen: set[int] = set()
    queue = [value for value in values if isinstance(value, GeneratorOf)]
    while queue:
        value = queue.pop(0)
        if id(value.function.function) in seen:
            continue
        seen.add(id(value.function.function))
        yield value.function
        env = program.env(value.function.function, inference.generator_frame(program, value))
        for iteration in value.function.function.iterations:
            inner = inference.infer(program, iteration.iterable, env)
            inner += tuple(item for each in inner for item in body_of(program, each))
            queue += [item for item in inner if isinstance(item, GeneratorOf)]


def _is_download(response: StreamResponse) -> bool:
    """Whether the type or a header tells of content that is there already, as a file is."""
    finished = table("web")["finished"]
    if not response.headers.keys().isdisjoint(finished["headers"]):
        return True
    if re.search(finished["kept"], response.headers.get("cache-control") or "", re.IGNORECASE):
        return True
    return _is_finished(response.media_type or "")


def _is_finished(media: str) -> bool:
    return media.lower().startswith(tuple(table("web")["finished"]["media"]))
