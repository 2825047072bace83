"""Output formats, one module each.

A format is a module with `render(report: Report, context: Context) -> str`. It gets a report whose
paths and messages are harmless to print (`escaped`), and returns the whole text, ending in a
newline. Those in `LISTINGS` have `listing(report, context) -> list[str]` instead, the lines about
the findings, which `closing` follows. Text of scanned files is quoted by `excerpt` alone, which
makes it harmless too.

`render` below finds the module by the format's name; only that module is imported, and none for a
listing of no findings.
"""

from __future__ import annotations

import importlib

from lg_lint.reports.closing import closing_lines, page

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lg_lint.reports.context import Context
    from lg_lint.run.report import Report

FORMATS = (
    "full",
    "concise",
    "grouped",
    "json",
    "json-lines",
    "github",
    "gitlab",
    "junit",
    "rdjson",
    "sarif",
    "agent",
)

LISTINGS = frozenset({"full", "concise", "grouped"})
"""The formats that list the findings and close with the same lines."""

MARKED = frozenset({"concise", "grouped"})
"""The formats that mark findings which have a fix."""

TEXT_FORMATS = LISTINGS | {"agent"}
"""The formats for reading: they end in a summary and name unresolved calls themselves."""

WITH_RULES = frozenset({"sarif"})
"""Formats that tell of every rule that was checked."""

WITH_EDITS = frozenset({"json", "json-lines", "rdjson", "sarif"})
"""The formats that show the edits of fixes, which have to be worked out for them."""


def render(format_name: str, report: Report, context: Context) -> str:
    """The report in the named format."""
    report = _harmless(report)
    if format_name not in LISTINGS:
        return str(_call(format_name, "render", report, context))
    lines = _call(format_name, "listing", report, context) if report.findings else []
    legend = _call("text", "legend", report, context) if lines and format_name in MARKED else []
    return page([*lines, *legend, *closing_lines(report, context)])


def render_step_summary(report: Report, context: Context) -> str:
    """The Markdown page that GitHub shows for a workflow step."""
    return str(_call("github", "step_summary", _harmless(report), context))


def render_statistics(format_name: str, report: Report, context: Context) -> str:
    """The number of findings of each rule; `format_name` is "json" or a text format."""
    function = "render_json" if format_name == "json" else "render_text"
    return str(_call("statistics", function, _harmless(report), context))


def _harmless(report: Report) -> Report:
    if not (report.findings or report.unresolved or report.unread):
        return report
    from lg_lint.reports.escaped import escaped

    return escaped(report)


def _call(module_name: str, function: str, report: Report, context: Context) -> Any:
    module = importlib.import_module(f"lg_lint.reports.{module_name.replace('-', '_')}")
    return getattr(module, function)(report, context)
