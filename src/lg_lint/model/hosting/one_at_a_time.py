"""Servers that serve one request at a time, or that do not speak the application's protocol."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.hosting.worker_timeouts import WorkerTimeout, worker_timeout
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Applications

_DECIDING = ("worker_class", "threads", "without_threads")


class Sync(Struct, frozen=True):
    """A stream on a server whose workers serve one request at a time.

    `path` and `line` are where that is said, or the command. `is_foreign` where the application is
    one for ASGI, which such a worker cannot call at all.
    """

    join: Join
    path: str
    line: int
    is_foreign: bool
    timeout: WorkerTimeout


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
        if process.place in seen:
            continue
        seen.add(process.place)
        setting = next(
            (command.settings[name] for name in _DECIDING if name in command.settings), None
        )
        place = process.place_of(setting) if setting is not None else process.place
        yield Sync(join, place[0], place[1], is_foreign, worker_timeout(join))
