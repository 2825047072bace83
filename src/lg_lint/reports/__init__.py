"""Output formats, one module each.

A format is a module with `render(report: Report, context: Context) -> str`. It gets a report whose
paths and messages are harmless to print (`escape.harmless`), and returns the whole text, ending in
a newline. Text of scanned files is quoted by `excerpt` alone, which makes it harmless too.

`render` below finds the module by the format's name; only that module is imported.
"""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from lg_lint.lint import Report
    from lg_lint.reports.context import Context

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

TEXT_FORMATS = frozenset({"full", "concise", "grouped", "agent"})
"""The formats for reading: they end in a summary and name unresolved calls themselves."""

WITH_RULES = frozenset({"sarif"})
"""Formats that tell of every rule that was checked."""

WITH_EDITS = frozenset({"json", "json-lines", "rdjson", "sarif"})
"""The formats that show the edits of fixes, which have to be worked out for them."""


def render(format_name: str, report: Report, context: Context) -> str:
    """The report in the named format."""
    return _call(format_name, "render", report, context)


def render_step_summary(report: Report, context: Context) -> str:
    """The Markdown page that GitHub shows for a workflow step."""
    return _call("github", "step_summary", report, context)


def render_statistics(format_name: str, report: Report, context: Context) -> str:
    """The number of findings of each rule; `format_name` is "json" or a text format."""
    function = "render_json" if format_name == "json" else "render_text"
    return _call("statistics", function, report, context)


def _call(module_name: str, function: str, report: Report, context: Context) -> str:
    from lg_lint.reports.escape import harmless

    module: ModuleType = importlib.import_module(f"lg_lint.reports.{module_name.replace('-', '_')}")
    return cast(str, getattr(module, function)(harmless(report), context))
