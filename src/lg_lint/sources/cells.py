"""Rows of a notebook's joined text as rows of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lg_lint.base.finding import Finding, Place, Step

if TYPE_CHECKING:
    from lg_lint.sources.source import Source


def localize(finding: Finding, sources: Mapping[str, Source]) -> Finding:
    """A finding with rows of the joined text as rows of cells, on every step of its trace."""
    place = localize_place(finding.place, sources)
    trace = tuple(Step(localize_place(step.place, sources), step.message) for step in finding.trace)
    related = tuple(localize(other, sources) for other in finding.related)
    if (place, trace, related) == (finding.place, finding.trace, finding.related):
        return finding
    fix = finding.fix
    if fix is not None and place.cell is not None:
        fix = fix.displayed("notebooks are not rewritten")
    anchor = finding.anchor and localize_place(finding.anchor, sources)
    return replace(finding, place=place, trace=trace, related=related, anchor=anchor, fix=fix)


def localize_place(place: Place, sources: Mapping[str, Source]) -> Place:
    """A place with its row in the cell; `sources` holds the notebooks by path as reported."""
    source = sources.get(place.path)
    if source is None or not source.cells or place.cell is not None:
        return place
    cell, row = source.locate(place.row)
    return replace(place, row=row, end_row=place.end_row - place.row + row, cell=cell)
