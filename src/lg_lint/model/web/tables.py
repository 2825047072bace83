"""The rows of the concept `web` of `knowledge/`, and those of `jobs` that are alike, typed."""

from __future__ import annotations

import functools
from typing import Any

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.program.call_graph.execution import ThreadContext

_WORLDS = {"loop": ThreadContext.LOOP, "thread": ThreadContext.THREAD, "alone": ThreadContext.ALONE}


class Parameter(Struct, frozen=True):
    """A parameter of an outside callable; `position` is None where it is keyword-only."""

    keyword: str
    position: int | None = None

    def of(self, call: t.Call) -> t.Expr | None:
        """What a call gives for it; None where it gives nothing."""
        return call.argument(self.keyword, self.position)


INCLUSIONS = {
    "include_router": Parameter("router", 0),
    "mount": Parameter("app", 1),
    "register_blueprint": Parameter("blueprint", 0),
    "blueprint": Parameter("blueprint", 0),
    "add_subapp": Parameter("subapp", 1),
    "add_routes": Parameter("routes", 0),
}
"""The methods by which an application takes in the routes of another object."""


VIEWS = {
    "add_url_rule": Parameter("view_func", 2),
    "add_view": Parameter("handler", 1),
    "add_route": Parameter("handler", 0),
}
"""The methods by which an application takes in a class of routes."""


class Handlers(Struct, frozen=True):
    """One way to hand a function to a framework, and where the function then runs.

    `methods` are decorators of objects of the `owners`, `functions` bare ones; `calls` are methods
    of the owners and `takers` functions or classes that take the handler as an argument. A
    `thread_keyword` moves a plain def to a thread where it is given as true. `settings` are
    attributes of a class that hold handlers, where its name ends in `named` or where it has the
    attribute `beside` as well. `workers` call the handlers where they are called themselves.
    `guessed` are methods that count on an object of which nothing is known.
    """

    kind: str
    sync: ThreadContext
    asynchronous: ThreadContext = ThreadContext.LOOP
    owners: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    calls: dict[str, Parameter] = field(default_factory=dict)
    takers: dict[str, Parameter] = field(default_factory=dict)
    thread_keyword: str | None = None
    settings: tuple[str, ...] = ()
    named: str = ""
    beside: str = ""
    workers: frozenset[str] = frozenset()
    guessed: frozenset[str] = frozenset()

    def world(self, is_async: bool, call: t.Call | None) -> ThreadContext:
        """Where a handler runs: by its kind, or as the call that registers it says."""
        if is_async:
            return self.asynchronous
        if self.thread_keyword is not None and call is not None:
            given = call.argument(self.thread_keyword)
            if isinstance(given, t.Constant) and given.value is True:
                return ThreadContext.THREAD
        return self.sync


class Endpoint(Struct, frozen=True):
    """An outside base class whose methods a framework calls."""

    base: str
    methods: tuple[str, ...]
    handlers: Handlers


class Heartbeat(Struct, frozen=True):
    """The parameter that sets the seconds between pings; `seconds` is its default, 0 for never."""

    keyword: str
    seconds: float


class ResponseClass(Struct, frozen=True):
    """A class whose objects stream: its parameters, and what it sets or sends by itself.

    `makers` are attributes of outside objects that stand for the class, `wrappers` functions that
    make an object of a body or hand one on, `views` classes of the routes of which a body alone is
    made one. `late` are attributes that set the media type later. `type_over_header` where a
    media type that is given replaces the header of that name; elsewhere the header is sent.
    """

    type: str
    body: Parameter | None
    headers: Parameter
    media_type: Parameter
    also_type: str | None = None
    type_over_header: bool = False
    default_type: str | None = None
    sets: dict[str, str] = field(default_factory=dict)
    only_iterators: bool = False
    makers: tuple[str, ...] = ()
    wrappers: frozenset[str] = frozenset()
    views: frozenset[str] = frozenset()
    late: tuple[str, ...] = ()
    heartbeat: Heartbeat | None = None


