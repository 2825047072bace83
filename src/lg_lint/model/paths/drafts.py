"""A hop before it has its findings: what it is, and which places of the project belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.base.finding import Finding, Hop, Place
from lg_lint.model.paths.records import PathHop, badness
from lg_lint.model.project import Project
from lg_lint.program.scopes import Function

_OF_CODE = (Hop.NODE, Hop.GRAPH, Hop.GENERATOR, Hop.RESPONSE, Hop.MIDDLEWARE)


Line = tuple[str, int]
"""A file as reported, and a line of it."""


class Draft(Struct, eq=False):
    """A hop of which findings are still looked for.

    A finding in one of `spans` belongs to it. `lines` are those of a deployment that make it what
    it is: a finding that speaks of one of them and of the stream belongs to it. `is_minor` where it
    is told with others unless something was found.
    """

    hop: Hop
    title: str
    place: Place | None = None
    facts: list[str] = field(default_factory=list)
    question: str = ""
    is_known: bool = True
    spans: list[Place] = field(default_factory=list)
    lines: set[Line] = field(default_factory=set)
    is_minor: bool = False
    findings: list[Finding] = field(default_factory=list)

    def finished(self) -> PathHop:
        """The hop with the findings that were added, the worst first."""
        found = tuple(sorted(self.findings, key=badness))
        return PathHop(
            self.hop, self.title, self.place, tuple(self.facts), found, self.question, self.is_known
        )


def body(project: Project, function: Function) -> list[Place]:
    """The places that belong to a function: its definition, and what decorates it."""
    parts = (function.node, *function.decorators)
    return [project.place(function.module, part.span) for part in parts]


def attach(findings: Iterable[Finding], drafts: list[Draft], ends: frozenset[Place]) -> None:
    """Give each finding to the hop that it speaks of; `ends` are the places of route and response.

    One that speaks of another stream belongs to none.
    """
    for finding in findings:
        draft = _by_place(finding, drafts) or _by_trace(finding, drafts, ends)
        if draft is not None:
            draft.findings.append(finding)


def _by_place(finding: Finding, drafts: list[Draft]) -> Draft | None:
    """The hop that holds the place of a finding, or one of those that are told with it."""
    places = list(_primary(finding))
    held = [
        (draft.hop is not finding.hop, _size(span), at)
        for at, draft in enumerate(drafts)
        for span in draft.spans
        if any(_holds(span, place) for place in places)
    ]
    return drafts[min(held)[2]] if held else None


def _primary(finding: Finding) -> Iterator[Place]:
    yield finding.place
    for other in finding.related:
        yield from _primary(other)


def _by_trace(finding: Finding, drafts: list[Draft], ends: frozenset[Place]) -> Draft | None:
    """The hop that a finding names, where its trace leads to this stream."""
    if not any(place in ends for place in finding.places):
        return None
    named = [draft for draft in drafts if draft.hop is finding.hop]
    spoken = {(place.path, place.row) for place in finding.places}
    matching = [draft for draft in named if draft.lines & spoken]
    if matching or not named:
        return matching[0] if matching else None
    if finding.hop in _OF_CODE:
        return named[0]
    if finding.hop is Hop.CLIENT or not any(draft.is_known for draft in named):
        return _found(finding, named[0])
    return None


def _found(finding: Finding, draft: Draft) -> Draft:
    """A hop that only a finding tells of is known by its place."""
    if not draft.is_known:
        draft.title, draft.place, draft.is_known = "told by a finding", finding.place, True
        draft.question = ""
    return draft


def _holds(span: Place, place: Place) -> bool:
    return (
        span.path == place.path
        and (span.row, span.column) <= (place.row, place.column)
        and (place.end_row, place.end_column) <= (span.end_row, span.end_column)
    )


def _size(span: Place) -> tuple[int, int]:
    return span.end_row - span.row, span.end_column - span.column
