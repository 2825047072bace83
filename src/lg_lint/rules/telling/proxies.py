"""How findings tell the way of a stream through a proxy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.base.finding import Place, Step
from lg_lint.model.hosting.proxied.ways import NginxWay
from lg_lint.model.project import Project
from lg_lint.rules.telling.chains import entry_step


def way_steps(project: Project, way: NginxWay) -> Iterator[Step]:
    """The location, the program behind it, and the route."""
    location = way.location.place
    yield _step(project, location.file, location.line, f"carries {way.path}")
    process = way.join.process
    yield _step(project, process.path, process.command.line, "starts the application behind it")
    yield entry_step(project, way.served.entry)


def other_streams(project: Project, ways: Iterable[NginxWay]) -> Iterator[Step]:
    """The other responses that a location carries, each once: `ways` begin with the one told."""
    responses = {id(way.served.response): way.served.response for way in ways}
    for response in list(responses.values())[1:]:
        yield project.step(response.site, "another response that it carries")


def _step(project: Project, path: str, row: int, text: str) -> Step:
    return Step(Place(project.display(path), row, 1, row, 1), text)
