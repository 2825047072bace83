"""Which proxy configurations stand before which application of a repository.

A configuration belongs to the applications that share its folder, or the nearest folder above it
that holds any. Where these are several, the host that a location passes to tells them apart, by
the services of a compose file or by the folder's own name, and so does the configuration's path.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.model.hosting.compose import services
from lg_lint.model.hosting.proxies import Location, locations
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.applications import Applications
from lg_lint.model.web.django_settings import DjangoProjects
from lg_lint.model.web.route_paths import RoutePaths

Owner = frozenset[object]
_COMPOSE = re.compile(r"(?:docker-)?compose(?:[.\w-]*)\.ya?ml")


class Before(Struct, frozen=True):
    """The locations in front of a response, and those that may be."""

    own: list[Location]
    maybe: list[Location]


class Deployments:
    """The configurations of a project, laid out by what stands behind them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.streams = [each for each in project.responses if each.live]
        self._locations = [each for path in project.proxy_configs for each in locations(path)]
        self._owners: dict[int, Owner | None] = {}
        self._stands: dict[int, tuple[str, set[Owner], set[Owner]]] = {}
        self._services: dict[str, dict[str, str]] = {}
        self._django = DjangoProjects(project.program)

    def before(self, response: StreamResponse) -> Before:
        """The locations that stand before a response for certain, and those that may."""
        found = Before([], [])
        for location in self._locations:
            if id(location) not in self._stands:
                self._stands[id(location)] = self._standing(location)
            area, owners, named = self._stands[id(location)]
            if not _is_below(response.site.path, area):
                continue
            if len(owners) == 1 or self._owner(response, area) in named:
                found.own.append(location)
            elif not named:
                found.maybe.append(location)
        return Before(self._carrying(response, found.own), found.maybe)

    def _carrying(self, response: StreamResponse, before: list[Location]) -> list[Location]:
        """Of each file the locations that carry a response, where its path and one of them is seen.

        What passes to a front end, or to files, says nothing about a stream.
        """
        paths = self._paths(response) if before else ()
        found: list[Location] = []
        for file in dict.fromkeys(each.path for each in before):
            inside = [each for each in before if each.path == file]
            own = [each for each in inside if any(map(each.carries, paths))]
            found += own or inside
        return found

    def _paths(self, response: StreamResponse) -> list[str]:
        """The paths at which applications answer with a response, as far as they are seen."""
        applications, routes = self.project.once(Applications), self.project.once(RoutePaths)
        hosts = applications.above(response) & applications.applications
        found = [routes.of(entry, hosts) for entry in applications.entries(response)]
        return [path for paths in found for path in paths or ()]

    def _standing(self, location: Location) -> tuple[str, set[Owner], set[Owner]]:
        """The folder that a location speaks for, whose streams stand there, and whom it names."""
        area = self._area(location.path)
        behind = [each for each in self.streams if _is_below(each.site.path, area)]
        owners = {self._owner(each, area) for each in behind}
        return area, owners, self._named(location, area, behind) if len(owners) > 1 else set()

    def _area(self, path: str) -> str:
        """The nearest folder above a configuration that holds streams, at most the root."""
        folder = os.path.dirname(path)
        while folder != os.path.dirname(folder):
            if any(_is_below(each.site.path, folder) for each in self.streams):
                return folder
            folder = os.path.dirname(folder)
        return folder

    def _owner(self, response: StreamResponse, area: str) -> Owner:
        """The application of a response; where several may be, the folder that it stands in."""
        if id(response) not in self._owners:
            self._owners[id(response)] = self._application(response)
        top = os.path.relpath(response.site.path, area).partition(os.sep)[0]
        return self._owners[id(response)] or frozenset({top})

    def _application(self, response: StreamResponse) -> Owner | None:
        applications = self.project.once(Applications)
        if response.type.startswith("django."):
            return frozenset(self._django.folders(response.site.path))
        above = applications.above(response) & applications.applications
        if above or len(applications.applications) < 2:
            return frozenset(above or applications.applications or {0})
        return None

    def _named(self, location: Location, area: str, behind: list[StreamResponse]) -> set[Owner]:
        """The applications that a location's hosts name, or else its path."""
        folders = self._folders(location.path)
        for host in location.hosts:
            if host in folders:
                built = {
                    self._owner(each, area)
                    for each in behind
                    if _is_below(each.site.path, folders[host])
                }
                if built:
                    return built
        everyone = {self._owner(each, area) for each in behind}
        for names in (location.hosts, _words(os.path.relpath(location.path, area))):
            for name in names:
                named = {
                    self._owner(each, area)
                    for each in behind
                    if _plain(name) in _parts(os.path.relpath(each.site.path, area))
                }
                if named and named != everyone:
                    return named
        return set()

    def _folders(self, path: str) -> dict[str, str]:
        """The folders of the services in the compose files above a configuration."""
        found: dict[str, str] = {}
        root = self.project.program.finder.root
        folder = os.path.dirname(path)
        while _is_below(folder, root):
            if folder not in self._services:
                self._services[folder] = dict(self._read(folder))
            found = {**self._services[folder], **found}
            folder = os.path.dirname(folder)
        return found

    def _read(self, folder: str) -> Iterator[tuple[str, str]]:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            return
        for name in filter(_COMPOSE.fullmatch, names):
            path = os.path.join(folder, name)
            self.project.program.consulted(path)
            yield from services(path).items()


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def _plain(name: str) -> str:
    return re.sub(r"[-_.\s]", "", name).lower()


def _parts(path: str) -> set[str]:
    """The folders that an application may be called by: the two uppermost of a file."""
    return {_plain(part) for part in os.path.dirname(path).split(os.sep)[:2]} - {""}


def _words(path: str) -> Iterable[str]:
    """The folders of a path, and the words of its file's name."""
    folder, name = os.path.split(path)
    return [*filter(None, folder.split(os.sep)), *re.split(r"[._]", name)]
