"""The hops of the proxies that stand before a server, as far as the repository has them."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.base.finding import Hop, Place
from lg_lint.model.hosting.fronts.fronts import Fronts
from lg_lint.model.hosting.fronts.records import ENDLESS, Effects, Front, Limit
from lg_lint.model.hosting.servers.records import Join
from lg_lint.model.paths.drafts import Draft
from lg_lint.model.project import Project
from lg_lint.model.response import StreamResponse

UNKNOWN = "does a proxy stand in front, and does it pass each chunk on at once?"
_MOST = 4
_BUFFERS = {
    True: "collects chunks in its buffer",
    False: "passes chunks at once",
    None: "passes chunks at once ?",
}


def proxy_hops(project: Project, response: StreamResponse, join: Join | None) -> Iterator[Draft]:
    """What carries a stream to its server; one hop that is unknown where nothing is seen."""
    fronts = project.once(Fronts).to(response)
    found = [each for each in fronts.certain if each.join is join and each.hop == "proxy"]
    places: dict[tuple[str, int], Front] = {}
    for front in found:
        places.setdefault((front.path, front.line), front)
    told: list[Front | None] = []
    for front in list(places.values())[:_MOST]:
        is_other = any(front.inner is each for each in told)
        told.append(front.inner)
        yield _known(project, front, "or " if is_other else "")
    if not found:
        draft = Draft(Hop.PROXY, "", is_known=False, question=UNKNOWN)
        if fronts.questions:
            asked = fronts.questions[0]
            draft.place = _place(project, asked.path, asked.line)
            draft.question = f"this {asked.kind} may stand in front: {asked.text}"
        yield draft


def _known(project: Project, front: Front, before: str) -> Draft:
    """A front; `before` is "or" where it is another way to the same next hop."""
    draft = Draft(
        Hop.PROXY,
        f"{before}{front.kind} {front.text}".strip(),
        _place(project, front.path, front.line),
        list(_facts(front.effects)),
    )
    draft.lines = {(project.display(file), row) for file, row in front.effects.lines}
    return draft


def _facts(effects: Effects) -> Iterator[str]:
    yield from effects.facts
    yield _BUFFERS[effects.holds_back]
    for limit in effects.limits:
        yield limit_fact(limit)
    if effects.hides_truncation:
        yield "a broken end looks complete"


def limit_fact(limit: Limit, silence: str = "read timeout") -> str:
    """What is said of a time; `silence` is what a wait for the next byte is called."""
    name = "limit of the answer" if limit.is_total else silence
    if limit.seconds == ENDLESS:
        return f"no {name}"
    return f"{name} ?" if limit.seconds is None else f"{name} {limit.seconds:g} s"


def _place(project: Project, path: str, line: int) -> Place:
    return Place(project.display(path), line, 1, line, 1)
