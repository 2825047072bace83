"""Names and messages that try to break out of a format, and text that hides what it is."""

from __future__ import annotations

import json
import unicodedata
from xml.etree import ElementTree

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lg_lint.base.escape import MAX_MESSAGE, clipped, shown_path, visible
from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Step
from lg_lint.base.source_lines import SourceLines
from lg_lint.reports import FORMATS, render, render_statistics, render_step_summary
from lg_lint.reports.context import Context
from lg_lint.reports.excerpt import excerpt
from lg_lint.reports.github import MAX_TABLE_TEXT
from lg_lint.reports.style import Style
from lg_lint.run.report import Report

from .test_report_readers import validator
from .workflow_commands import commands

any_text = st.text(st.characters(codec=None, categories=None))
BIDI = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def shows_itself(text: str) -> bool:
    """Whether a text holds line ends and printable characters only."""
    return all(
        char == "\n"
        or not (
            unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
            or unicodedata.bidirectional(char) in BIDI
        )
        for char in text
    )


@given(any_text)
def test_visible_text_has_no_controls(text: str) -> None:
    shown = visible(text)
    assert shows_itself(shown)
    assert "\n" not in shown
    shown.encode("utf-8")


@given(any_text)
def test_visible_is_idempotent_and_keeps_plain_text(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    plain = "".join(char for char in text if char.isprintable())
    assert visible(plain) == plain


@given(any_text, st.integers(1, 50))
def test_clipped_text_is_no_longer_than_the_limit(text: str, limit: int) -> None:
    assert len(clipped(text, limit)) <= limit
    if len(visible(text)) <= limit:
        assert clipped(text, limit) == visible(text)


def test_shown_path_has_forward_slashes() -> None:
    assert shown_path("app\\x.py", "\\") == "app/x.py"
    assert shown_path("app/a\\b.py", "/") == "app/a\\b.py"
    assert shown_path("a\nb\udcff.py", "/") == "a\\nb\\udcff.py"


@pytest.mark.parametrize("format_name", FORMATS)
def test_every_format_is_harmless_and_bounded(
    format_name: str, hostile: Report, context: Context
) -> None:
    text = render(format_name, hostile, context)
    assert shows_itself(text)
    assert len(text) < 40_000
    text.encode("utf-8")


def test_statistics_are_harmless(hostile: Report, context: Context) -> None:
    for format_name in ("full", "json"):
        assert shows_itself(render_statistics(format_name, hostile, context))


def test_only_its_own_lines_are_printed_for_a_hostile_finding(
    hostile: Report, context: Context
) -> None:
    assert len(render("concise", hostile, context).splitlines()) == 3
    assert len(render("agent", hostile, context).splitlines()) == 3


def test_github_gets_one_command_with_the_right_properties(
    hostile: Report, context: Context
) -> None:
    (command,) = commands(render("github", hostile, context))
    assert command.name == "error"
    assert set(command.properties) == {"title", "file", "line", "col", "endLine", "endColumn"}
    assert command.properties["file"] == visible(hostile.findings[0].place.path)
    assert clipped(hostile.findings[0].message) in command.message


def test_github_lines_that_are_no_annotation_are_no_command(
    hostile: Report, context: Context
) -> None:
    hostile.findings *= 30
    text = render("github", hostile, context).replace(
        clipped(hostile.findings[0].message), "message"
    )
    assert len(commands(text)) == 10


def test_github_old_form_commands_are_broken_up(hostile: Report, context: Context) -> None:
    hostile.findings *= 11
    last = render("github", hostile, context).splitlines()[-1]
    assert "##[" not in last
    assert r"#\x23[error]" in last


def test_step_summary_keeps_a_finding_in_its_row(hostile: Report, context: Context) -> None:
    text = render_step_summary(hostile, context)
    assert shows_itself(text)
    *_, row = text.splitlines()
    cells = row.replace("\\\\", "").replace("\\|", "").split("|")
    assert len(cells) == 6
    assert "<" not in row
    assert len(row) < 20 * MAX_TABLE_TEXT


def test_junit_gives_the_text_back(hostile: Report, context: Context) -> None:
    root = ElementTree.fromstring(render("junit", hostile, context))
    (failure,) = root.iter("failure")
    assert failure.attrib["message"] == clipped(hostile.findings[0].message)
    assert clipped(hostile.findings[0].message) in (failure.text or "")


def test_json_gives_the_text_back(hostile: Report, context: Context) -> None:
    (record,) = json.loads(render("json", hostile, context))
    assert record["message"] == clipped(hostile.findings[0].message)
    assert len(record["message"]) == MAX_MESSAGE


def test_sarif_has_no_link_that_lg_lint_did_not_make(hostile: Report, context: Context) -> None:
    log = json.loads(render("sarif", hostile, context))
    validator("sarif-2.1.0-rtm.5.json").validate(log)
    assert "](" not in log["runs"][0]["results"][0]["message"]["text"]


def test_rdjson_stays_valid(hostile: Report, context: Context) -> None:
    result = json.loads(render("rdjson", hostile, context))
    validator("rdjson.schema.json").validate(result)


def test_the_schemas_refuse_what_is_wrong(findings: Report, context: Context) -> None:
    """The two tests above could not fail with a schema that accepts everything."""
    log = json.loads(render("sarif", findings, context))
    del log["runs"][0]["tool"]
    with pytest.raises(jsonschema.ValidationError):
        validator("sarif-2.1.0-rtm.5.json").validate(log)
    result = json.loads(render("rdjson", findings, context))
    result["diagnostics"][0]["severity"] = "error"
    with pytest.raises(jsonschema.ValidationError):
        validator("rdjson.schema.json").validate(result)


@settings(deadline=None)
@given(any_text, any_text, st.integers(1, 300), st.integers(0, 50))
def test_any_text_in_any_format(row: str, name: str, column: int, width: int) -> None:
    place = Place(name or "x", 1, column, 1, column + width)
    finding = Finding(
        "LG101",
        "sync-graph-call-on-loop",
        name or "x",
        Severity.ERROR,
        Confidence.HIGH,
        Hop.GENERATOR,
        place,
        (Step(place, name),),
        help=name,
    )
    report = Report([finding], sources={place.path: row})
    for format_name in FORMATS:
        assert shows_itself(render(format_name, report, Context()))
    assert len(commands(render("github", report, Context()))) == 1
    ElementTree.fromstring(render("junit", report, Context()))


def test_excerpt_of_a_long_row_shows_the_place() -> None:
    row = "x = [" + "1, " * 100_000 + "call(), " + "2, " * 100_000 + "]"
    column = row.index("call()") + 1
    place = Place("a.py", 1, column, 1, column + 6)
    _, lines = excerpt(place, SourceLines({"a.py": row}), Style(color=False))
    _, quoted, marks, _ = lines
    assert quoted[marks.index("^") : marks.rindex("^") + 1] == "call()"
    assert len(quoted) < 200


def test_excerpt_keeps_the_columns_under_tabs_and_controls() -> None:
    row = "\tx\x1b = graph.invoke()"
    place = Place("a.py", 1, 7, 1, 21)
    _, lines = excerpt(place, SourceLines({"a.py": row}), Style(color=False))
    _, quoted, marks, _ = lines
    assert quoted[marks.index("^") : marks.rindex("^") + 1] == "graph.invoke()"


def test_excerpt_outside_of_the_known_text_is_empty() -> None:
    lines = SourceLines({"a.py": "x\r\ny\rz"})
    assert lines.rows(Place("a.py", 1, 1, 1, 1)) == ["x", "y", "z"]
    style = Style(color=False)
    assert excerpt(Place("a.py", 9, 1, 9, 2), lines, style) == (1, [])
    assert excerpt(Place("other.py", 1, 1, 1, 2), lines, style) == (1, [])
    _, beyond = excerpt(Place("a.py", 3, 80, 3, 90), lines, style)
    assert beyond[4] == "  |  ^"


ROWS = {
    "ascii": ("    return await asyncio.wait_for(graph.invoke(state, config), 3)", "graph.invoke"),
    "wide": (
        "    名前 = 一覧['最初の値'] + 変換(一覧['次の値']) + graph.invoke('質問')",
        "graph.invoke",
    ),
    "combining": (
        "    e\u0301te\u0301 = cafe\u0301(e\u0301te\u0301) or graph.invoke('e\u0301')",
        "graph.invoke",
    ),
    "wide place": (
        "value = 変換変換変換変換変換変換変換変換変換変換(一覧) + 1",
        "変換変換変換変換変換変換変換変換変換変換",
    ),
    "tabs": ("\t\t\t\t\t\tanswer = graph.invoke(state)", "graph.invoke"),
    "half": ("名前名前名前名前名前名前名前名前名前名前x graph.invoke(1)", "graph.invoke"),
}


def columns(text: str) -> list[str]:
    """What a terminal shows in each column."""
    shown: list[str] = []
    for char in text:
        if unicodedata.combining(char):
            shown[-1] += char
        else:
            shown += [char] * (2 if unicodedata.east_asian_width(char) in "WF" else 1)
    return shown


@pytest.mark.parametrize("width", [30, 40, 41, 60, 160])
@pytest.mark.parametrize("name", ROWS)
def test_carets_stay_under_the_code_in_a_narrow_terminal(name: str, width: int) -> None:
    row, wanted = ROWS[name]
    column = row.index(wanted) + 1
    place = Place("a.py", 1, column, 1, column + len(wanted))
    _, lines = excerpt(place, SourceLines({"a.py": row}), Style(color=False), width)
    assert all(len(columns(line)) <= width for line in lines)
    code, marks = columns(lines[1]), columns(lines[2])
    under = [code[index] for index, mark in enumerate(marks) if mark == "^"]
    assert len(under) >= 4
    assert columns(wanted)[: len(under)] == under
