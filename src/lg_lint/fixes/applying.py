"""All fixes of a run, applied as far as they hold together.

A batch of fixes is taken into the texts only where a new run over these shows that they are still
Python, that each mended finding is gone, and that none is new, in this file or another. Of a batch
that does not stand the test, the fixes that are to blame are refused and the others tried again;
where none can be told, the half is tried, down to the single fix. Each batch taken leaves fewer
findings, so this ends.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field

from lg_lint.base.finding import Finding
from lg_lint.base.fix import Applicability, Edit
from lg_lint.fixes.kinds import FixContext
from lg_lint.fixes.parsed import Refusal, Text
from lg_lint.fixes.trial import Objection, Patch, objections
from lg_lint.run.report import Report
from lg_lint.sources.text import compiles

_Key = tuple[str, str, str]
Relint = Callable[[Mapping[Path, str]], Report]
"""A run over the same paths, with these texts in the place of the files'."""


class Refused(Struct, frozen=True):
    """A fix that was not applied, and why."""

    finding: Finding
    reason: str


class Applied(Struct):
    """The last run's report, the changed texts, what was fixed and what was not."""

    report: Report
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    fixed: list[Finding] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)


def apply(
    report: Report, relint: Relint, *, unsafe: bool, only: list[Finding] | None = None
) -> Applied:
    """Fix what `report` found, or only some of it. Nothing is written."""
    mending = _Application(report, relint, unsafe)
    if only is not None:
        mending.chosen = {mending.key(finding) for finding in only}
    return mending.run()


class _Application:
    def __init__(self, report: Report, relint: Relint, unsafe: bool) -> None:
        self.result = Applied(report)
        self.relint = relint
        self.wanted = {Applicability.SAFE} | ({Applicability.UNSAFE} if unsafe else set())
        self.chosen: set[_Key] | None = None
        self.refused: dict[_Key, str] = {}
        self._shop: tuple[Report, FixContext] | None = None
        self._texts: tuple[Report, dict[str, Text]] | None = None

    def run(self) -> Applied:
        while True:
            taken = len(self.result.fixed)
            self.refused.clear()
            while batch := self._batch():
                self._take(batch)
            if len(self.result.fixed) == taken or not self.refused:
                break
        self.result.refused = [
            Refused(finding, self.refused[self.key(finding)])
            for finding in self.result.report.findings
            if self._is_asked_for(finding) and self.key(finding) in self.refused
        ]
        return self.result

    # --- one batch -------------------------------------------------------------------------

    def _batch(self) -> list[Patch]:
        """Fixes whose edits do not touch each other; an edit that several ask for is one."""
        workshop = self._workshop()
        chosen: list[Patch] = []
        taken: dict[str, _Taken] = {}
        for finding in self.result.report.findings:
            if not self._is_asked_for(finding) or self.key(finding) in self.refused:
                continue
            try:
                patch = Patch(finding, workshop.edits(finding))
            except Refusal as refusal:
                self._refuse(finding, str(refusal))
                continue
            if taken.setdefault(finding.place.path, _Taken()).take(patch.edits):
                chosen.append(patch)
        return chosen

    def _workshop(self) -> FixContext:
        """One for each report: the files in it are parsed once."""
        if self._shop is None or self._shop[0] is not self.result.report:
            self._shop = (self.result.report, FixContext(self.result.report.sources))
        return self._shop[1]

    def _is_asked_for(self, finding: Finding) -> bool:
        if finding.fix is None or finding.fix.applicability not in self.wanted:
            return False
        return self.chosen is None or self.key(finding) in self.chosen

    def _take(self, batch: list[Patch]) -> None:
        """Apply as much of a batch as stands the test, and refuse what is to blame for the rest."""
        while batch:
            against = self._try(batch)
            if not against:
                return
            reasons = {patch: each.reason for each in against for patch in each.blamed}
            if not reasons and len(batch) == 1:
                reasons = {batch[0]: against[0].reason}
            for patch, reason in reasons.items():
                self._refuse(patch.finding, reason)
            innocent = [patch for patch in batch if patch not in reasons]
            batch = innocent if reasons else batch[: len(batch) // 2]

    def _try(self, batch: list[Patch]) -> list[Objection]:
        """Take a batch, or say what speaks against it."""
        before, texts = self.result.report, self._patched(batch)
        for path, text in texts.items():
            if compiles(before.sources[path]) and not compiles(text):
                return [Objection("the file would not be Python any more")]
        changed = {**self.result.after, **texts}
        report = self.relint({Path(path): text for path, text in changed.items()})
        against = objections(batch, before, report)
        if not against:
            for path in texts:
                self.result.before.setdefault(path, before.sources[path])
            self.result.after = changed
            self.result.fixed += [patch.finding for patch in batch]
            self.result.report = report
        return against

    def _patched(self, batch: list[Patch]) -> dict[str, str]:
        workshop = self._workshop()
        edits: dict[str, set[Edit]] = {}
        for patch in batch:
            edits.setdefault(patch.finding.place.path, set()).update(patch.edits)
        return {path: workshop.parsed(path).applied(list(each)) for path, each in edits.items()}

    # --- refusals --------------------------------------------------------------------------

    def _refuse(self, finding: Finding, reason: str) -> None:
        self.refused[self.key(finding)] = reason

    def key(self, finding: Finding) -> _Key:
        """A finding's name while the rows around it move."""
        text = self._text(finding.place.path)
        row = finding.place.row
        return finding.code, finding.place.path, text.between((row, 1), (row + 1, 1)).strip()

    def _text(self, path: str) -> Text:
        report = self.result.report
        if self._texts is None or self._texts[0] is not report:
            self._texts = (report, {})
        texts = self._texts[1]
        if path not in texts:
            texts[path] = Text(report.sources[path])
        return texts[path]


class _Taken:
    """Edits of one file, in order, none of which touches another."""

    def __init__(self) -> None:
        self._edits: list[Edit] = []

    def take(self, edits: Iterable[Edit]) -> bool:
        """Take edits of one fix, unless one of them touches what is there."""
        new = list(edits)
        for edit in new:
            index = bisect_left(self._edits, edit)
            if any(_touch(edit, near) for near in self._edits[max(0, index - 1) : index + 2]):
                return False
        for edit in new:
            index = bisect_left(self._edits, edit)
            if self._edits[index : index + 1] != [edit]:
                self._edits.insert(index, edit)
        return True


def _touch(one: Edit, other: Edit) -> bool:
    """Whether two edits overlap, or put different text at one point."""
    if one == other:
        return False
    first, second = sorted((one, other))
    end, start = (first.end_row, first.end_column), (second.row, second.column)
    return start < end or start == (first.row, first.column)
