"""What is measured of one form: run it for real, return the figures."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .client import Stream, crowd, watch
from .servers import nginx, project_environment, uvicorn

HTTP_1_0 = "proxy_http_version 1.0;"
"""What nginx before 1.29.7 speaks to the application unless it is told otherwise."""

HTTP_1_1 = 'proxy_http_version 1.1; proxy_set_header Connection "";'
GZIP = "gzip on; gzip_proxied any; gzip_min_length 0; gzip_types text/event-stream;"
OBSERVE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Crowd:
    """One stream alone, and many at once."""

    alone: Stream
    clients: int
    seconds: float
    """Until the last of the many clients had its whole answer."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A stream, and what ended it on the server."""

    stream: Stream
    error: str
    """The name of the exception that the generator of the events raises, or nothing."""


@dataclass(frozen=True, slots=True)
class Growth:
    """A graph's run over some turns of one thread."""

    updates: list[int]
    """Bytes of each update that a client of `stream_mode="updates"` is sent."""

    items: list[int]
    """Items in the channel after each turn."""

    states: list[int]
    """Bytes of the whole state, as a saver stores it, after each turn."""


def direct(project: Path) -> Stream:
    """A client of uvicorn."""
    with uvicorn(project) as url:
        return watch(url)


def behind_nginx(directives: str) -> Callable[[Path], Stream]:
    """A client of nginx, which stands in front of uvicorn with these directives."""

    def measure(project: Path) -> Stream:
        with uvicorn(project) as application, nginx(application, directives) as url:
            return watch(url)

    return measure


def crowded(project: Path) -> Crowd:
    """A client alone, then three for each thread of the event loop's default pool."""
    clients = 3 * min(32, (os.cpu_count() or 1) + 4)
    with uvicorn(project) as url:
        return Crowd(watch(url), clients, crowd(url, clients))


def ending(project: Path) -> Ending:
    """A client of uvicorn, and what the project's own `events` raises."""
    return Ending(direct(project), printed(project, "raised.py").decode().strip())


def growth(key: str, turns: int) -> Callable[[Path], Growth]:
    """The graph's own growth: `turns` turns on one thread, looking at the channel `key`."""

    def measure(project: Path) -> Growth:
        figures = json.loads(printed(project, "observe.py", key, str(turns)))
        return Growth(**figures)

    return measure


def printed(project: Path, script: str, *arguments: str) -> bytes:
    """What a script of this folder prints where `project` is the working directory."""
    return subprocess.run(
        [sys.executable, str(Path(__file__).with_name(script)), *arguments],
        cwd=project,
        env=project_environment(),
        stdout=subprocess.PIPE,
        timeout=OBSERVE_SECONDS,
        check=True,
    ).stdout
