"""The ways by which clients reach a stream through nginx.

Each is found from its end: the paths at which an application answers, taken back through each
location that passes to it, and then sent forward as nginx would. What does not arrive where it
should is no way.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.deploy.nginx.records import Location, Peer, Server
from lg_lint.deploy.nginx.settings import Setting
from lg_lint.deploy.nginx.streaming import (
    Answer,
    Response,
    hides_truncation,
    holds_back,
    silence_limit,
)
from lg_lint.model.hosting.proxied.nginx_files import NginxFile, NginxFiles
from lg_lint.model.hosting.proxied.peers import joins_behind
from lg_lint.model.hosting.proxied.reaching import passing, reaching
from lg_lint.model.hosting.servers.records import Join, Question
from lg_lint.model.hosting.servers.servers import Servers
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Served
from lg_lint.model.web.route_paths import RoutePaths

_NO_TYPE = "unknown"
"""A media type that no list of types has, for one that cannot be seen."""


class LocatedAnswer(Struct, frozen=True):
    """An answer to a question, None where it is not certain; where it is said, and by what."""

    is_so: bool | None
    path: str
    line: int
    names: tuple[str, ...] = ()


class NginxWay(Struct, frozen=True, eq=False):
    """A location that carries a stream: the path that a client asks for, and the one that arrives.

    What it does to the stream is told by the methods; None, where that is not known for certain.
    """

    file: NginxFile
    served: Served
    join: Join
    path: str
    arriving: str
    location: Location

    def silence_limit(self) -> tuple[float | None, str, int]:
        """The seconds of silence after which it cuts a stream, and where that is said."""
        seconds, setting = silence_limit(self.location)
        return None if guessed(self.file, setting) else seconds, setting.file, setting.line

    def holds_back(self) -> LocatedAnswer:
        """Whether small chunks wait in it, and the line to change."""
        return self._located(holds_back(self.location, response_of(self.served.response)))

    def hides_truncation(self) -> LocatedAnswer:
        """Whether a stream that breaks off looks complete, and the line to change."""
        return self._located(hides_truncation(self.location, response_of(self.served.response)))

    def _located(self, answer: Answer) -> LocatedAnswer:
        return told(self.file, self.location, answer)


def response_of(response: StreamResponse) -> Response:
    """A response as nginx is asked about it, with the headers that it sets itself."""
    headers = tuple((name, text or "") for name, text in response.headers.items())
    media_type = response.media_type or "" if response.media_type_known else _NO_TYPE
    return Response(media_type, headers)


def told(file: NginxFile, location: Location, answer: Answer) -> LocatedAnswer:
    """An answer with the line to change: the directive, or the location that has none."""
    place = location.passes.place if location.passes else location.place
    names = tuple(each.name for each in answer.because)
    is_guessed = any(guessed(file, each) for each in answer.because)
    setting = next((each for each in answer.because if not each.is_default), None)
    path, line = (setting.file, setting.line) if setting else (place.file, place.line)
    return LocatedAnswer(None if is_guessed else answer.is_so, path, line, names)


def guessed(file: NginxFile, setting: Setting) -> bool:
    """Whether a default may be another one: the newest nginx speaks HTTP/1.1."""
    is_open = setting.name == "proxy_http_version" and not file.says_version
    return setting.is_default and (is_open or not file.is_alone)


class Ways(Struct):
    """The ways to a stream; `questions` say which may be there and are not certain."""

    certain: list[NginxWay]
    questions: list[Question]


class NginxWays:
    """Answers with the ways through the nginx of a project. Ask `project.once(NginxWays)`."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.files: list[NginxFile] = []
        self._joins: list[Join] = []
        self._known: dict[int, Ways] = {}
        if project.proxy_configs or project.deploying:
            servers = project.once(Servers)
            self.files = NginxFiles(project, servers).files
            self._joins = servers.joins

    def to(self, response: StreamResponse) -> Ways:
        """The ways to a stream through all configurations, which may be alternatives."""
        if id(response) not in self._known:
            found = self._known[id(response)] = Ways([], [])
            for file in self.files:
                for server in file.configuration.servers:
                    self._through(file, server, response, found)
        return self._known[id(response)]

    def by_file(self, response: StreamResponse) -> list[list[NginxWay]]:
        """The certain ways of each configuration: clients may take any of these."""
        files: dict[str, list[NginxWay]] = {}
        for way in self.to(response).certain:
            files.setdefault(way.file.path, []).append(way)
        return list(files.values())

    def _through(
        self, file: NginxFile, server: Server, response: StreamResponse, found: Ways
    ) -> None:
        for location in passing(server.outside):
            for served, join in self._behind(file, location, response):
                place = location.place
                if server.is_implied:
                    text = "which server these locations are part of is said in no file"
                    found.questions.append(Question(place.file, place.line, text))
                    continue
                paths = self._paths(served, join)
                if paths is None:
                    text = f"the path of {served.route.name}() cannot be seen"
                    found.questions.append(Question(place.file, place.line, text))
                    continue
                self._walk(file, server, location, served, join, paths, found)

    def _walk(
        self,
        file: NginxFile,
        server: Server,
        location: Location,
        served: Served,
        join: Join,
        paths: tuple[str, ...],
        found: Ways,
    ) -> None:
        for arriving in paths:
            for path, way in reaching(file.configuration, server, location, arriving):
                if way.is_certain:
                    made = NginxWay(file, served, join, path, arriving, location)
                    found.certain.append(made)
                    break
                text = f"whether {path} is passed on here cannot be seen"
                place = location.place
                found.questions.append(Question(place.file, place.line, text))

    def _behind(
        self, file: NginxFile, location: Location, response: StreamResponse
    ) -> Iterator[tuple[Served, Join]]:
        """The stream as the programs behind a location serve it, where that is one application."""
        passes = location.passes
        if passes is None or not passes.is_certain:
            return
        for peer in passes.peers:
            for join in self._applications(file, peer):
                for served in join.served:
                    if served.response is response and served.certain:
                        yield served, join

    def _applications(self, file: NginxFile, peer: Peer) -> list[Join]:
        """The programs that a peer may be; none where they do not all serve the same."""
        joins = joins_behind(peer, file.path, file.by, self._joins)
        same = len({each.hosts for each in joins}) == 1
        return joins if same and all(each.is_certain for each in joins) else []

    def _paths(self, served: Served, join: Join) -> tuple[str, ...] | None:
        """The paths at which a program answers with a stream."""
        routes = self.project.once(RoutePaths)
        own, roots = routes.of(served.entry, join.hosts), routes.roots(join.hosts)
        if own is None or roots is None:
            return None
        return (*own, *(root.rstrip("/") + path for root in roots for path in own))
