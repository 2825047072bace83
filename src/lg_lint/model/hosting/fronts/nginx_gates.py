"""nginx: each location that passes requests on."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.deploy.nginx import records
from lg_lint.deploy.nginx.records import Peer
from lg_lint.deploy.nginx.streaming import (
    Response,
    hides_truncation,
    holds_back,
    http_version,
    silence_limit,
)
from lg_lint.model.hosting.fronts.records import Effects, Limit, Way
from lg_lint.model.hosting.proxied.nginx_files import NginxFile
from lg_lint.model.hosting.proxied.peers import joins_behind
from lg_lint.model.hosting.proxied.reaching import passing, reaching
from lg_lint.model.hosting.proxied.ways import NginxWays, guessed
from lg_lint.model.hosting.servers.records import Carrier, Deployment, Join
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse

_NO_TYPE = "unknown"


class NginxGate:
    """A location of a configuration, as one deployment runs it."""

    kind = "nginx"

    def __init__(self, file: NginxFile, server: records.Server, location: records.Location) -> None:
        self.file, self.server, self.location = file, server, location
        place = location.passes.place if location.passes is not None else location.place
        self.path, self.line = place.file, place.line
        self.text = location.text
        self.deployment: Deployment | None = file.by.deployment if file.by is not None else None
        self.carrier: Carrier | None = file.by.carrier if file.by is not None else None

    def peers(self) -> Iterator[Peer]:
        """The servers that the location passes to; none where that is not certain."""
        passes = self.location.passes
        if passes is not None and passes.is_sure:
            yield from passes.peers

    def joins(self, peer: Peer, joins: list[Join]) -> list[Join]:
        """The programs that listen where one of them points to."""
        return joins_behind(peer, self.file.path, self.file.by, joins)

    def ways(self, arriving: str) -> Iterator[Way]:
        """The paths of clients that end in this location and go on as `arriving`."""
        if not self.server.is_implied:
            found = reaching(self.file.configuration, self.server, self.location, arriving)
            for path, way in found:
                yield Way(path, way.is_sure)

    def effects(self, response: StreamResponse) -> Effects:
        """Its limit of silence, and what it does to the chunks and a torn end of this response."""
        headers = tuple((name, text or "") for name, text in response.headers.items())
        media_type = response.media_type or "" if response.media_type_known else _NO_TYPE
        asked = Response(media_type, headers)
        seconds, said = silence_limit(self.location)
        is_guessed = guessed(self.file, said)
        limit = Limit(
            None if is_guessed else seconds, said.file, said.line, is_default=said.is_default
        )
        held, ending = holds_back(self.location, asked), hides_truncation(self.location, asked)
        version = http_version(self.location)
        facts = []
        if version.is_so is not None and not any(each.is_default for each in version.because):
            facts.append("HTTP/1.1" if version.is_so else "HTTP/1.0")
        lines = [(each.file, each.line) for each in (*held.because, *ending.because, said)]
        return Effects(
            (limit,),
            None if any(guessed(self.file, each) for each in held.because) else held.is_so,
            None if any(guessed(self.file, each) for each in ending.because) else ending.is_so,
            tuple(facts),
            ((self.path, self.line), *lines),
        )


def nginx_gates(project: Project) -> Iterator[NginxGate]:
    """The locations of all configurations that pass requests on."""
    for file in project.once(NginxWays).files:
        for server in file.configuration.servers:
            for location in passing(server.outside):
                yield NginxGate(file, server, location)
