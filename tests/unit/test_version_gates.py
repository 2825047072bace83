"""Findings say which version decided, and follow a pin that changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lg_lint.base.finding import Confidence, Finding, Severity
from lg_lint.run.check import lint
from lg_lint.run.report import Report
from lg_lint.settings import Settings

FIXTURES = Path(__file__).parents[2] / "fixtures"


def run(case: str, folder: Path, pin: str = "") -> Report:
    """A run on a copy of a case with other requirements, all rules on."""
    root = folder / "project"
    shutil.copytree(FIXTURES / case, root, dirs_exist_ok=True)
    (root / "requirements.txt").write_text(pin, encoding="utf-8")
    return lint([root], Settings(select=("ALL",), min_confidence=Confidence.LOW))


def only(report: Report, code: str) -> Finding:
    (finding,) = [item for item in report.findings if item.code == code]
    return finding


@pytest.mark.parametrize(
    ("case", "pin", "words"),
    [
        ("LG303/bad/gzip_before_0_46", "starlette==0.45.3", "starlette 0.45.3 (requirements.txt) gathers every response"),
        ("LG303/bad/gzip_before_0_46", "fastapi==0.115.6", "starlette >=0.40,<0.42 with fastapi 0.115.6 (requirements.txt)"),
        ("LG303/bad/gzip_in_a_range", "starlette==0.46.0", "starlette 0.46.0 (requirements.txt) gathers all but"),
        ("LG305/bad/under_base_http_middleware", "starlette==0.45.3", "just stops, with status 200, under the BaseHTTPMiddleware of starlette 0.45.3"),
        ("LG305/bad/under_base_http_middleware", "starlette==0.46.0", "a whole one, with status 200, under the BaseHTTPMiddleware of starlette 0.46.0"),
        ("LG305/bad/under_base_http_middleware", "", "of starlette 0.46.0 or newer (none is pinned)"),
        ("LG305/bad/event_stream_of_fastapi", "fastapi==0.136", "an event stream of fastapi 0.136 (requirements.txt)"),
        ("LG301/bad/json_lines_path_operation", "fastapi==0.134.0", "a stream with fastapi 0.134.0 (requirements.txt)"),
        ("LG402/bad/default_policy_of_the_builder", "langgraph~=1.2", "a default with langgraph >=1.2,<2 (requirements.txt)"),
        ("LG608/bad/plain_edges", "langgraph==1.0.5", "25 steps with langgraph 1.0.5 (requirements.txt)"),
        ("LG608/bad/plain_edges", "langgraph==1.0.6", "10,000 steps with langgraph 1.0.6"),
        ("LG608/bad/plain_edges", "langgraph==1.1.4", "10,007 steps with langgraph 1.1.4"),
        ("LG608/bad/plain_edges", "", "10,007 steps with langgraph 1.1.4 or newer (none is pinned)"),
    ],
)  # fmt: skip
def test_message_names_the_version(case: str, pin: str, words: str, tmp_path: Path) -> None:
    assert words in only(run(case, tmp_path, pin), case.partition("/")[0]).message


@pytest.mark.parametrize("case", ["LG202/bad/own_list_on_a_thread", "LG204/bad/slice_returned"])
@pytest.mark.parametrize(("pin", "there"), [("1.0.1", False), ("1.0.2", True)])
def test_advice_is_for_the_version(case: str, pin: str, there: bool, tmp_path: Path) -> None:
    report = run(case, tmp_path, f"langgraph=={pin}")
    helps = [item.help for item in report.findings if item.code == case.partition("/")[0]]
    assert helps
    assert all(("Overwrite" in each) is there for each in helps)


@pytest.mark.parametrize(
    ("pin", "severity", "confidence"),
    [
        ("starlette==0.45.3", Severity.WARNING, Confidence.HIGH),
        ("starlette==0.46.0", Severity.ERROR, Confidence.HIGH),
        ("starlette>=0.45", Severity.ERROR, Confidence.MEDIUM),
        ("", Severity.ERROR, Confidence.MEDIUM),
    ],
)
def test_assumed_version_makes_less_sure(
    pin: str, severity: Severity, confidence: Confidence, tmp_path: Path
) -> None:
    finding = only(run("LG305/bad/under_base_http_middleware", tmp_path, pin), "LG305")
    assert (finding.severity, finding.confidence) == (severity, confidence)


def test_trace_leads_to_the_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    finding = only(
        run("LG303/bad/gzip_before_0_46", tmp_path, "fastapi\nstarlette==0.45.3\n"), "LG303"
    )
    place = finding.trace[0].place
    assert (Path(place.path).as_posix(), place.row) == ("project/requirements.txt", 2)


def test_broken_lock_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "project"
    folder.mkdir()
    lock = '[[package]]\nname = "starlette"\nversion = <<<<<<< ours\n'
    (folder / "uv.lock").write_text(lock, encoding="utf-8")
    report = run("LG303/bad/gzip_before_0_46", tmp_path, "starlette==0.45.3")
    (problem,) = report.problems
    assert problem.path == str(Path("project/uv.lock"))
    assert problem.message.startswith("line 3: not valid TOML: ")
    assert only(report, "LG303").severity is Severity.ERROR
