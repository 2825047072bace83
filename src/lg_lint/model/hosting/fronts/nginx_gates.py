"""nginx: each location that passes requests on."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import structs

from lg_lint.deploy.nginx import records
from lg_lint.deploy.nginx.records import Peer
from lg_lint.deploy.nginx.streaming import (
    Answer,
    Response,
    hides_truncation,
    holds_back,
    http_version,
    passes_on_buffering_header,
    silence_limit,
)
from lg_lint.model.hosting.fronts.records import Arriving, Effects, Limit, Way
from lg_lint.model.hosting.proxied.nginx_files import NginxFile
from lg_lint.model.hosting.proxied.peers import joins_behind
from lg_lint.model.hosting.proxied.reaching import passing, reaching
from lg_lint.model.hosting.proxied.ways import LocatedAnswer, NginxWays, guessed, response_of, told
from lg_lint.model.hosting.servers.records import Carrier, Deployment, Join
from lg_lint.model.project import Project
from lg_lint.model.web.responses import ANTI_BUFFERING


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
        if passes is not None and passes.is_certain:
            yield from passes.peers

    def joins(self, peer: Peer, joins: list[Join]) -> list[Join]:
        """The programs that listen where one of them points to."""
        return joins_behind(peer, self.file.path, self.file.by, joins)

    def ways(self, arriving: str) -> Iterator[Way]:
        """The paths of clients that end in this location and go on as `arriving`."""
        if not self.server.is_implied:
            found = reaching(self.file.configuration, self.server, self.location, arriving)
            for path, way in found:
                yield Way(path, way.is_certain)

    def effects(self, arriving: Arriving) -> Effects:
        """Its limit of silence, and what it does to the chunks and a torn end of this response."""
        asked = response_of(arriving.response)
        seconds, setting = silence_limit(self.location)
        is_guessed = guessed(self.file, setting)
        limit = Limit(
            None if is_guessed else seconds,
            setting.file,
            setting.line,
            is_default=setting.is_default,
        )
        held, ending = self._holds_back(arriving), hides_truncation(self.location, asked)
        version = http_version(self.location)
        facts = []
        if version.is_so is not None and not any(each.is_default for each in version.because):
            facts.append("HTTP/1.1" if version.is_so else "HTTP/1.0")
        lines = [(each.file, each.line) for each in (*held.because, *ending.because, setting)]
        return Effects(
            (limit,),
            None if any(guessed(self.file, each) for each in held.because) else held.is_so,
            self._tells(arriving),
            None if any(guessed(self.file, each) for each in ending.because) else ending.is_so,
            tuple(facts),
            ((self.path, self.line), *lines),
        )

    def held(self, arriving: Arriving) -> LocatedAnswer:
        """Whether small chunks wait in it, and the line to change."""
        return told(self.file, self.location, self._holds_back(arriving))

    def _holds_back(self, arriving: Arriving) -> Answer:
        return _agreed([holds_back(self.location, each) for each in _variants(arriving)])

    def _tells(self, arriving: Arriving) -> str | None:
        """What it tells a proxy in front of it of buffering."""
        found = [passes_on_buffering_header(self.location, each) for each in _variants(arriving)]
        return {True: "no", False: "", None: None}[_agreed(found).is_so]


def _variants(arriving: Arriving) -> list[Response]:
    """A response with each header that it may have."""
    whole = response_of(arriving.response)
    others = tuple(each for each in whole.headers if each[0].lower() != ANTI_BUFFERING)
    return [
        structs.replace(whole, headers=(*others, (ANTI_BUFFERING, text)) if text else others)
        for text in arriving.may_say
    ]


def _agreed(answers: list[Answer]) -> Answer:
    """The answer for all variants, None where they differ."""
    same = len({each.is_so for each in answers}) == 1
    return answers[0] if same else Answer(None, answers[0].because)


def nginx_gates(project: Project) -> Iterator[NginxGate]:
    """The locations of all configurations that pass requests on."""
    for file in project.once(NginxWays).files:
        for server in file.configuration.servers:
            for location in passing(server.outside):
                yield NginxGate(file, server, location)
