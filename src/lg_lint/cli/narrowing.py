"""What is left of a run's findings: those that are new, by what has changed and by the baseline."""

from __future__ import annotations

import os

from lg_lint.cli.output import note
from lg_lint.cli.project import start_of
from lg_lint.settings.nearest import Nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

    from lg_lint.cli.options import CheckOptions
    from lg_lint.run.baseline import Baseline
    from lg_lint.run.changes import Changes, Commit
    from lg_lint.run.report import Report
    from lg_lint.settings import Settings


class Narrowing:
    """What to compare the findings of runs with; None: nothing."""

    def __init__(
        self,
        paths: tuple[str, ...],
        settings: Settings,
        diff_base: str | None,
        baseline: Baseline | None,
    ) -> None:
        self.paths = paths
        self.nearest = Nearest(settings)
        self.diff_base = diff_base
        self.baseline = baseline
        self.commit: Commit | None = None
        self._changes: Changes | None = None
        self._stale = 0

    @classmethod
    def wanted(cls, options: CheckOptions, settings: Settings) -> Narrowing:
        """As the options say. What cannot be compared with is an error before the run."""
        has_baseline = options.baseline is not None and not options.no_ignores
        baseline = _baseline(options.baseline) if options.baseline and has_baseline else None
        base = options.diff_base
        if options.staged and "PRE_COMMIT_FROM_REF" in os.environ:
            base = os.environ["PRE_COMMIT_FROM_REF"]
        made = cls(options.targets(), settings, base, baseline)
        made.nearest = options.nearest
        if base is not None:
            made._changes = _changes(base, made.paths)
        elif options.staged:
            made.commit = _commit(made.paths)
        return made

    def texts(self) -> dict[Path, bytes]:
        """What the next commit has of files that hold something else by now."""
        return self.commit.texts if self.commit is not None else {}

    def apply(self, report: Report) -> None:
        """Leave out what is old."""
        if self.baseline is not None:
            new, met = self.baseline.split(report.findings, report.sources)
            report.baselined, report.findings = len(report.findings) - len(new), new
            unread = report.problems or any(each.code == "LG000" for each in new)
            stale = self.baseline.stale(met, self.paths, self.nearest)
            self._stale = 0 if unread else len(stale)
        if self.diff_base is not None:
            changes = self._changes or _changes(self.diff_base, self.paths)
            self._changes = None  # a fix may move lines before the next report
            self._keep(report, changes)
        if self.commit is not None:
            self._keep(report, self.commit)

    def _keep(self, report: Report, changes: Changes | Commit) -> None:
        told = map(changes.touched, report.findings)
        touched = [finding for finding in told if finding is not None]
        report.unchanged, report.findings = len(report.findings) - len(touched), touched

    def tell(self) -> None:
        """Say how many entries of the baseline the last report has not met."""
        if self.baseline is not None and self._stale:
            entries = "1 entry matches" if self._stale == 1 else f"{self._stale} entries match"
            file = self.baseline.file
            note(f"lg-lint: {file}: {entries} no finding any more: lg-lint baseline prune")


def _changes(revision: str, paths: tuple[str, ...]) -> Changes:
    import click

    from lg_lint.base.git import ChangesError
    from lg_lint.run.changes import changes_since

    try:
        return changes_since(revision, _folder_of(paths))
    except ChangesError as error:
        raise click.ClickException(f"--diff-base: {error}") from None


def _commit(paths: tuple[str, ...]) -> Commit | None:
    """What is staged; None where pre-commit runs and nothing is: it was told to look at all."""
    import click

    from lg_lint.base.git import ChangesError
    from lg_lint.run.changes import staged

    try:
        commit = staged(_folder_of(paths))
    except ChangesError as error:
        raise click.ClickException(f"--staged: {error}") from None
    return None if commit.is_empty and "PRE_COMMIT" in os.environ else commit


def _folder_of(paths: tuple[str, ...]) -> Path:
    from pathlib import Path

    start = Path(start_of(paths))
    return next(each for each in (start, *start.parents) if each.is_dir())


def _baseline(file: Path) -> Baseline:
    import click

    from lg_lint.run.baseline import Baseline, BaselineError

    try:
        return Baseline.read(file)
    except BaselineError as error:
        raise click.ClickException(f"--baseline: {error}") from None
