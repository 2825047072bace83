"""The locations of nginx configurations that pass requests on, by what they do to any stream.

For streams whose way through a proxy is certain see `proxied/`; these are the locations that may
stand before an application, as far as folders and names say so.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.base import door
from lg_lint.deploy.nginx import records
from lg_lint.deploy.nginx.including import whole
from lg_lint.deploy.nginx.reading import read
from lg_lint.deploy.nginx.servers import configuration
from lg_lint.deploy.nginx.streaming import Response, holds_back, silence_limit
from lg_lint.model.hosting.proxied.reaching import passing, reaching

READ_TIMEOUT = 60.0
"""The seconds of silence that nginx and most load balancers bear by default."""


class Patience(Struct, frozen=True):
    """The seconds of silence after which a location cuts an answer, and the line that says so."""

    seconds: float
    path: str
    row: int


class Location(Struct, frozen=True, eq=False):
    """A location that passes requests on: its file, and the hosts behind it."""

    path: str
    configuration: records.Configuration
    server: records.Server
    location: records.Location
    hosts: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        """The file and line that pass requests on."""
        place = self.location.passes.place if self.location.passes else self.location.place
        return place.file, place.line

    @property
    def lines(self) -> set[tuple[str, int]]:
        """Where something is said of it, here or around it."""
        places = {(each.file, each.line) for one in self.location.settings.values() for each in one}
        return {*places, self.place}

    @property
    def version(self) -> str:
        """The version of HTTP that it is told to speak to applications, "" where it is not told."""
        setting = self.location.setting("proxy_http_version")
        return "" if setting.is_default else setting.value

    def carries(self, arriving: str) -> bool:
        """Whether a client can reach this path of an application through it."""
        found = reaching(self.configuration, self.server, self.location, arriving)
        return next(iter(found), None) is not None


def pass_streams(found: list[Location]) -> bool:
    """Whether there are locations that proxy, and all of them let a stream through at once."""
    return bool(found) and all(
        holds_back(each.location, Response()).is_so is False for each in found
    )


def longest_patience(found: list[Location]) -> Patience | None:
    """The patience of the most patient location; None without one."""
    each = [_patience(location.location) for location in found]
    return max(each, key=lambda item: item.seconds, default=None)


def locations(path: str) -> Iterator[Location]:
    """The locations of a file that pass requests on. A file that nginx could not read has none."""
    try:
        data = door.read(path)
    except OSError:
        return
    made = configuration(whole(path, read(data)))
    for server in made.servers:
        for location in passing(server.outside):
            peers = location.passes.peers if location.passes else ()
            hosts = tuple(each.host for each in peers if each.host)
            yield Location(path, made, server, location, hosts)


def _patience(location: records.Location) -> Patience:
    """Endless where a variable or a template says it."""
    seconds, setting = silence_limit(location)
    return Patience(float("inf") if seconds is None else seconds, setting.file, setting.line)
