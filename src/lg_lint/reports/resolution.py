"""What of a project is not understood: a table by cause, with places."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from lg_lint.base.counted import plural
from lg_lint.base.escape import shown_path
from lg_lint.model.assembly.resolution import Gap, Question, Share, resolution

if TYPE_CHECKING:
    from lg_lint.base.finding import Place
    from lg_lint.run.report import Report

FORMATS = ("text", "json")
_MOST_PLACES = 5


def render(report: Report, form: str) -> str:
    """The table in one of the formats."""
    shares = resolution(report.project, report.reported) if report.project is not None else {}
    if form == "json":
        records = {question.name.lower(): _record(share) for question, share in shares.items()}
        return json.dumps(records, indent=2) + "\n"
    return "".join(f"{line}\n" for line in _lines(shares))


def _record(share: Share) -> dict[str, Any]:
    gaps = [{"cause": gap.cause, **_at(gap.place), "origin": _at(gap.origin)} for gap in share.gaps]
    return {"total": share.total, "unknown": len(share.gaps), "gaps": gaps}


def _at(place: Place) -> dict[str, Any]:
    return {"path": place.path, "row": place.row, "column": place.column}


def _lines(shares: Mapping[Question, Share]) -> list[str]:
    asked = {question: share for question, share in shares.items() if share.total}
    if not asked:
        return ["Nothing here looks like LangGraph or a stream."]
    return [line for each in asked.items() for line in _question_lines(*each)]


def _question_lines(question: Question, share: Share) -> Iterator[str]:
    known = share.total - len(share.gaps)
    yield f"{100 * known / share.total:5.1f} % of {share.total} {question.value}"
    for cause, gaps in _by_cause(share).items():
        yield f"        {len(gaps)} unknown: {cause}"
        places = list(dict.fromkeys(map(_place_line, gaps)))
        for line in places[:_MOST_PLACES]:
            yield f"            {line}"
        if len(places) > _MOST_PLACES:
            more = plural(len(places) - _MOST_PLACES, "more place")
            yield f"            ... and {more}: --format json"


def _by_cause(share: Share) -> dict[str, list[Gap]]:
    """The gaps of each cause, the most frequent first."""
    found: dict[str, list[Gap]] = {}
    for gap in share.gaps:
        found.setdefault(gap.cause, []).append(gap)
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def _place_line(gap: Gap) -> str:
    """Where something is not known, and where it gets lost if that is another line."""
    same = (gap.place.path, gap.place.row) == (gap.origin.path, gap.origin.row)
    return _shown(gap.place) if same else f"{_shown(gap.place)}, lost at {_shown(gap.origin)}"


def _shown(place: Place) -> str:
    return f"{shown_path(place.path)}:{place.row}:{place.column}"
