"""Servers that serve one request at a time, or that do not speak the application's protocol."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.deploy.values import Unknown, known
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Applications

_DEFAULT_TIMEOUT = {"gunicorn": 30.0}
"""Seconds after which a worker that does not answer is killed, where nobody says another number."""

_DECIDING = ("worker_class", "threads", "without_threads")


class Sync(Struct, frozen=True):
    """A stream on a server whose workers serve one request at a time.

    `path` and `line` are where that is said, or the command. `is_foreign` where the application is
    one for ASGI, which such a worker cannot call at all. `timeout` is the seconds after which a
    worker is killed, None where that is never or not known, with its own place.
    """

    join: Join
    path: str
    line: int
    is_foreign: bool
    timeout: float | None
    timeout_path: str
    timeout_line: int


def sync_streams(project: Project) -> Iterator[Sync]:
    """The streams on synchronous workers, each command once."""
    seen: set[tuple[str, int]] = set()
    for join in project.once(Servers).joins:
        command, process = join.process.command, join.process
        if not join.is_certain or command.stack != "wsgi" or command.failure:
            continue
        if not any(served.certain for served in join.served):
            continue
        is_foreign = project.once(Applications).is_asgi(set(join.hosts))
        if command.worker_kind != "sync" and not is_foreign:
            continue
        if (process.path, command.line) in seen:
            continue
        seen.add((process.path, command.line))
        said = next(
            (command.settings[name] for name in _DECIDING if name in command.settings), None
        )
        place = process.place_of(said) if said is not None else (process.path, command.line)
        seconds, path, line = _timeout(join)
        yield Sync(join, place[0], place[1], is_foreign, seconds, path, line)


def _timeout(join: Join) -> tuple[float | None, str, int]:
    command, process = join.process.command, join.process
    given = command.settings.get("timeout")
    if given is None:
        seconds = None if command.is_open else _DEFAULT_TIMEOUT.get(command.program)
        return seconds, process.path, command.line
    if isinstance(given.value, Unknown):
        return None, process.path, command.line
    try:
        seconds = float(known(given.value) or "0")
    except ValueError:
        seconds = 0.0
    return seconds or None, *process.place_of(given)
