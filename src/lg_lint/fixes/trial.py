"""What a new run says about a batch of fixes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from lg_lint.finding import Finding
from lg_lint.lint import Report
from lg_lint.remedy import Edit

_NEWLINE = re.compile(r"\r\n|\n|\r")
_Spot = tuple[str, int]


class Patch(Struct, frozen=True):
    """The fix of one finding, worked out."""

    finding: Finding
    edits: tuple[Edit, ...]

    @property
    def path(self) -> str:
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
    spots = [(patch, _spot(patch, batch)) for patch in batch]
    found = []
    for item in after.findings:
        if left[item.place.path, item.code] < 0:
            touched = _spots(item)
            blamed = tuple(patch for patch, spot in spots if spot in touched)
            found.append(Objection(_reason(item, batch), blamed))
    return found


def _reason(item: Finding, batch: list[Patch]) -> str:
    if any((item.place.path, item.code) == (patch.path, patch.finding.code) for patch in batch):
        return "the finding would still be there"
    return f"the fix would bring {item.code}: {item.message}"


def _spots(item: Finding) -> set[_Spot]:
    """The rows that a finding and its trace are about."""
    return {(place.path, place.row) for place in (item.place, *(step.place for step in item.trace))}


def _spot(patch: Patch, batch: Iterable[Patch]) -> _Spot:
    """Where the place of a fixed finding lies in the new text."""
    edits = {edit for other in batch if other.path == patch.path for edit in other.edits}
    place = patch.finding.place
    start = (place.row, place.column)
    ahead = [edit for edit in edits if (edit.end_row, edit.end_column) <= start]
    return patch.path, place.row + sum(
        len(_NEWLINE.findall(edit.content)) - (edit.end_row - edit.row) for edit in ahead
    )
