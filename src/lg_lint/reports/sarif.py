"""SARIF 2.1.0, as GitHub's code scanning reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lg_lint import __version__
from lg_lint.base.address import HOME
from lg_lint.base.escape import clipped, shown_path
from lg_lint.base.finding import Finding, Place, Severity, Step
from lg_lint.base.fix import Edit, Fix
from lg_lint.base.identity import fingerprints
from lg_lint.base.source_lines import SourceLines
from lg_lint.reports.context import is_absolute
from lg_lint.reports.text import position

if TYPE_CHECKING:
    from lg_lint.reports.context import Context
    from lg_lint.rules.rule import Rule
    from lg_lint.run.report import Report

FINGERPRINT = "lgLintFingerprint/v1"
MAX_DESCRIPTION = 1024
MAX_RESULTS = 25_000
"""GitHub refuses a file with more."""

KEPT_RESULTS = 5_000
MAX_NOTIFICATIONS = 1_000
UNREADABLE = "LG000"

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PROBLEMS = {**_LEVELS, Severity.INFO: "recommendation"}


def render(report: Report, context: Context) -> str:
    """A log with one run."""
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [_run(report, context)],
    }
    return json.dumps(log, indent=2) + "\n"


def _run(report: Report, context: Context) -> dict[str, Any]:
    marks = fingerprints(report.findings, SourceLines(report.sources))
    marked = list(zip(report.findings, marks, strict=True))
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "lg-lint",
                "version": __version__,
                "semanticVersion": __version__,
                "informationUri": HOME,
                "rules": [_rule(rule) for rule in context.rules],
            }
        },
        "columnKind": "unicodeCodePoints",
    }
    run["invocations"] = [_invocation(report, context)]
    if len(marked) > MAX_RESULTS:
        marked = sorted(marked, key=lambda pair: pair[0].severity.rank)[:MAX_RESULTS]
    indices = {rule.code: index for index, rule in enumerate(context.rules)}
    run["results"] = [_result(finding, mark, indices, context) for finding, mark in marked]
    return run


def _invocation(report: Report, context: Context) -> dict[str, Any]:
    """Whether the run saw all that it should, and what kept it from that."""
    unread = [finding for finding in report.findings if finding.code == UNREADABLE]
    notifications = [
        {
            "level": "error",
            "message": {"text": _message(finding)},
            "locations": [_location(finding.place, context)],
        }
        for finding in unread[:MAX_NOTIFICATIONS]
    ]
    for problem in report.problems[:MAX_NOTIFICATIONS]:
        place = f"{shown_path(problem.path)}: " if problem.path else ""
        text = _plain(f"{place}{clipped(problem.message)}")
        notifications.append({"level": "error", "message": {"text": text}})
    count = len(report.findings)
    if count > MAX_RESULTS:
        text = f"{count - MAX_RESULTS:,} of {count:,} findings are left out of this file."
        notifications.append({"level": "warning", "message": {"text": text}})
    if count > KEPT_RESULTS:
        text = f"GitHub keeps {KEPT_RESULTS:,} results of a file, the most severe ones."
        notifications.append({"level": "warning", "message": {"text": text}})
    invocation: dict[str, Any] = {
        "executionSuccessful": not (unread or report.problems),
        "toolExecutionNotifications": notifications,
    }
    if context.exit_code is not None:
        invocation["exitCode"] = context.exit_code
    return invocation


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary[:MAX_DESCRIPTION]},
        "fullDescription": {"text": _what_it_does(rule)[:MAX_DESCRIPTION]},
        "help": {"text": rule.page, "markdown": rule.page},
        "helpUri": rule.url,
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["langgraph", "streaming", rule.hop.value],
            "precision": "high",
            "problem.severity": _PROBLEMS[rule.severity],
        },
    }


def _what_it_does(rule: Rule) -> str:
    """That section of the rule's page."""
    _, _, rest = rule.page.partition("## What it does\n")
    section = " ".join(rest.partition("\n## ")[0].split())
    return section or rule.summary


def _result(
    finding: Finding, mark: str, indices: dict[str, int], context: Context
) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(finding)},
        "locations": [_location(finding.place, context)],
        "partialFingerprints": {FINGERPRINT: mark},
        "properties": {"confidence": finding.confidence.value, "hop": finding.hop.value},
    }
    if finding.code in indices:
        result["ruleIndex"] = indices[finding.code]
    flows = [each for each in (finding, *finding.related) if each.trace]
    if flows:
        result["codeFlows"] = [
            {"threadFlows": [{"locations": _steps(each, context)}]} for each in flows
        ]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, **_said(each, context)} for number, each in enumerate(finding.related, 1)
        ]
    if finding.fix is not None:
        result["properties"]["fix"] = finding.fix.applicability.value
        if finding.fix.edits:
            result["fixes"] = [_fix(finding, finding.fix, context)]
    return result


def _fix(finding: Finding, fix: Fix, context: Context) -> dict[str, Any]:
    unsafe = f" (unsafe: {fix.reason})" if fix.reason else ""
    change = {
        "artifactLocation": _artifact(context.repository_path(finding.place.path)),
        "replacements": [_replacement(edit) for edit in fix.edits],
    }
    return {
        "description": {"text": _plain(f"{fix.message}{unsafe}")},
        "artifactChanges": [change],
    }


def _replacement(edit: Edit) -> dict[str, Any]:
    region = {
        "startLine": edit.row,
        "startColumn": edit.column,
        "endLine": edit.end_row,
        "endColumn": edit.end_column,
    }
    return {"deletedRegion": region, "insertedContent": {"text": edit.content}}


def _steps(finding: Finding, context: Context) -> list[dict[str, Any]]:
    return [{"location": _said(step, context), "importance": "essential"} for step in finding.trace]


def _said(each: Step | Finding, context: Context) -> dict[str, Any]:
    """A place with what is said of it."""
    return {**_location(each.place, context), "message": {"text": _plain(each.message)}}


def _message(finding: Finding) -> str:
    cell = "" if finding.place.cell is None else f"{position(finding.place)} "
    advice = f"\n\n{finding.help}" if finding.help else ""
    return _plain(f"{cell}{finding.message}{advice}")


def _plain(text: str) -> str:
    """SARIF reads `[text](target)` in messages as a link."""
    return text.replace("](", "] (")


def _location(place: Place, context: Context) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(context.repository_path(place.path)),
            "region": _region(place),
        }
    }


def _artifact(path: str) -> dict[str, Any]:
    uri = quote(path)
    if is_absolute(path):
        return {"uri": f"file:///{uri.lstrip('/')}"}
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _region(place: Place) -> dict[str, int]:
    """One row at most: GitHub shows an alert only where all its rows were changed.

    A notebook's cells are not rows of its file: places in them point to the file's start.
    """
    if place.cell is not None:
        return {"startLine": 1, "startColumn": 1}
    region = {"startLine": place.row, "startColumn": place.column}
    if place.row == place.end_row:
        return {**region, "endLine": place.row, "endColumn": place.end_column}
    return region
