"""Fixes in each format."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from lg_lint.base.fix import Edit, Fix
from lg_lint.reports import FORMATS, render
from lg_lint.reports.context import Context
from lg_lint.run.report import Report

from .conftest import HOSTILE, altered, traced
from .test_report_readers import sarif_run, validator

# The row of `traced` is `    greeting = "日本"; result = graph.invoke({"text": text})`.
EDITS = (Edit(5, 31, 5, 31, "await "), Edit(5, 37, 5, 43, "ainvoke"))
SAFE = Fix.await_twin("ainvoke").with_edits(EDITS)
UNSAFE = SAFE.unless("its saver SqliteSaver serves sync calls alone")
BY_HAND = SAFE.displayed("notebooks are not rewritten")


@pytest.fixture
def report(findings: Report) -> Report:
    return altered(findings, findings=[replace(traced(), fix=SAFE)])


def with_fix(report: Report, fix: Fix) -> Report:
    return altered(report, findings=[replace(traced(), fix=fix)])


@pytest.mark.parametrize(
    ("fix", "unsafe", "mark", "closing"),
    [
        (SAFE, False, "[*]", "1 fixable with --fix.\n"),
        (SAFE, True, "[*]", "1 fixable with --fix --unsafe-fixes.\n"),
        (UNSAFE, False, "[* unsafe]", "1 fixable with --fix --unsafe-fixes.\n"),
        (UNSAFE, True, "[* unsafe]", "1 fixable with --fix --unsafe-fixes.\n"),
        (BY_HAND, True, "[* by hand]", "suppressed.\n"),
    ],
)
@pytest.mark.parametrize("format_name", ["concise", "grouped"])
def test_mark_says_how_safe_a_fix_is(
    format_name: str,
    report: Report,
    context: Context,
    fix: Fix,
    unsafe: bool,
    mark: str,
    closing: str,
) -> None:
    text = render(format_name, with_fix(report, fix), altered(context, unsafe_fixes=unsafe))
    assert f" LG101 [error] {mark} graph.invoke()" in text
    assert f"\n{mark} " in text, "the mark is explained"
    assert text.endswith(closing)


def test_safe_and_unsafe_fixes_are_counted_apart(report: Report, context: Context) -> None:
    report.findings.append(replace(traced(), fix=UNSAFE))
    assert render("full", report, context).endswith(
        "\n1 fixable with --fix, 1 more with --unsafe-fixes.\n"
    )


@pytest.mark.parametrize(
    ("fix", "how"),
    [
        (SAFE, "(--fix)"),
        (UNSAFE, "(--fix --unsafe-fixes; unsafe: its saver SqliteSaver serves sync calls alone)"),
        (BY_HAND, "(by hand: notebooks are not rewritten)"),
    ],
)
def test_texts_say_how_a_fix_is_had(report: Report, context: Context, fix: Fix, how: str) -> None:
    def shown(format_name: str) -> str:
        return render(format_name, with_fix(report, fix), context)

    line = f"fix: await ainvoke() {how}"
    assert f" = {line}\n" in shown("full")
    assert f"| automatic {line}\n" in shown("agent")
    assert f"%0A  {line}\n" in shown("github")
    assert f"\n{line}</failure>" in shown("junit")
    (issue,) = json.loads(shown("gitlab"))
    assert issue["content"]["body"].endswith(f"\n{line}")
    (diagnostic,) = json.loads(shown("rdjson"))["diagnostics"]
    assert diagnostic["message"].endswith(f"\n{line}")


@pytest.mark.parametrize(
    ("fix", "applicability"), [(SAFE, "safe"), (UNSAFE, "unsafe"), (BY_HAND, "display")]
)
def test_records_hold_the_applicability(
    report: Report, context: Context, fix: Fix, applicability: str
) -> None:
    (found,) = json.loads(render("json", with_fix(report, fix), context))
    assert found["fix"]["applicability"] == applicability
    (result,) = sarif_run(with_fix(report, fix), context)["results"]
    assert result["properties"]["fix"] == applicability


def test_json_holds_edits(report: Report, context: Context) -> None:
    (found,) = json.loads(render("json", with_fix(report, UNSAFE), context))
    assert found["fix"] == {
        "applicability": "unsafe",
        "message": "await ainvoke()",
        "reason": "its saver SqliteSaver serves sync calls alone",
        "edits": [
            {
                "content": "await ",
                "location": {"row": 5, "column": 31},
                "end_location": {"row": 5, "column": 31},
            },
            {
                "content": "ainvoke",
                "location": {"row": 5, "column": 37},
                "end_location": {"row": 5, "column": 43},
            },
        ],
    }
    assert json.loads(render("json-lines", with_fix(report, UNSAFE), context)) == found


def test_rdjson_suggests_in_bytes(report: Report, context: Context) -> None:
    result = json.loads(render("rdjson", report, context))
    validator("rdjson.schema.json").validate(result)
    (diagnostic,) = result["diagnostics"]
    start, rename = diagnostic["suggestions"]
    assert start["range"]["start"] == diagnostic["location"]["range"]["start"]
    assert start["range"]["end"] == start["range"]["start"]
    assert rename["range"]["start"]["column"] == start["range"]["start"]["column"] + 6
    assert (start["text"], rename["text"]) == ("await ", "ainvoke")


def test_sarif_holds_replacements(report: Report, context: Context) -> None:
    (result,) = sarif_run(with_fix(report, UNSAFE), context)["results"]
    (fix,) = result["fixes"]
    assert fix["description"]["text"].startswith("await ainvoke() (unsafe: its saver")
    (change,) = fix["artifactChanges"]
    assert (
        change["artifactLocation"]
        == (result["locations"][0]["physicalLocation"]["artifactLocation"])
    )
    assert change["replacements"][1] == {
        "deletedRegion": {"startLine": 5, "startColumn": 37, "endLine": 5, "endColumn": 43},
        "insertedContent": {"text": "ainvoke"},
    }


@pytest.mark.parametrize("format_name", FORMATS)
def test_reasons_are_harmless(format_name: str, report: Report, context: Context) -> None:
    text = render(format_name, with_fix(report, SAFE.unless(HOSTILE)), context)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert len(text) < 50_000
