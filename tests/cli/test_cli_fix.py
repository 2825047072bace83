"""`lg-lint check --fix` and its kin, on real files."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from lg_lint.base.fix import Edit
from lg_lint.cli import run

Captured = pytest.CaptureFixture[str]

APP = """\
import time

from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph


async def work(state: dict) -> dict:
    time.sleep(1)
    return {"answer": "done"}


builder = StateGraph(dict)
builder.add_node("work", work)
builder.add_edge(START, "work")
builder.add_edge("work", END)
graph = builder.compile()
app = FastAPI()


@app.get("/run")
async def answer() -> dict:
    return graph.invoke({})
"""
FIXED = (
    APP.replace("import time", "import asyncio\nimport time")
    .replace("time.sleep(1)", "await asyncio.sleep(1)")
    .replace("return graph.invoke({})", "return await graph.ainvoke({})")
)
RETRIED = """\
import langgraph
from tenacity import retry


@retry
def letters():
    yield "a"
"""


@pytest.fixture(autouse=True)
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LG_LINT_CACHE_DIR", str(tmp_path / ".cache"))
    for name in ("LG_LINT_OUTPUT_FORMAT", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "app.py"
    path.write_text(APP)
    return path


def test_fix_mends_and_exits_clean(app: Path, capsys: Captured) -> None:
    assert run(["--fix"]) == 0
    assert app.read_text() == FIXED
    shown = capsys.readouterr()
    assert shown.out == "All clear.\n1 file: 1 graph.\n"
    assert shown.err == "Fixed 2 findings in 1 file.\n"
    assert run(["--fix"]) == 0
    assert app.read_text() == FIXED
    assert "Fixed" not in capsys.readouterr().err


def test_without_fix_nothing_is_written(app: Path, capsys: Captured) -> None:
    for arguments in ([], ["--unsafe-fixes"], ["--show-fixes"], ["--output-format", "json"]):
        assert run(arguments) == 1
    assert app.read_text() == APP
    assert "\n2 fixable with --fix.\n" in capsys.readouterr().out


def test_fix_reports_what_is_left(app: Path, capsys: Captured) -> None:
    app.write_text(RETRIED + APP.replace("time.sleep(1)", "pass"))
    assert run(["--fix", "--output-format", "concise"]) == 1
    out = capsys.readouterr().out
    assert "LG404 [warning] [* unsafe] the first failure ends the stream: tenacity.retry" in out
    assert "LG106" not in out
    assert "1 fixable with --fix --unsafe-fixes." in out


def test_unsafe_fixes_are_applied_when_asked_for(app: Path) -> None:
    app.write_text(RETRIED)
    assert run(["--fix"]) == 1
    assert app.read_text() == RETRIED
    assert run(["--fix", "--unsafe-fixes"]) == 0
    assert app.read_text() == RETRIED.replace("@retry\n", "")


def test_concise_says_how_safe_a_fix_is(app: Path, capsys: Captured) -> None:
    app.write_text(RETRIED)
    run(["--output-format", "concise"])
    for arguments in ([], ["--unsafe-fixes"]):
        run(["--output-format", "concise", *arguments])
        out = capsys.readouterr().out
        assert "app.py:5:2: LG404 [warning] [* unsafe] " in out
        assert "\n1 fixable with --fix --unsafe-fixes.\n" in out
    app.write_text(APP)
    run(["--output-format", "concise"])
    assert ": LG102 [info] [*] " in capsys.readouterr().out


def test_diff_changes_nothing_and_is_a_patch(app: Path, capsys: Captured) -> None:
    assert run(["--diff"]) == 1
    assert app.read_text() == APP
    patch = capsys.readouterr().out
    subprocess.run(["git", "apply", "-p0"], input=patch, text=True, check=True, cwd=app.parent)
    assert app.read_text() == FIXED
    assert run(["--diff"]) == 0
    assert capsys.readouterr().out == ""


def test_diff_of_a_file_without_last_line_end(app: Path, capsys: Captured) -> None:
    app.write_text(APP.rstrip("\n"))
    assert run(["--diff"]) == 1
    patch = capsys.readouterr().out
    assert patch.count("\\ No newline at end of file") == 2
    subprocess.run(["git", "apply", "-p0"], input=patch, text=True, check=True, cwd=app.parent)
    assert app.read_text() == FIXED.rstrip("\n")


def test_diff_goes_to_the_output_file(tmp_path: Path, capsys: Captured) -> None:
    assert run(["--diff", "-o", "fixes.patch"]) == 1
    assert capsys.readouterr().out == ""
    assert "await graph.ainvoke({})" in (tmp_path / "fixes.patch").read_text()


def test_diff_and_fix_contradict_each_other(capsys: Captured) -> None:
    assert run(["--diff", "--fix"]) == 2
    assert "--diff changes nothing" in capsys.readouterr().err


def test_fix_only_reports_nothing(app: Path, capsys: Captured) -> None:
    app.write_text(RETRIED + APP)
    assert run(["--fix-only"]) == 0
    assert "graph.ainvoke" in app.read_text()
    assert capsys.readouterr().out == ""


def test_show_fixes_names_them_by_file(capsys: Captured) -> None:
    run(["--fix", "--show-fixes"])
    assert capsys.readouterr().err.splitlines() == [
        "Fixed 2 findings in 1 file.",
        "- app.py:",
        "    1 x LG102 (blocking-sleep-in-node)",
        "    1 x LG106 (async-node-in-sync-run)",
    ]


def test_only_selected_rules_are_fixed(app: Path) -> None:
    assert run(["--fix", "--select", "LG106"]) == 0
    assert app.read_text() == APP.replace("graph.invoke", "await graph.ainvoke")


def test_ignored_findings_are_not_fixed(app: Path) -> None:
    ignored = APP.replace("invoke({})", "invoke({})  # lg-lint: ignore[LG106] one user alone")
    app.write_text(ignored)
    assert run(["--fix", "--select", "LG106"]) == 0
    assert app.read_text() == ignored


def test_baselined_findings_are_not_fixed(app: Path) -> None:
    assert run(["baseline", "create"]) == 0
    baseline = next(path for path in app.parent.iterdir() if "baseline" in path.name)
    assert run(["--fix", "--baseline", str(baseline)]) == 0
    assert app.read_text() == APP


def test_edits_in_json_make_the_fixed_file(capsys: Captured) -> None:
    assert run(["--output-format", "json"]) == 1
    findings = json.loads(capsys.readouterr().out)
    assert {finding["fix"]["applicability"] for finding in findings} == {"safe"}
    edits = {
        Edit(*edit["location"].values(), *edit["end_location"].values(), edit["content"])
        for finding in findings
        for edit in finding["fix"]["edits"]
    }
    from lg_lint.fixes.parsed import Text

    assert Text(APP).applied(list(edits)) == FIXED


def test_sarif_and_rdjson_hold_the_edits(capsys: Captured) -> None:
    run(["--output-format", "sarif"])
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    texts = {
        replacement["insertedContent"]["text"]
        for result in results
        for change in result["fixes"][0]["artifactChanges"]
        for replacement in change["replacements"]
    }
    run(["--output-format", "rdjson"])
    diagnostics = json.loads(capsys.readouterr().out)["diagnostics"]
    suggested = {each["text"] for item in diagnostics for each in item["suggestions"]}
    assert texts == suggested == {"import asyncio\n", "await asyncio.sleep", "await ", "ainvoke"}


def test_full_and_agent_say_how_the_fix_is_had(app: Path, capsys: Captured) -> None:
    run([])
    assert "= fix: await ainvoke() (--fix)" in capsys.readouterr().out
    app.write_text(RETRIED)
    run(["--output-format", "agent"])
    assert "automatic fix: remove the decorator (--fix --unsafe-fixes; unsafe: " in (
        capsys.readouterr().out
    )


def test_notebooks_are_not_rewritten(app: Path, tmp_path: Path, capsys: Captured) -> None:
    app.unlink()
    cell = {"cell_type": "code", "source": RETRIED, "metadata": {}, "outputs": []}
    notebook = tmp_path / "demo.ipynb"
    notebook.write_text(json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}))
    before = notebook.read_bytes()
    assert run(["--fix", "--unsafe-fixes"]) == 1
    assert notebook.read_bytes() == before
    shown = capsys.readouterr().out
    assert "fix: remove the decorator (by hand: notebooks are not rewritten)" in shown
    assert "fixable" not in shown


def test_a_file_that_cannot_be_written_is_a_problem(
    app: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert run(["--fix"]) == 2
    assert app.read_text() == APP
    told = capsys.readouterr().err
    assert "lg-lint: app.py: not fixed: it may not be written" in told
    assert "Fixed" not in told


def test_quiet_says_nothing_about_fixes(capsys: Captured) -> None:
    assert run(["--fix", "-q"]) == 0
    shown = capsys.readouterr()
    assert (shown.out, shown.err) == ("", "")


def test_a_file_to_which_a_link_leads_out_of_the_project_is_left_as_it_is(
    app: Path, tmp_path: Path, capsys: Captured
) -> None:
    real = tmp_path.parent / "shared.py"
    app.rename(real)
    app.symlink_to(real)
    assert run(["--fix"]) == 2
    assert "app.py: not fixed: it lies outside of the project" in capsys.readouterr().err
    assert app.is_symlink()
    assert real.read_text() == APP
