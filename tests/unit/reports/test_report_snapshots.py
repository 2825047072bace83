"""What each format looks like: findings, none, and a file that is not Python."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from lg_lint import __version__
from lg_lint.reports import FORMATS, render, render_statistics, render_step_summary
from lg_lint.reports.context import Context
from lg_lint.run.report import Report

from .conftest import altered

CASES = ["findings", "none", "syntax-error"]
Snapshot = Callable[[str, str], None]


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize(("name", "case"), [(name, name) for name in CASES], indirect=["case"])
def test_format(
    format_name: str, name: str, case: Report, context: Context, snapshot: Snapshot
) -> None:
    text = render(format_name, case, context)
    snapshot(f"{format_name}.{name}.txt", text.replace(f'"{__version__}"', '"(version)"'))


def test_full_with_unresolved_calls(findings: Report, context: Context, snapshot: Snapshot) -> None:
    text = render("full", findings, altered(context, show_unresolved=True))
    snapshot("full.unresolved.txt", text)


def test_full_in_colour(findings: Report, context: Context, snapshot: Snapshot) -> None:
    colored = render("full", findings, altered(context, color=True))
    snapshot("full.color.txt", colored)


def test_step_summary(findings: Report, context: Context, snapshot: Snapshot) -> None:
    snapshot("github.step-summary.md", render_step_summary(findings, context))


@pytest.mark.parametrize("format_name", ["concise", "json"])
def test_statistics(
    format_name: str, findings: Report, context: Context, snapshot: Snapshot
) -> None:
    findings.findings += [finding for finding in findings.findings if finding.code == "LG301"]
    snapshot(f"statistics.{format_name}.txt", render_statistics(format_name, findings, context))


@pytest.mark.parametrize("format_name", ["full", "concise", "grouped"])
def test_quiet_leaves_out_the_summary(
    format_name: str, findings: Report, clean: Report, context: Context
) -> None:
    quiet = altered(context, quiet=True)
    assert render(format_name, clean, quiet) == ""
    assert "LG101" in render(format_name, findings, quiet)
    assert "Found" not in render(format_name, findings, quiet)