class Hosts(Struct, frozen=True):
    """Classes that routes belong to: whole applications, and parts that these take in."""

    applications: frozenset[str]
    parts: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return self.applications | self.parts


class Hooks(Struct, frozen=True):
    """The ways in which code gets every answer of what it is given to.

    `methods` of an application or a part, as decorators and as calls, `above` those that speak of
    the application that takes the part in; `here` functions that speak of the request at hand;
    `lists` attributes that handlers are appended to; `keywords` of applications, parts and routes;
    `attributes` of classes that hold routes; `overrides` methods by base class.
    """

    methods: frozenset[str]
    above: frozenset[str]
    here: frozenset[str]
    lists: frozenset[str]
    keywords: tuple[str, ...]
    attributes: tuple[str, ...]
    overrides: dict[str, list[str]]


@functools.cache
def hosts() -> Hosts:
    """The row `hosts` of the concept `web`."""
    row = table("web")["hosts"]
    return Hosts(frozenset(row["applications"]), frozenset(row["parts"]))


@functools.cache
def hooks() -> Hooks:
    """The row `hooks` of the concept `web`."""
    row = table("web")["hooks"]
    return Hooks(
        methods=frozenset(row["methods"]),
        above=frozenset(row["above"]),
        here=frozenset(row["here"]),
        lists=frozenset(row["lists"]),
        keywords=tuple(row["keywords"]),
        attributes=tuple(row["attributes"]),
        overrides=row["overrides"],
    )


@functools.cache
def handlers() -> tuple[Handlers, ...]:
    """The rows `handlers` of the concepts `web` and `jobs`."""
    rows = (*table("web")["handlers"], *table("jobs")["handlers"])
    return tuple(_handlers(row) for row in rows)


@functools.cache
def endpoints() -> tuple[Endpoint, ...]:
    """The rows `endpoints` of the concept `web`."""
    return tuple(
        Endpoint(row["base"], tuple(row["methods"]), _handlers({**row, "methods": ()}))
        for row in table("web")["endpoints"]
    )


@functools.cache
def response_classes() -> dict[str, ResponseClass]:
    """The rows `responses` of the concept `web`, by the canonical name of the class."""
    return {row["type"]: _response_class(row) for row in table("web")["responses"]}


def _handlers(row: dict[str, Any]) -> Handlers:
    return Handlers(
        kind=row["kind"],
        sync=_WORLDS[row["sync"]],
        asynchronous=_WORLDS[row.get("async", "loop")],
        owners=frozenset(row.get("owners", ())),
        methods=frozenset(row.get("methods", ())),
        functions=frozenset(row.get("functions", ())),
        calls={name: _parameter(given) for name, given in row.get("calls", {}).items()},
        takers={name: _parameter(given) for name, given in row.get("takers", {}).items()},
        thread_keyword=row.get("thread_keyword"),
        settings=tuple(row.get("settings", ())),
        named=row.get("named", ""),
        beside=row.get("beside", ""),
        workers=frozenset(row.get("workers", ())),
        guessed=frozenset(row.get("guessed", ())),
    )


def _response_class(row: dict[str, Any]) -> ResponseClass:
    return ResponseClass(
        type=row["type"],
        body=_parameter(row["body"]) if "body" in row else None,
        headers=_parameter(row["headers"]),
        media_type=_parameter(row["media_type"]),
        also_type=row.get("also_type"),
        type_over_header=row.get("type_over_header", False),
        default_type=row.get("default_type"),
        sets=row.get("sets", {}),
        only_iterators=row.get("streams") == "generator",
        makers=tuple(row.get("makers", ())),
        wrappers=frozenset(row.get("wrappers", ())),
        views=frozenset(row.get("views", ())),
        late=tuple(row.get("late", ())),
        heartbeat=Heartbeat(*row["heartbeat"]) if "heartbeat" in row else None,
    )


def _parameter(given: list[Any]) -> Parameter:
    keyword, position = given
    return Parameter(keyword, position if position >= 0 else None)
