"""Streams that a serverless platform gets in one piece: by an adapter, or as a whole answer."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.deploy.dockerfile import read_dockerfile
from lg_lint.deploy.values import known
from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Applications, Host, Served
from lg_lint.model.web.responses import EVENT_STREAM
from lg_lint.program import inference
from lg_lint.program.scopes import Scope
from lg_lint.program.site import Site
from lg_lint.program.values import Const, External

_MOST_LAYERS = 4


class Adapted(Struct, frozen=True):
    """An application with streams that an adapter takes: `name` is what the adapter is called.

    `is_served` where a command of the project serves the application as well, so that its streams
    may be asked for there.
    """

    site: Site
    name: str
    streams: tuple[Served, ...]
    is_served: bool


class Layer(Struct, frozen=True):
    """An image in which a program beside the server gathers its answers; where it is put there."""

    join: Join
    path: str
    line: int


def adapted(project: Project) -> Iterator[Adapted]:
    """The applications with live streams that adapters take."""
    applications = project.once(Applications)
    for row in table("adapters")["gathering"]:
        for site, scope in _calls(project, row["name"]):
            given = site.argument(row["argument"], 0)
            hosts = _hosts(project, given, scope) if given is not None else set()
            streams = tuple(each for each in applications.served(hosts) if each.certain)
            if hosts and streams:
                joins = project.once(Servers).joins
                served = any(join.is_certain and join.hosts & hosts for join in joins)
                env = project.program.env(scope)
                yield Adapted(Site(site, env), _short(row["name"]), streams, served)


def whole_streams(project: Project) -> Iterator[tuple[Site, str]]:
    """The answers of functions that say that they are event streams, each with its class."""
    for row in table("adapters")["whole"]:
        for site, scope in _calls(project, row["name"]):
            env = project.program.env(scope)
            if any(_is_event_stream(project, each, env) for each in _types(site, row["argument"])):
                yield Site(site, env), _short(row["name"])


def layers(project: Project) -> Iterator[Layer]:
    """The images with streams in which a program beside the server gathers answers."""
    row = table("adapters")["layer"]
    servers = project.once(Servers)
    seen: set[tuple[str, int]] = set()
    for join in servers.joins:
        path = join.process.dockerfile
        if not path or not join.is_certain or not any(each.certain for each in join.served):
            continue
        setting = join.process.environment.get(row["variable"])
        line = _layered(servers, path, row["image"])
        if line is None or (path, line) in seen:
            continue
        if setting is None and _is_said_elsewhere(servers, path, row["variable"]):
            continue
        if setting is None or (known(setting) or row["streams"]).lower() != row["streams"]:
            seen.add((path, line))
            yield Layer(join, path, line)


def _layered(servers: Servers, path: str, image: str) -> int | None:
    """The line of a Dockerfile that puts a program of another image into its own."""
    data = servers.files.data(path) or b""
    stage = read_dockerfile(data).stage() if image.encode() in data else None
    for copy in stage.copies if stage is not None else ():
        if copy.stage is not None and image in copy.stage.text:
            return copy.line
    return None


def _is_said_elsewhere(servers: Servers, dockerfile: str, variable: str) -> bool:
    """Whether a variable is in a file that is not joined with this image."""
    files, name = servers.files, variable.encode()
    return any(name in (files.data(path) or b"") for path in files.paths if path != dockerfile)


def _calls(project: Project, name: str) -> Iterator[tuple[t.Call, Scope]]:
    """The calls of a function or class outside tests."""
    program = project.program
    for site, scope in program.calls_named(name.rpartition(".")[2]):
        if scope.module.is_test or site.is_dead:
            continue
        callees = inference.infer(program, site.node.func, program.env(scope))
        if any(isinstance(each, External) and each.name == name for each in callees):
            yield site.node, scope


def _hosts(project: Project, expr: t.Expr, scope: Scope) -> set[Host]:
    """The applications that an expression is, also inside of what wraps them."""
    applications, env = project.once(Applications), project.program.env(scope)
    for _ in range(_MOST_LAYERS):
        hosts = applications.hosts(expr, env) & applications.applications
        if hosts or not isinstance(expr, t.Call) or not expr.args:
            return hosts
        expr = expr.args[0].value
    return set()


def _short(name: str) -> str:
    return name.rpartition(".")[2]


def _types(call: t.Call, keyword: str) -> Iterator[t.Expr]:
    """The expressions that say the media type of an answer: its own argument, or a header."""
    own = call.argument(keyword)
    if own is not None:
        yield own
    headers = call.argument("headers")
    if isinstance(headers, t.Dict):
        for key, value in headers.items:
            if isinstance(key, t.Constant) and str(key.value).lower() == "content-type":
                yield value


def _is_event_stream(project: Project, expr: t.Expr, env: object) -> bool:
    values = inference.infer(project.program, expr, env)  # type: ignore[arg-type]
    texts = [each.value for each in values if isinstance(each, Const)]
    return bool(texts) and all(isinstance(x, str) and x.startswith(EVENT_STREAM) for x in texts)
