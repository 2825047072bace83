"""What a new run says about a batch of fixes."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import accumulate

from msgspec import Struct

from lg_lint.base.finding import Finding
from lg_lint.base.fix import Edit
from lg_lint.run.report import Report

_NEWLINE = re.compile(r"\r\n|\n|\r")
_Spot = tuple[str, int]


class Patch(Struct, frozen=True):
    """The fix of one finding, worked out."""

    finding: Finding
    edits: tuple[Edit, ...]

    @property
    def path(self) -> str:
        """The file that it changes."""
        return self.finding.place.path


class Objection(Struct, frozen=True):
    """Why a batch cannot be taken, and which of its fixes are to blame, where that can be told."""

    reason: str
    blamed: tuple[Patch, ...] = ()


def objections(batch: list[Patch], before: Report, after: Report) -> list[Objection]:
    """A finding in the new run that was not there, or that should be gone, is one."""
    if after.problems and not before.problems:
        problem = after.problems[0].message
        return [Objection(f"the project could not be checked again: {problem}")]
    left = Counter((item.place.path, item.code) for item in before.findings)
    left.subtract((patch.path, patch.finding.code) for patch in batch)
    left.subtract((item.place.path, item.code) for item in after.findings)
    asked = {(patch.path, patch.finding.code) for patch in batch}
    spots = _spots_of(batch)
    found = []
    for item in after.findings:
        if left[item.place.path, item.code] < 0:
            blamed = {id(patch): patch for spot in _spots(item) for patch in spots.get(spot, ())}
            found.append(Objection(_reason(item, asked), tuple(blamed.values())))
    return found


def _reason(item: Finding, asked: Collection[tuple[str, str]]) -> str:
    if (item.place.path, item.code) in asked:
        return "the finding would still be there"
    return f"the fix would bring {item.code}: {item.message}"


def _spots(item: Finding) -> set[_Spot]:
    """The rows that a finding and its trace are about."""
    return {(place.path, place.row) for place in item.places}


def _spots_of(batch: Iterable[Patch]) -> dict[_Spot, list[Patch]]:
    """The fixes by where the places of their findings lie in the new text."""
    by_path: dict[str, list[Patch]] = {}
    for patch in batch:
        by_path.setdefault(patch.path, []).append(patch)
    found: dict[_Spot, list[Patch]] = {}
    for path, patches in by_path.items():
        edits = sorted(
            ((edit.end_row, edit.end_column), _rows_added(edit))
            for edit in {edit for patch in patches for edit in patch.edits}
        )
        ends = [end for end, _ in edits]
        shifts = list(accumulate((rows for _, rows in edits), initial=0))
        for patch in patches:
            place = patch.finding.place
            shift = shifts[bisect_right(ends, (place.row, place.column))]
            found.setdefault((path, place.row + shift), []).append(patch)
    return found


def _rows_added(edit: Edit) -> int:
    return len(_NEWLINE.findall(edit.content)) - (edit.end_row - edit.row)
