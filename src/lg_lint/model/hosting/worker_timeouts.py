"""The time after which a server kills a worker that gives no sign of life."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.deploy.values import Unknown, known
from lg_lint.model.hosting.servers.records import Join

_DEFAULT = {"gunicorn": 30.0}
"""Seconds, where nobody says another number."""


class WorkerTimeout(Struct, frozen=True):
    """The time, None where it is endless or not known, and where it is said: or the command."""

    seconds: float | None
    path: str
    line: int


def worker_timeout(join: Join) -> WorkerTimeout:
    """The time of the server of a join."""
    command, process = join.process.command, join.process
    given = command.settings.get("timeout")
    if given is None:
        seconds = None if command.is_open else _DEFAULT.get(command.program)
        return WorkerTimeout(seconds, process.path, command.line)
    if isinstance(given.value, Unknown):
        return WorkerTimeout(None, process.path, command.line)
    try:
        seconds = float(known(given.value) or "0")
    except ValueError:
        seconds = 0.0
    return WorkerTimeout(seconds or None, *process.place_of(given))
