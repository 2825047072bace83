"""The hop of the proxies that stand before a server, as far as the repository has them."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Hop, Place
from lg_lint.deploy.nginx.streaming import http_version
from lg_lint.model.hosting.proxied.ways import NginxWay, NginxWays
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.paths.drafts import Draft
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.answers import Answers, Evidence
from lg_lint.model.web.responses import ANTI_BUFFERING

UNKNOWN = "does a proxy stand in front, and does it pass each chunk on at once?"
_MOST = 3
_BUFFERS = {
    True: "collects chunks in its buffer",
    False: "passes chunks at once",
    None: "passes chunks at once ?",
}


def proxy_hops(project: Project, response: StreamResponse, join: Join | None) -> Iterator[Draft]:
    """The locations that carry a stream to its server; one that is unknown where none is seen."""
    ways = project.once(NginxWays).to(response)
    found = [way for way in ways.certain if join is not None and _leads_to(way, join)]
    places: dict[tuple[str, int], NginxWay] = {}
    for way in found:
        places.setdefault((way.location.place.file, way.location.place.line), way)
    for way in list(places.values())[:_MOST]:
        yield _known(project, response, way)
    if not found:
        draft = Draft(Hop.PROXY, "", is_known=False, question=UNKNOWN)
        if ways.questions:
            asked = ways.questions[0]
            draft.place = _place(project, asked.path, asked.line)
            draft.question = f"this nginx may stand in front: {asked.text}"
        yield draft


def _leads_to(way: NginxWay, join: Join) -> bool:
    """Whether a way leads to a process, or to the one of the same name in another deployment."""
    if way.join is join:
        return True
    names = {*way.join.process.names} & {*join.process.names}
    return bool(names) and way.join.hosts == join.hosts


def _known(project: Project, response: StreamResponse, way: NginxWay) -> Draft:
    place = way.location.passes.place if way.location.passes else way.location.place
    draft = Draft(Hop.PROXY, f"nginx {way.location.text}", _place(project, place.file, place.line))
    version = http_version(way.location)
    if version.is_so is not None and not any(each.is_default for each in version.because):
        draft.facts.append("HTTP/1.1" if version.is_so else "HTTP/1.0")
    held = way.holds_back()
    is_held = held.is_so
    if is_held and _may_be_told_otherwise(project, response):
        is_held = None
    draft.facts.append(_BUFFERS[is_held])
    seconds, path, line = way.silence_limit()
    draft.facts.append("read timeout ?" if seconds is None else f"read timeout {seconds:g} s")
    told = [(place.file, place.line), (held.path, held.line), (path, line)]
    ending = way.hides_truncation()
    if ending.is_so:
        draft.facts.append("a broken end looks complete")
    told.append((ending.path, ending.line))
    draft.lines = {(project.display(file), row) for file, row in told}
    return draft


def _may_be_told_otherwise(project: Project, response: StreamResponse) -> bool:
    """Whether something on the way may set the header that the response itself does not."""
    if ANTI_BUFFERING in response.headers:
        return False
    return not response.headers_known or (project.once(Answers).of(response) is not Evidence.NO)


def _place(project: Project, path: str, line: int) -> Place:
    return Place(project.display(path), line, 1, line, 1)
