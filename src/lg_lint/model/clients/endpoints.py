"""What answers a streamed request: a graph, a model, or something that sends events."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.clients.requests import StreamedRequest
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.program import inference
from lg_lint.program.call_graph.outside_calls import OutsideCall, made_by
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.values import Const, Container, Value, Values, strings

_ANY = "\0"
_DEPTH = 4
_SERVER_PATH = re.compile(
    r"/runs/(?:[^/]+/)?stream\b|/(?:astream_events|stream_events|stream_log)\b"
)
_MODEL_PATH = re.compile(
    r"/chat/completions\b|/v1/(?:completions|messages|responses)\b|:streamGenerateContent\b"
)
_STREAM_NAME = re.compile(r"a?stream(?:ing)?|sse|chat|[\w-]+[-_]stream|stream[-_][\w-]+")
_OBSERVES = re.compile(
    r"logs?|(?:\w+[-_])?logs?|status(?:es)?|state|health\w*|ready\w*|metrics|tail|progress|history"
    r"|traces?|notifications?|audit|changes|updates|feed|watch|subscribe|subscriptions?",
    re.IGNORECASE,
)
_RUNS = re.compile(
    r"stream|sse|chat|runs?\b|ask|generat|complet|answer|quer(?:y|ies)|invoke|agent|assistant|message"
    r"|research|summar",
    re.IGNORECASE,
)
_JOIN_PATH = re.compile(r"/runs/[^/]+/stream\b")
_EVENT_FIELD = re.compile(r"\s*(?:data|event):")
_LOCAL = re.compile(r"localhost$|[^.]*$|[\d.]+$")


class Kind(str, Enum):
    """What is known about the other side."""

    SERVER = "a LangGraph server"
    ROUTE = "a route of the project"
    MODEL = "a model"
    EVENTS = "events"

    @property
    def runs_a_graph(self) -> bool:
        """Whether each request starts a run of a graph: what a retry would start again."""
        return self in (Kind.SERVER, Kind.ROUTE)


def server_heartbeat() -> int:
    """The seconds after which a LangGraph server sends a heartbeat into a silent stream."""
    seconds: int = table("clients")["server"]["heartbeat"]
    return seconds


class Endpoint(Struct, frozen=True):
    """The other side of a request; `response` where it is the project's own.

    `joins` where the request only listens to a run that goes on by itself.
    """

    kind: Kind
    title: str
    response: StreamResponse | None = None
    joins: bool = False


class _Route(Struct, frozen=True):
    segments: tuple[str, ...]
    response: StreamResponse


class Endpoints:
    """Tells what streamed requests of a project speak to."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.program = project.program
        self.routes = list(self._own_routes())

    def of(self, request: StreamedRequest) -> Endpoint | None:
        """The other side; None where nothing says that it streams what a graph or model makes."""
        if request.is_sdk:
            return Endpoint(Kind.SERVER, "a LangGraph server", joins=request.joins)
        body = self._body(request)
        if "jsonrpc" in body or _is_false(body.get("stream", ())):
            return None
        text = self.url(request)
        if text is not None and _SERVER_PATH.search(text):
            joins = bool(_JOIN_PATH.search(text)) and request.verb == "GET"
            return Endpoint(Kind.SERVER, "a LangGraph server", joins=joins)
        own = self._own(text) if text is not None else None
        if own is not None:
            title = "/" + "/".join(own.segments)
            return Endpoint(Kind.ROUTE, f"the project's own {title}", own.response)
        if _is_true(body.get("stream", ())) or (text and _MODEL_PATH.search(text)):
            return Endpoint(Kind.MODEL, "a model's API")
        if request.reads_events or self._asks_for_events(request) or self._parses_events(request):
            return Endpoint(Kind.EVENTS, "an event stream")
        if request.reads_text and text is not None and _is_named_a_stream(text):
            return Endpoint(Kind.EVENTS, "what its address calls a stream")
        return None

    def starts_a_run(self, request: StreamedRequest, endpoint: Endpoint) -> bool:
        """Whether sending a request again makes the other side do its work again."""
        if endpoint.joins:
            return False
        return endpoint.kind is not Kind.EVENTS or _may_run(request.verb, self.url(request))

    # --- the address -----------------------------------------------------------------------

    def url(self, request: StreamedRequest) -> str | None:
        """The address as far as it can be read, with a NUL for each part that cannot."""
        if request.url is None:
            return None
        return self._text(request.url, request.site, 0)

    def _text(self, expr: t.Expr, site: Site, depth: int) -> str:
        if isinstance(expr, t.Constant):
            return str(expr.value) if isinstance(expr.value, str) else _ANY
        if isinstance(expr, t.JoinedString):
            return "".join(self._text(part, site, depth) for part in expr.parts)
        if isinstance(expr, t.BinOp) and expr.op == "+":
            return self._text(expr.left, site, depth) + self._text(expr.right, site, depth)
        if isinstance(expr, t.Call) and isinstance(expr.func, (t.Name, t.Attribute)):
            return self._called(expr, site, depth)
        known = strings(inference.infer(self.program, expr, site.env))
        if len(known) == 1:
            return known[0]
        if isinstance(expr, t.Name) and depth < _DEPTH:
            bindings = site.env.scope.bindings.get(expr.id, ())
            values = [item.value for item in bindings if item.kind == "assign" and not item.unpack]
            if len(bindings) == len(values) == 1 and values[0] is not None:
                return self._text(values[0], site, depth + 1)
        return _ANY

    def _called(self, call: t.Call, site: Site, depth: int) -> str:
        """`urljoin(base, "/chat")`, `"{}/chat".format(base)`, `url.rstrip("/")`."""
        name = call.func.attr if isinstance(call.func, t.Attribute) else ""
        last = name or (call.func.id if isinstance(call.func, t.Name) else "")
        if last == "urljoin" and len(call.args) == 2:
            return _ANY + self._text(call.args[1].value, site, depth)
        if name in ("format", "rstrip", "strip") and isinstance(call.func, t.Attribute):
            return self._text(call.func.value, site, depth)
        return _ANY

    # --- the project's own routes ----------------------------------------------------------

    def _own_routes(self) -> Iterator[_Route]:
        by_function: dict[Function, StreamResponse] = {
            response.route: response
            for response in self.project.responses
            if response.live and response.route is not None
        }
        for entry in self.project.entries:
            if entry.kind != "route" or not isinstance(entry.site.node, t.Call):
                continue
            state = self.project.execution.state(entry.ref, entry.world)
            called = (edge.target.function for edge in self.project.execution.edges(state))
            response = next(filter(None, map(by_function.get, (state.function, *called))), None)
            if response is None:
                continue
            made = OutsideCall(entry.site.node, entry.site.env)
            for path in made.texts(self.program, "path", 0):
                segments = (*self._prefix(made), *_segments(path))
                if any(not _has_parameter(part) for part in segments):
                    yield _Route(segments, response)

    def _prefix(self, made: OutsideCall) -> tuple[str, ...]:
        """The prefix of the router that a route is added to."""
        func = made.node.func
        if not isinstance(func, t.Attribute):
            return ()
        for value in inference.infer(self.program, func.value, made.env):
            router = made_by(value)
            for text in router.texts(self.program, "prefix") if router is not None else ():
                return _segments(text)
        return ()

    def _own(self, url: str) -> _Route | None:
        host, path = _split(url)
        if host is not None and not _LOCAL.match(host.partition(":")[0]):
            return None
        wanted = _segments(path)
        return next((route for route in self.routes if _ends_alike(wanted, route.segments)), None)

    # --- what is sent, and how the answer is read -------------------------------------------

    def _body(self, request: StreamedRequest) -> dict[str, Values]:
        """The literal keys of a JSON body, with what they hold."""
        return self._entries(request.site.argument(self.program, "json"))

    def _entries(self, values: Values) -> dict[str, Values]:
        return {
            name: held
            for value in values
            if isinstance(value, Container) and value.kind == "dict"
            for keys, held in inference.entries_of(self.program, value)
            for name in strings(keys)
        }

    def _asks_for_events(self, request: StreamedRequest) -> bool:
        """Whether the request, or its client, accepts text/event-stream."""
        sites = [site for site in (request.site, request.construction) if site is not None]
        given = [self._entries(site.argument(self.program, "headers")) for site in sites]
        return any(
            name.lower() == "accept" and "text/event-stream" in strings(values)
            for headers in given
            for name, values in headers.items()
        )

    def _parses_events(self, request: StreamedRequest) -> bool:
        """Whether what reads the answer, or a function that it calls, looks for `data:`."""
        scope = request.read.env.scope
        if request.loop is not None:
            bodies: list[t.Node] = list(request.loop.body)
        else:
            bodies = [scope.node] if isinstance(scope, Function) else []
        if any(_names_event_field(part) for part in bodies):
            return True
        if not isinstance(scope, Function):
            return False
        inside = {node for part in bodies for node in t.walk(part)}
        state = self.project.execution.state_of(scope)
        return any(
            _names_event_field(edge.target.function.node)
            for edge in self.project.execution.edges(state)
            if edge.node in inside
        )


