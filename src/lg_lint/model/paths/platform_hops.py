"""The hops of what runs a server and stands in front of it, as far as files say so."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Hop, Place
from lg_lint.model.hosting.fronts.platforms import PlatformFront, Platforms
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.paths.drafts import Draft
from lg_lint.model.paths.proxy_hops import limit_fact
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse


def platform_hops(
    project: Project, response: StreamResponse | None, join: Join | None, question: str
) -> Iterator[Draft]:
    """One hop each; one that is unknown, with what to ask, where none is seen."""
    platforms = project.once(Platforms)
    found = platforms.of(response, join)
    for each in found:
        yield _known(project, each)
    if found:
        return
    draft = Draft(Hop.PLATFORM, "", is_known=False, question=question)
    asked = next(platforms.questions(join), None)
    if asked is not None:
        draft.place = Place(project.display(asked.path), asked.line, 1, asked.line, 1)
        draft.question = f"this {asked.kind} may stand in front: {asked.text}"
    yield draft


def _known(project: Project, front: PlatformFront) -> Draft:
    place = Place(project.display(front.path), front.line, 1, front.line, 1)
    facts = [*(limit_fact(each, "idle timeout") for each in front.limits), *front.facts]
    draft = Draft(Hop.PLATFORM, front.kind, place, facts)
    draft.lines = {(project.display(path), line) for path, line in front.lines}
    return draft
