"""Annotations on a pull request, as GitHub's workflow commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from lg_lint.base.counted import plural
from lg_lint.base.escape import clipped, inert
from lg_lint.base.finding import Finding, Severity
from lg_lint.reports.closing import page, summary_lines
from lg_lint.reports.text import location, one_line, short_details

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report

MAX_ANNOTATIONS = 10
"""GitHub shows ten annotations of each level from one step."""

MAX_TABLE_ROWS = 500
MAX_TABLE_TEXT = 300
"""A step's summary may hold a mebibyte."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(report: Report, context: Context) -> str:
    """Errors first; what is beyond GitHub's limits follows as plain lines of the log."""
    annotated: list[str] = []
    rest: list[str] = []
    used: Counter[Severity] = Counter()
    for finding in _worst_first(report.findings):
        used[finding.severity] += 1
        if used[finding.severity] <= MAX_ANNOTATIONS:
            annotated.append(_command(finding, context))
        else:
            rest.append(f"- {inert(one_line(finding))}")
    if rest:
        shown = f"GitHub shows {MAX_ANNOTATIONS} annotations of each level"
        rest.insert(0, f"lg-lint: {plural(len(rest), 'more finding')}, not annotated: {shown}")
    return page([*annotated, *rest])


def _worst_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.severity.rank)


def _command(finding: Finding, context: Context) -> str:
    place = finding.place
    message = "\n  ".join([one_line(finding), *short_details(finding)])
    properties: dict[str, str | int] = {
        "title": f"lg-lint ({finding.code})",
        "file": context.repository_path(place.path),
    }
    if place.cell is not None:
        properties["line"] = 1
    else:
        properties["line"] = place.row
        if place.row == place.end_row:
            properties["col"] = place.column
        properties["endLine"] = place.end_row
        if place.row == place.end_row:
            properties["endColumn"] = place.end_column
    joined = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{_LEVELS[finding.severity]} {joined}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def step_summary(report: Report, context: Context) -> str:
    """The findings as a Markdown table."""
    lines = ["### lg-lint", "", *summary_lines(report)]
    if context.weakest:
        lines += ["", *(f"- {_markdown(line)}" for line in context.weakest)]
    if report.findings:
        lines += ["", "| | Place | Rule | Finding |", "|---|---|---|---|"]
    ordered = _worst_first(report.findings)
    lines += [_row(finding, context) for finding in ordered[:MAX_TABLE_ROWS]]
    if len(ordered) > MAX_TABLE_ROWS:
        lines += ["", f"{len(ordered) - MAX_TABLE_ROWS} more findings are in the log."]
    return page(lines)


def _row(finding: Finding, context: Context) -> str:
    url = context.url(finding.code)
    code = finding.code if url is None else f"[{finding.code}]({url})"
    place = _markdown(location(finding.place))
    message = clipped(finding.message, MAX_TABLE_TEXT)
    return f"| {finding.severity.value} | {place} | {code} | {_markdown(message)} |"


def _markdown(text: str) -> str:
    """Text that Markdown and HTML show as it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join(f"\\{char}" if char in r"\`*_[]|~#@!()" else char for char in text)
