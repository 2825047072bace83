"""Whether a location carries a path of an application: taken back, and sent forward again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lg_lint.deploy.nginx.records import Configuration, Location, Server
from lg_lint.deploy.nginx.rewriting import Way, location_for

_literal = re.compile(r"\^?((?:/[\w.-]+)*)/?")


def passing(location: Location) -> Iterator[Location]:
    """The locations in one, and itself, that pass requests on."""
    if location.passes is not None:
        yield location
    for inside in location.locations:
        yield from passing(inside)


def reaching(
    configuration: Configuration, server: Server, location: Location, arriving: str
) -> Iterator[tuple[str, Way]]:
    """The paths that a client may ask for so that a location passes on `arriving`, and their ways.

    Candidates are made of the location's own text; nginx's choice decides of each.
    """
    for path in _before(location, arriving):
        way = location_for(configuration, server, path)
        is_passed = way.location is location and way.end == "passed"
        if is_passed and (way.path or "").partition("?")[0] == arriving:
            yield path, way


def _before(location: Location, arriving: str) -> Iterable[str]:
    """Paths that a location may make `arriving` of; most of them it does not."""
    passes, text = location.passes, location.text
    if location.kind == "exact":
        return [text]
    found = [arriving]
    if location.kind == "regex":
        literal = _literal.match(text)
        text = literal[1] if literal else ""
    elif passes is not None and passes.path is not None and arriving.startswith(passes.path):
        found.insert(0, text + arriving[len(passes.path) :])
    if text and location.kind != "server":
        found.append(text.rstrip("/") + arriving)
    return dict.fromkeys(found)
