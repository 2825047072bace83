"""What is left of a run's findings: those that are new, by what has changed and by the baseline."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lg_lint.cli.output import note
from lg_lint.cli.project import start_of

if TYPE_CHECKING:
    from lg_lint.baseline import Baseline
    from lg_lint.changes import Changes
    from lg_lint.cli.options import CheckOptions
    from lg_lint.lint import Report


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What to compare the findings with; None: nothing."""

    changes: Changes | None
    baseline: Baseline | None

    @classmethod
    def wanted(cls, options: CheckOptions) -> Narrowing:
        """As the options say. What cannot be compared with is an error before the run."""
        changes = None
        if options.diff_base is not None:
            changes = _changes(options.diff_base, start_of(options.targets()))
        return cls(changes, _baseline(options.baseline) if options.baseline else None)

    def apply(self, report: Report, paths: tuple[Path, ...], rules: Collection[str]) -> None:
        """Leave out what is old; name the entries of the baseline that nothing meets any more."""
        if self.baseline is not None:
            new, met = self.baseline.split(report.findings, report.sources)
            report.baselined, report.findings = len(report.findings) - len(new), new
            stale = self.baseline.stale(met, paths, rules)
            unread = report.problems or any(each.code == "LG000" for each in new)
            if stale and not unread:
                note(stale_line(self.baseline.file, len(stale)))
        if self.changes is not None:
            touched = [each for each in report.findings if self.changes.touch(each)]
            report.unchanged, report.findings = len(report.findings) - len(touched), touched


def stale_line(file: Path, count: int) -> str:
    entries = "1 entry matches" if count == 1 else f"{count} entries match"
    return f"lg-lint: {file}: {entries} no finding any more: lg-lint baseline prune"


def _changes(revision: str, start: Path) -> Changes:
    from lg_lint.changes import ChangesError, changes_since

    existing = next(each for each in (start, *start.parents) if each.is_dir())
    try:
        return changes_since(revision, existing)
    except ChangesError as error:
        raise click.ClickException(f"--diff-base: {error}") from None


def _baseline(file: Path) -> Baseline:
    from lg_lint.baseline import Baseline, BaselineError

    try:
        return Baseline.read(file)
    except BaselineError as error:
        raise click.ClickException(f"--baseline: {error}") from None