def _names_event_field(part: t.Node) -> bool:
    for node in t.walk(part):
        value = node.value if isinstance(node, t.Constant) else None
        if isinstance(value, bytes):
            value = value.decode("latin-1")
        if isinstance(value, str) and _EVENT_FIELD.match(value):
            return True
    return False


def _is_true(values: Values) -> bool:
    return any(isinstance(value, Const) and value.value is True for value in values)


def _is_false(values: Values) -> bool:
    return bool(values) and all(_is_const_false(value) for value in values)


def _is_const_false(value: Value) -> bool:
    return isinstance(value, Const) and value.value is False


# --- paths ---------------------------------------------------------------------------------


def _split(url: str) -> tuple[str | None, str]:
    """The host, where it is literal, and the path."""
    found = re.match(r"(?:(?:https?|\0)://)?([^/]*)(.*)", url, re.DOTALL)
    assert found is not None
    host, path = found.groups()
    return (None if _ANY in host or not host else host), path.partition("?")[0]


def _segments(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


def _may_run(verb: str | None, url: str | None) -> bool:
    """Whether a request may start something anew: no reading of a log, a status or the like.

    A GET whose address is known has to name what it runs; anything else is an order that is
    carried out again.
    """
    segments = [part for part in _segments(_split(url or "")[1]) if not _is_open(part)]
    if any(_OBSERVES.fullmatch(part) for part in segments):
        return False
    return verb != "GET" or not segments or any(_RUNS.search(part) for part in segments)


def _is_open(segment: str) -> bool:
    return _ANY in segment or _has_parameter(segment)


def _is_named_a_stream(url: str) -> bool:
    segments = _segments(_split(url)[1])
    return bool(segments) and _STREAM_NAME.fullmatch(segments[-1]) is not None


def _ends_alike(wanted: tuple[str, ...], own: tuple[str, ...]) -> bool:
    """Whether an address ends in a route's path; parts that cannot be read fit anything."""
    if not wanted or len(wanted) < len(own):
        return False
    literal = False
    for one, other in zip(reversed(wanted), reversed(own)):  # noqa: B905
        if _ANY in one or _has_parameter(one) or _has_parameter(other):
            continue
        if one != other:
            return False
        literal = True
    return literal


def _has_parameter(text: str) -> bool:
    """Whether a part of a path has `{name}` or `<name>` in it."""
    starts = [at for at in (text.find("{"), text.find("<")) if at >= 0]
    return bool(starts) and max(text.rfind("}"), text.rfind(">")) > min(starts)
