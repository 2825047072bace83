"""Each machine format, read by something that is not lg-lint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest
from msgspec.structs import replace

from lg_lint.base.finding import Place, Severity
from lg_lint.base.problem import Problem
from lg_lint.reports import render, render_step_summary
from lg_lint.reports.context import Context
from lg_lint.reports.github import MAX_TABLE_ROWS
from lg_lint.reports.sarif import FINGERPRINT, KEPT_RESULTS, MAX_RESULTS
from lg_lint.run.report import Report

from .conftest import altered
from .workflow_commands import commands

DATA = Path(__file__).parents[2] / "data"
CASES = [(name, name) for name in ("findings", "none", "syntax-error")]
each_case = pytest.mark.parametrize(("name", "case"), CASES, indirect=["case"])


def validator(schema: str) -> Any:
    loaded = json.loads((DATA / schema).read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(loaded)(loaded)


def sarif_run(report: Report, context: Context) -> dict[str, Any]:
    log = json.loads(render("sarif", report, context))
    validator("sarif-2.1.0-rtm.5.json").validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def strings(value: Any) -> list[str]:
    """Every string in a JSON value."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings(each)]
    if isinstance(value, list):
        return [text for each in value for text in strings(each)]
    return [value] if isinstance(value, str) else []


def fingerprints_of(report: Report, context: Context) -> list[str]:
    results = sarif_run(report, context)["results"]
    return [result["partialFingerprints"][FINGERPRINT] for result in results]


@each_case
def test_sarif_is_valid(name: str, case: Report, context: Context) -> None:
    run = sarif_run(case, context)
    assert len(run["results"]) == len(case.findings), name
    assert "" not in strings(run)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in context.rules]
    assert all(rule["help"]["markdown"] for rule in rules)
    assert "security-severity" not in json.dumps(run)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_holds_the_trace_as_a_code_flow(findings: Report, context: Context) -> None:
    result = sarif_run(findings, context)["results"][1]
    (flow,) = result["codeFlows"]
    steps = flow["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [
        step.message for step in findings.findings[1].trace
    ]
    uris = [step["location"]["physicalLocation"]["artifactLocation"]["uri"] for step in steps]
    assert uris == ["app/routes.py", "app/routes.py", "app/run.py"]


