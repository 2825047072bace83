"""Servers that end before the streams that they serve: when they are stopped, or start anew."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.deploy.settings import Setting, seconds
from lg_lint.deploy.values import Value, known, whole_number
from lg_lint.knowledge import table
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Served

USUAL_GRACE = 30.0
"""The seconds that gunicorn and Kubernetes leave a stream by default."""

USUAL_ANSWER = 60.0
"""A limit below so many seconds is shorter than what an agent may take for an answer."""


class Ending(Struct, frozen=True):
    """A limit that ends the streams of a server after `seconds`.

    `path` and `line` are where it is said. `requests` is the number of requests after which a
    worker is replaced, 0 where the limit is the time that a server has when it is stopped.
    """

    join: Join
    seconds: float
    path: str
    line: int
    requests: int = 0

    @property
    def streams(self) -> list[Served]:
        """The streams that are certain to be served there."""
        return [served for served in self.join.served if served.certain]


def endings(project: Project) -> Iterator[Ending]:
    """The short limits of all servers with streams, each place once."""
    seen: set[tuple[str, int]] = set()
    for join in project.once(Servers).joins:
        command = join.process.command
        is_served = join.is_certain and any(served.certain for served in join.served)
        if not is_served or command.failure or command.is_on("reload"):
            continue
        for found in (_stop(join), _recycling(join)):
            if found is not None and (found.path, found.line) not in seen:
                seen.add((found.path, found.line))
                yield found


def _stop(join: Join) -> Ending | None:
    """The shortest of the times that somebody leaves a server to stop in, if it is short."""
    process = join.process
    limits = []
    given = process.command.settings.get("graceful_timeout")
    if given is not None:
        limits.append((_time(given.value), *process.place_of(given)))
    stop = stopped_by(join)
    if stop is not None:
        limits.append(stop)
    short = [(number, path, line) for number, path, line in limits if number is not None]
    if not short or min(short)[0] >= USUAL_GRACE:
        return None
    return Ending(join, *min(short))


def stopped_by(join: Join) -> tuple[float | None, str, int] | None:
    """The seconds that what runs a server leaves it to stop in, and where that is said.

    None where nobody says it. A file of which no path is known is the last of the deployment's.
    """
    grace = join.process.grace
    if grace is None:
        return None
    path = getattr(grace, "path", "") or join.deployment.paths[-1]
    return _time(grace), path, grace.line


def _recycling(join: Join) -> Ending | None:
    """A worker that gives no sign of life once it is to be replaced: a timeout then kills it."""
    process, command = join.process, join.process.command
    given = command.settings.get("max_requests")
    number = whole_number(given.value) if given is not None else None
    worker = known(command.value("worker_class")) or ""
    if given is None or not number or worker not in table("servers")["recycling"]["mute"]:
        return None
    limit = command.value("timeout") or (None if command.is_open else command.default("timeout"))
    time = _time(limit) if limit is not None else None
    if not time or time >= USUAL_ANSWER:
        return None
    return Ending(join, time, *process.place_of(given), number)


def _time(value: Value) -> float | None:
    text = known(value)
    return seconds(Setting(text, value.line)) if text is not None else None
