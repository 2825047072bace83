"""The hop of the server: the process that serves a stream, once for each deployment."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.base.finding import Hop, Place
from lg_lint.deploy.server_options import Given
from lg_lint.deploy.values import Value, whole_number
from lg_lint.model.hosting.recycling import stopped_by
from lg_lint.model.hosting.servers.records import Join, is_below
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.paths.drafts import Draft
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Host

UNKNOWN = "which command starts it, with how many workers?"
_MOST = 6
_KINDS = {"loop": "event loop", "sync": "one request at a time", "threads": "threads",
          "greenlets": "greenlets"}  # fmt: skip


class ServerHop(Struct):
    """The server of one deployment: `join` is None where none is known for certain."""

    draft: Draft
    join: Join | None = None
    deployment: str = ""


def server_hops(
    project: Project, response: StreamResponse | None, above: set[Host]
) -> list[ServerHop]:
    """One for each deployment that serves a stream; one that is unknown where none is seen.

    A websocket has no response: what serves the applications `above` it serves it as well.
    """
    serving = [
        join
        for join in project.once(Servers).joins
        if (join.hosts & above if response is None else _serves(join, response))
    ]
    found = [_known(project, join, response) for join in serving if join.is_certain]
    asked = serving or [each for each in project.once(Servers).joins if _may_serve(each, response)]
    return found[:_MOST] or [ServerHop(_unknown(project, asked))]


def _may_serve(join: Join, response: StreamResponse | None) -> bool:
    """Whether a program, of which nobody knows what it serves, starts where a stream's code is."""
    return (
        response is not None
        and not join.is_certain
        and join.process.command.program != "python"
        and is_below(response.site.path, join.process.area)
    )


def _serves(join: Join, response: StreamResponse) -> bool:
    return any(served.response is response for served in join.served)


def _unknown(project: Project, asked: list[Join]) -> Draft:
    draft = Draft(Hop.SERVER, "", is_known=False, question=UNKNOWN)
    if asked:
        process = asked[0].process
        draft.place = _line(project, process.path, process.command.line)
        draft.question = f"{process.command.program} here may serve it: {asked[0].question}"
    return draft


def _known(project: Project, join: Join, response: StreamResponse | None) -> ServerHop:
    process, command = join.process, join.process.command
    title = command.program if not process.name else f"{command.program} ({process.name})"
    draft = Draft(Hop.SERVER, title, _line(project, process.path, command.line))
    draft.facts = list(_facts(join))
    if any(served.response is response and not served.certain for served in join.served):
        draft.facts.append("taken to serve this route: no other application is seen")
    draft.question = "; ".join(each.text for each in join.deployment.questions[:2])
    draft.lines = {(project.display(path), line) for path, line in _lines(join)}
    return ServerHop(draft, join, join.deployment.title)


def _lines(join: Join) -> Iterator[tuple[str, int]]:
    """The lines that start the process, and those that say how: what others say is not of it."""
    process, command = join.process, join.process.command
    yield process.path, command.line
    for given in (*command.settings.values(), command.processes.why):
        yield process.place_of(given)
    if process.instances is not None:
        instances = process.instances
        yield getattr(instances, "path", "") or process.path, instances.line
    stop = stopped_by(join)
    if stop is not None:
        yield stop[1:]


def _facts(join: Join) -> Iterator[str]:
    process, command = join.process, join.process.command
    if command.failure:
        yield f"does not start: {command.failure}"
    if command.worker_kind:
        yield _KINDS.get(command.worker_kind, command.worker_kind)
    yield _workers(join)
    copies = whole_number(process.instances)
    if copies is not None and copies > 1:
        yield f"{copies} containers"
    for name, title in (("timeout", "timeout"), ("graceful_timeout", "grace at stop")):
        text = _seconds(command.settings.get(name), command.default(name))
        if text:
            yield f"{title} {text}"
    stop = stopped_by(join)
    if stop is not None and stop[0] is not None:
        yield f"killed {stop[0]:g} s after SIGTERM"
    if command.is_open:
        yield "more settings that no file says"


def _workers(join: Join) -> str:
    command = join.process.command
    counted = command.processes
    number = "1 process" if counted.least == 1 else f"{counted.least} processes"
    if not counted.is_exact:
        number = f"at least {number}" if counted.least > 1 else "number of processes ?"
    why = counted.why
    return f"{number} ({why.name})" if why.origin == "environment" and why.name else number


def _seconds(given: Given | None, default: Value | None) -> str:
    value = given.value if given is not None else default
    if value is None:
        return ""
    number = whole_number(value)
    if number is None:
        return "?" if given is not None else ""
    return f"{number} s" if number else "off"


def _line(project: Project, path: str, line: int) -> Place:
    return Place(project.display(path), line, 1, line, 1)