def test_sarif_regions_stay_on_one_row(findings: Report, context: Context) -> None:
    for result in sarif_run(findings, context)["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region.get("endLine", region["startLine"]) == region["startLine"]


def test_sarif_paths(findings: Report, context: Context) -> None:
    finding = findings.findings[1]
    paths = ["a b/ü%.py", "/srv/x.py", "C:/x.py"]
    findings.findings = [
        replace(finding, place=replace(finding.place, path=path)) for path in paths
    ]
    run = sarif_run(findings, altered(context, repository_prefix="back end"))
    found = [
        result["locations"][0]["physicalLocation"]["artifactLocation"] for result in run["results"]
    ]
    assert found == [
        {"uri": "back%20end/a%20b/%C3%BC%25.py", "uriBaseId": "%SRCROOT%"},
        {"uri": "file:///srv/x.py"},
        {"uri": "file:///C%3A/x.py"},
    ]


def test_fingerprints_survive_inserted_rows_and_other_indentation(
    findings: Report, context: Context
) -> None:
    before = fingerprints_of(findings, context)
    findings.sources["app/run.py"] = "\n" * 40 + findings.sources["app/run.py"].replace(
        "    ", "\t"
    )
    old = findings.findings[1]
    moved = Place("app/run.py", 45, 28, 45, 56)
    findings.findings[1] = replace(old, place=moved, message="other words")
    assert fingerprints_of(findings, context) == before


def test_fingerprints_tell_equal_rows_apart(findings: Report, context: Context) -> None:
    findings.findings *= 2
    for format_name in ("sarif", "gitlab"):
        text = render(format_name, findings, context)
        loaded = json.loads(text)
        marks = (
            fingerprints_of(findings, context)
            if format_name == "sarif"
            else [issue["fingerprint"] for issue in loaded]
        )
        assert len(set(marks)) == 6


def test_sarif_stays_under_the_limit_of_results(
    findings: Report, context: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lg_lint.reports.sarif.MAX_RESULTS", 50)
    monkeypatch.setattr("lg_lint.reports.sarif.KEPT_RESULTS", 20)
    info, error, _ = findings.findings
    findings.findings = [info] * 50 + [error] * 3
    run = sarif_run(findings, context)
    assert len(run["results"]) == 50
    assert [result["level"] for result in run["results"][2:5]] == ["error", "note", "note"]
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert [each["message"]["text"] for each in told] == [
        "3 of 53 findings are left out of this file.",
        "GitHub keeps 20 results of a file, the most severe ones.",
    ]
    assert {each["level"] for each in told} == {"warning"}


def test_the_limits_of_sarif_are_those_of_github() -> None:
    assert (MAX_RESULTS, KEPT_RESULTS) == (25_000, 5_000)


def test_sarif_says_how_the_run_went(findings: Report, context: Context) -> None:
    context.exit_code = 1
    (invocation,) = sarif_run(findings, context)["invocations"]
    assert invocation == {
        "executionSuccessful": True,
        "toolExecutionNotifications": [],
        "exitCode": 1,
    }


def test_sarif_says_what_was_not_read(findings: Report, context: Context) -> None:
    unread = replace(findings.findings[0], code="LG000", message="not Python")
    findings.findings = [unread]
    findings.problems = [Problem("cannot read: \x1b[31mred", "a\n.py"), Problem("broken")]
    context.exit_code = 2
    (invocation,) = sarif_run(findings, context)["invocations"]
    assert not invocation["executionSuccessful"]
    assert invocation["exitCode"] == 2
    first, second, third = invocation["toolExecutionNotifications"]
    assert first["message"]["text"].startswith("not Python")
    assert first["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert second["message"]["text"] == "a\\n.py: cannot read: \\x1b[31mred"
    assert third["message"]["text"] == "broken"


@each_case
def test_json_and_json_lines_hold_the_same(name: str, case: Report, context: Context) -> None:
    records = json.loads(render("json", case, context))
    lines = render("json-lines", case, context).splitlines()
    assert [json.loads(line) for line in lines] == records, name
    assert [record["code"] for record in records] == [finding.code for finding in case.findings]


@each_case
def test_rdjson_is_valid(name: str, case: Report, context: Context) -> None:
    result = json.loads(render("rdjson", case, context))
    validator("rdjson.schema.json").validate(result)
    assert len(result["diagnostics"]) == len(case.findings), name


def test_rdjson_columns_are_bytes(findings: Report, context: Context) -> None:
    result = json.loads(render("rdjson", findings, context))
    span = result["diagnostics"][1]["location"]["range"]
    row = findings.sources["app/run.py"].split("\n")[4].encode()
    assert row[span["start"]["column"] - 1 : span["end"]["column"] - 1] == (
        b'graph.invoke({"text": text})'
    )


@each_case
def test_junit_is_xml(name: str, case: Report, context: Context) -> None:
    root = ElementTree.fromstring(render("junit", case, context))
    assert len(root.findall("./testsuite/testcase/failure")) == len(case.findings), name
    tests = sum(int(suite.attrib["tests"]) for suite in root.findall("./testsuite"))
    assert tests == int(root.attrib["tests"]) == len(root.findall("./testsuite/testcase"))


@each_case
def test_gitlab_has_what_gitlab_asks_for(name: str, case: Report, context: Context) -> None:
    issues = json.loads(render("gitlab", case, altered(context, repository_prefix="backend")))
    assert len(issues) == len(case.findings), name
    for issue in issues:
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert issue["location"]["path"].startswith("backend/")
        assert issue["location"]["positions"]["begin"]["line"] >= 1


@each_case
def test_github_commands(name: str, case: Report, context: Context) -> None:
    found = commands(render("github", case, context))
    assert len(found) == len(case.findings), name
    for command in found:
        whole_row = "col" not in command.properties
        assert ("endColumn" in command.properties) != whole_row


def test_github_puts_errors_first_and_the_trace_in_the_message(
    findings: Report, context: Context
) -> None:
    found = commands(render("github", findings, context))
    assert [command.name for command in found] == ["error", "warning", "notice"]
    lines = found[0].message.split("\n")
    assert lines[0].endswith(findings.findings[1].message)
    assert lines[2] == "  2. app/routes.py:6:12 calls run_graph()"


def test_github_keeps_to_the_limits_and_says_what_it_left_out(
    findings: Report, context: Context
) -> None:
    info, error, _ = findings.findings
    findings.findings = [info, *[error] * 12]
    text = render("github", findings, context)
    found = commands(text)
    assert [command.name for command in found] == ["error"] * 10 + ["notice"]
    *_, told, first, second = text.splitlines()
    assert told.startswith("lg-lint: 2 more findings, not annotated")
    assert first == second
    assert first.startswith("- app/run.py:5:31: LG101 graph.invoke()")


def test_step_summary_is_cut_with_a_word_about_it(findings: Report, context: Context) -> None:
    findings.findings = [findings.findings[1]] * (MAX_TABLE_ROWS + 2)
    lines = render_step_summary(findings, context).splitlines()
    assert sum(line.startswith("| error |") for line in lines) == MAX_TABLE_ROWS
    assert lines[-1] == "2 more findings are in the log."


def test_severity_of_a_finding_is_shown_not_the_rule_s(findings: Report, context: Context) -> None:
    findings.findings = [replace(findings.findings[1], severity=Severity.WARNING)]
    assert commands(render("github", findings, context))[0].name == "warning"
    assert sarif_run(findings, context)["results"][0]["level"] == "warning"
    assert json.loads(render("json", findings, context))[0]["severity"] == "warning"
