"""The hop of the proxies that stand before a server, as far as the repository has them."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Hop, Place
from lg_lint.model.hosting.deployments import Deployments
from lg_lint.model.hosting.proxies import Location, longest_patience, pass_streams
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.paths.drafts import Draft
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse
from lg_lint.model.web.responses import ANTI_BUFFERING

UNKNOWN = "does a proxy stand in front, and does it pass each chunk on at once?"
_MOST = 3


def proxy_hops(project: Project, response: StreamResponse, join: Join | None) -> Iterator[Draft]:
    """The locations that carry a stream; one that is unknown where none is seen."""
    if join is not None and not join.is_certain:
        return
    before = project.once(Deployments).before(response)
    for location in before.own[:_MOST]:
        yield _known(project, location, asks_to_pass=_asks_to_pass(response))
    if not before.own:
        draft = Draft(Hop.PROXY, "", is_known=False, question=UNKNOWN)
        if before.maybe:
            draft.place = _place(project, before.maybe[0])
            draft.question = "does this nginx stand before the route?"
        yield draft


def _asks_to_pass(response: StreamResponse) -> bool:
    return (response.headers.get(ANTI_BUFFERING) or "").lower() == "no"


def _known(project: Project, location: Location, *, asks_to_pass: bool) -> Draft:
    draft = Draft(Hop.PROXY, "nginx", _place(project, location))
    if location.version:
        draft.facts.append(f"HTTP/{location.version}")
    passes = asks_to_pass or pass_streams([location])
    draft.facts.append("passes chunks at once" if passes else "collects chunks in its buffer")
    patience = longest_patience([location])
    if patience is not None:
        draft.facts.append(f"read timeout {patience.seconds:g} s")
    draft.lines = {(project.display(path), row) for path, row in location.lines}
    return draft


def _place(project: Project, location: Location) -> Place:
    path, line = location.place
    return Place(project.display(path), line, 1, line, 1)
