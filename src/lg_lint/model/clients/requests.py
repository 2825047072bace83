"""Requests whose answer the project reads piece by piece."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, names, table
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.outside_calls import OutsideCall, made_by
from lg_lint.program.control_flow import own_nodes
from lg_lint.program.scopes import Scope
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import (
    UNKNOWN,
    Const,
    ExternalMethod,
    ExternalObject,
    Value,
    strings,
)

_EVENT_REQUESTS = names("event_requests")
_REMOTE = named("remote_graph")
_TEXT = ("lines", "line", "text", "any", "content")
_IN_PROCESS = names("in_process") | names("mock_transport")


class _Row(Struct, frozen=True):
    """A row of the table of requests."""

    library: str
    name: str
    method: int | None = None
    url: int | None = None
    client: int | None = None
    flag: tuple[tuple[str, object], ...] = ()


class StreamedRequest(Struct, frozen=True, eq=False):
    """A request, and the place that reads its answer.

    `client` is the object that sends it: None for a function of the library itself. `loop` is the
    loop over the answer. `joins` where it listens to a run that goes on by itself. `asks_again`
    where it is sent anew by itself whenever the answer has ended.
    """

    library: str
    name: str
    site: OutsideCall
    client: Value | None
    read: Site
    loop: t.For | None = None
    verb: str | None = None
    url: t.Expr | None = None
    joins: bool = False
    asks_again: bool = False

    @property
    def is_sdk(self) -> bool:
        """Whether the SDK of LangGraph sends it, which speaks to a server that runs graphs."""
        return self.library == "langgraph_sdk"

    @property
    def reads_events(self) -> bool:
        """Whether a library reads server-sent events from it."""
        return self.name in _EVENT_REQUESTS

    @property
    def reads_text(self) -> bool:
        """Whether what reads the answer expects text: lines, not the bytes of a file."""
        node = self.read.node
        func = node.func if isinstance(node, t.Call) else node
        return isinstance(func, t.Attribute) and func.attr.endswith(_TEXT)

    @property
    def hands_on(self) -> bool:
        """Whether the pieces of the answer leave the function that reads them, one by one."""
        body = self.loop.body if self.loop is not None else ()
        return any(isinstance(node, t.Yield) for node in own_nodes(body))

    @property
    def construction(self) -> OutsideCall | None:
        """The call that makes the client, where it can be seen."""
        return made_by(self.client)


class _Read(Struct):
    """A place that reads an answer: what it is called on, and the loop around it."""

    node: t.Expr
    answer: t.Expr
    scope: Scope
    loop: t.For | None = field(default=None)


def streamed_requests(project: Project) -> list[StreamedRequest]:
    """Each request of the project, tests left out, with the first place that reads it."""
    program = project.program
    found: dict[t.Node, StreamedRequest] = {}
    for read in _reads(program):
        env = program.env(read.scope)
        for value in inference.infer(program, read.answer, env):
            made = _request(program, value, read)
            if made is None or _is_in_process(program, made):
                continue
            known = found.get(made.site.node)
            if known is None or (known.construction is None and made.construction is not None):
                found[made.site.node] = made
    asked = (*_sdk_requests(program), *_remote_runs(project), *_event_sources(program))
    for made in asked:
        found.setdefault(made.site.node, made)
    return list(found.values())


# --- reads ---------------------------------------------------------------------------------


@functools.cache
def _read_methods() -> frozenset[str]:
    return frozenset(name for names in table("clients")["reads"].values() for name in names)


def _reads(program: Program) -> Iterator[_Read]:
    for name in sorted(_read_methods()):
        for site, scope in program.calls_named(name):
            func = site.node.func
            unseen = scope.module.is_test or site.is_dead
            if isinstance(func, t.Attribute) and not unseen:
                yield _Read(site.node, func.value, scope, _loop_over(scope, site.node))
    for module in program.modules:
        for scope in () if module.is_test else (module, *module.all_functions):
            for iteration in scope.iterations:
                part = iteration.iterable
                if isinstance(part, t.Attribute) and part.attr == "content":
                    node = iteration.node
                    yield _Read(part, part, scope, node if isinstance(node, t.For) else None)


def _loop_over(scope: Scope, node: t.Call) -> t.For | None:
    for iteration in scope.iterations:
        over = iteration.node
        if isinstance(over, t.For) and any(part is node for part in t.walk(iteration.iterable)):
            return over
    return None


# --- from the answer to its request --------------------------------------------------------


@functools.cache
def _rows() -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    for row in table("clients")["requests"]:
        for owner in row["owners"]:
            for name in row["names"]:
                found[f"{owner}.{name}"] = _row(f"{owner}.{name}", row)
    return found


def _row(name: str, row: dict[str, Any]) -> _Row:
    flag = tuple(row.get("flag", {}).items())
    return _Row(row["library"], name, row.get("method"), row.get("url"), row.get("client"), flag)


def _request(program: Program, value: Value, read: _Read) -> StreamedRequest | None:
    while isinstance(value, ExternalMethod):
        value = value.receiver
    sent = made_by(value)
    if sent is None or not isinstance(value, ExternalObject):
        return None
    wraps = table("clients")["wrappers"].get(value.type)
    if wraps is not None:
        inner = (_request(program, item, read) for item in sent.argument(program, wraps, 0))
        return next((made for made in inner if made is not None), None)
    row = _rows().get(value.type.removesuffix("()"))
    if row is None or not _is_flagged(program, row, sent):
        return None
    return StreamedRequest(
        library=row.library,
        name=row.name,
        site=sent,
        client=value.base if row.client is None else _client(program, sent, row.client),
        read=Site(read.node, program.env(read.scope)),
        loop=read.loop,
        verb=_verb(program, row, sent),
        url=sent.node.argument("url", row.url),
    )


def _client(program: Program, sent: OutsideCall, position: int) -> Value:
    given = sent.argument(program, "client", position)
    return given[0] if len(given) == 1 else UNKNOWN


def _is_flagged(program: Program, row: _Row, sent: OutsideCall) -> bool:
    return all(
        any(
            isinstance(value, Const) and value.value is wanted
            for value in sent.argument(program, keyword)
        )
        for keyword, wanted in row.flag
    )


def _verb(program: Program, row: _Row, sent: OutsideCall) -> str | None:
    if row.method is None:
        return row.name.rpartition(".")[2].upper()
    verbs = sent.texts(program, "method", row.method)
    return verbs[0].upper() if len(verbs) == 1 else None


def _is_in_process(program: Program, made: StreamedRequest) -> bool:
    """Whether the client calls an application directly, without a network between."""
    construction = made.construction
    if construction is None:
        return False
    return construction.node.argument("app") is not None or any(
        isinstance(value, ExternalObject) and value.type in _IN_PROCESS
        for value in construction.argument(program, "transport")
    )


# --- langgraph_sdk -------------------------------------------------------------------------


def _sdk_requests(program: Program) -> Iterator[StreamedRequest]:
    rows = table("clients")["sdk"]
    for path in (*rows["starts"], *rows["joins"]):
        part, _, method = path.rpartition(".")
        for site, scope in program.calls_named(method):
            func = site.node.func
            if scope.module.is_test or site.is_dead:
                continue
            if not isinstance(func, t.Attribute) or not isinstance(func.value, t.Attribute):
                continue
            env = program.env(scope)
            owners = inference.infer(program, func.value.value, env)
            for owner in owners if func.value.attr == part else ():
                if isinstance(owner, ExternalObject) and owner.type in rows["clients"]:
                    place = OutsideCall(site.node, env)
                    loop = _loop_over(scope, site.node)
                    yield StreamedRequest(
                        "langgraph_sdk", path, place, owner, place, loop,
                        joins=path in rows["joins"],
                    )  # fmt: skip
                    break


def _remote_runs(project: Project) -> Iterator[StreamedRequest]:
    """`RemoteGraph(...).astream(...)`, with the client that the graph was given."""
    for run in project.runs:
        graph, scope = run.receiver, run.site.env.scope
        if graph.type != _REMOTE or "stream" not in run.method or scope.module.is_test:
            continue
        made = made_by(graph)
        given = [
            value
            for keyword in ("client", "sync_client")
            for value in (made.argument(project.program, keyword) if made is not None else ())
        ]
        site = OutsideCall(run.call, run.site.env)
        name = f"RemoteGraph.{run.method}"
        client = given[0] if given else None
        loop = _loop_over(scope, run.call)
        yield StreamedRequest("langgraph_sdk", name, site, client, run.site, loop)


# --- objects that ask an address by themselves ----------------------------------------------


def _event_sources(program: Program) -> Iterator[StreamedRequest]:
    """Each object that asks an address, and asks again where the answer has ended."""
    rows = {row["name"]: row for row in table("clients")["event_sources"]}
    made: dict[t.Node, tuple[str, OutsideCall]] = {}
    for name in sorted(name.rpartition(".")[2] for name in rows):
        for site, scope in program.calls_named(name):
            if scope.module.is_test or site.is_dead:
                continue
            env = program.env(scope)
            for value in inference.infer(program, site.node, env):
                if isinstance(value, ExternalObject) and value.type in rows:
                    made[site.node] = value.type, OutsideCall(site.node, env)
    for loop, scope in _loops(program) if made else ():
        env = program.env(scope)
        for value in inference.infer(program, loop.iterable, env):
            node = value.site if isinstance(value, ExternalObject) else None
            found = made.pop(node, None) if isinstance(node, t.Call) else None
            if found is not None:
                yield _asking(program, rows[found[0]], found[1], loop, Site(loop.iterable, env))


def _loops(program: Program) -> Iterator[tuple[t.For, Scope]]:
    for module in program.modules:
        scopes: tuple[Scope, ...] = () if module.is_test else (module, *module.all_functions)
        for scope in scopes:
            for iteration in scope.iterations:
                if isinstance(iteration.node, t.For):
                    yield iteration.node, scope


def _asking(
    program: Program, row: dict[str, str], site: OutsideCall, loop: t.For, read: Site
) -> StreamedRequest:
    given = site.argument(program, "session")
    client = None if not given else given[0] if len(given) == 1 else UNKNOWN
    verbs = [
        verb
        for option in site.argument(program, "option", 1)
        for verb in strings(inference.entry_of(program, (option,), "method"))
    ]
    return StreamedRequest(
        row["library"], row["name"], site, client, read, loop,
        verb=verbs[0].upper() if len(verbs) == 1 else "GET",
        url=site.node.argument("url", 0),
        asks_again=True,
    )  # fmt: skip
