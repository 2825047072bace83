"""`lg-lint check --add-ignore`: comments for all findings, and what is then left of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lg_lint.base.counted import plural
from lg_lint.cli.fixing import root_of
from lg_lint.cli.output import note

if TYPE_CHECKING:
    from lg_lint.run.report import Report


def add(
    report: Report,
    reason: str,
    run: Callable[..., Report],
    narrow: Callable[[Report], None],
    *,
    quiet: bool,
) -> Report:
    """Write the comments; the report is then of the files as they are now."""
    from lg_lint.base.problem import Problem
    from lg_lint.run.add_ignores import add_ignores

    added = add_ignores(report.findings, report.sources, reason, root_of(report))
    if added.findings and not quiet:
        findings, files = plural(added.findings, "finding"), plural(added.files, "file")
        note(f"Added ignore comments for {findings} in {files}.")
    if added.findings:
        report = run()
        narrow(report)
    report.problems += [
        Problem(f"no ignore comment added: {why}", path) for path, why in added.refused.items()
    ]
    return report
