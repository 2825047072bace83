"""`lg-lint check`, with a run that finds what the test says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from lg_lint.base.finding import Confidence, Finding, Hop, Place, Severity, Unresolved
from lg_lint.base.problem import Problem
from lg_lint.cli import run
from lg_lint.run.report import Report
from lg_lint.settings import Settings

NOTHING = "nothing here looks like LangGraph or a stream."
Captured = pytest.CaptureFixture[str]


class Engine:
    """Stands in for the run: keeps what it was asked, answers with `report`."""

    def __init__(self) -> None:
        self.report = Report(files=3)
        self.paths: tuple[Path, ...] = ()
        self.settings = Settings()
        self.error: Exception | None = None

    def lint(self, paths: Sequence[Path], settings: Settings, **_: object) -> Report:
        self.paths, self.settings = tuple(map(Path, paths)), settings
        if self.error:
            raise self.error
        return self.report


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty working directory, outside of CI and of any terminal's wishes."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "CI_PROJECT_DIR",
        "FORCE_COLOR",
        "GITHUB_STEP_SUMMARY",
        "GITHUB_WORKSPACE",
        "LG_LINT_OUTPUT_FORMAT",
        "NO_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Engine:
    engine = Engine()
    monkeypatch.setattr("lg_lint.run.check.lint", engine.lint)
    return engine


def finding(severity: Severity = Severity.ERROR, code: str = "LG001") -> Finding:
    return Finding(
        code,
        "unused-ignore",
        "nothing is hidden",
        severity,
        Confidence.HIGH,
        Hop.SOURCE,
        Place("app/x.py", 3, 7, 3, 9),
    )


def test_paths_without_a_subcommand_are_checked(engine: Engine, capsys: Captured) -> None:
    assert run(["src", "x.py"]) == 0
    assert engine.paths == (Path("src"), Path("x.py"))
    assert run(["check", "src"]) == 0
    assert engine.paths == (Path("src"),)
    assert run([]) == 0
    assert engine.paths == (Path(),)
    assert capsys.readouterr().out == f"3 files: {NOTHING}\n" * 3


@pytest.mark.parametrize(
    ("severity", "fail_on", "status"),
    [
        (Severity.INFO, "info", 1),
        (Severity.INFO, "warning", 0),
        (Severity.WARNING, "warning", 1),
        (Severity.WARNING, "error", 0),
        (Severity.ERROR, "error", 1),
        (Severity.ERROR, "never", 0),
    ],
)
def test_fail_on(engine: Engine, severity: Severity, fail_on: str, status: int) -> None:
    engine.report.findings = [finding(severity)]
    assert run(["--fail-on", fail_on, "."]) == status


def test_exit_zero(engine: Engine, capsys: Captured) -> None:
    engine.report.findings = [finding()]
    assert run(["."]) == 1
    assert run(["--exit-zero", "."]) == 0
    assert capsys.readouterr().out.count("app/x.py:3:7") == 2


def test_a_file_that_is_not_python_is_trouble(engine: Engine) -> None:
    engine.report.findings = [finding(), finding(code="LG000")]
    assert run(["."]) == 2
    assert run(["--exit-zero", "."]) == 0


def test_problems_go_to_stderr_and_findings_are_still_shown(
    engine: Engine, capsys: Captured
) -> None:
    engine.report.findings = [finding()]
    engine.report.problems = [
        Problem("no such file or folder", "a\x1b.py"),
        Problem("settings are broken"),
    ]
    assert run(["--output-format", "concise", "."]) == 2
    out, err = capsys.readouterr()
    assert err.splitlines() == [
        "lg-lint: a\\x1b.py: no such file or folder",
        "lg-lint: settings are broken",
    ]
    assert out.startswith("app/x.py:3:7: LG001 [error] nothing is hidden\n")
    assert run(["--exit-zero", "."]) == 2


def test_problems_alone_are_not_all_clear(engine: Engine, capsys: Captured) -> None:
    engine.report.problems = [Problem("no such file or folder", "a.py")]
    assert run(["a.py"]) == 2
    assert capsys.readouterr().out == f"No findings, but 1 problem.\n3 files: {NOTHING}\n"


def test_options_become_settings(engine: Engine, folder: Path) -> None:
    status = run(
        [
            *("--select", "LG00,unused-ignore", "--select", "LG002"),
            *("--ignore", "LG001", "--extend-select", "LG002"),
            *("--min-confidence", "low", "--fail-on", "warning"),
            *("--exclude", "gen,old", "--extend-exclude", "a/b"),
            "--tests",
            "--force-exclude",
            "--no-respect-gitignore",
            "--no-cache",
            ".",
        ]
    )
    assert status == 0
    settings = engine.settings
    assert settings.select == ("LG00", "unused-ignore", "LG002")
    assert settings.ignore == ("LG001",)
    assert settings.extend_select == ("LG002",)
    assert settings.min_confidence == Confidence.LOW
    assert settings.fail_on == "warning"
    assert len(settings.exclude) == 2
    assert any(f"{folder.name}/a/b" in pattern for pattern in settings.extend_exclude)
    assert settings.tests
    assert settings.force_exclude
    assert not settings.respect_gitignore


def test_settings_come_from_the_project_of_the_paths(engine: Engine, folder: Path) -> None:
    (folder / "one" / "src").mkdir(parents=True)
    (folder / "one" / "lg-lint.toml").write_text('fail-on = "error"\n')
    (folder / "two").mkdir()
    assert run(["one/src"]) == 0
    assert engine.settings.fail_on == "error"
    assert run(["one/src", "two"]) == 0
    assert engine.settings.fail_on == "info"
    assert run(["--isolated", "one/src"]) == 0
    assert engine.settings.fail_on == "info"
    assert run(["--config", 'fail-on = "never"', "one/src"]) == 0
    assert engine.settings.fail_on == "never"
    assert run(["--config", "one/lg-lint.toml", "two"]) == 0
    assert engine.settings.fail_on == "error"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--select", "unused-ignor"], 'did you mean "unused-ignore"?'),
        (["--ignore", "LG00X"], 'no rule "LG00X"'),
        (["--select", ","], "expected a name"),
        (["--no-such-option"], "No such option"),
        (["--output-format", "xml"], "'xml' is not one of"),
        (["--statistics", "--output-format", "sarif"], "--statistics has no sarif format"),
        (["--config", "nothing.toml"], "nothing.toml"),
        (["--config", "fial-on = 1"], 'did you mean "fail-on"?'),
    ],
)
def test_mistakes_are_usage_errors(
    engine: Engine, capsys: Captured, arguments: list[str], said: str
) -> None:
    assert run([*arguments, "."]) == 2
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""
    assert engine.paths == ()


def test_broken_settings_are_named_with_their_place(
    engine: Engine, folder: Path, capsys: Captured
) -> None:
    (folder / "lg-lint.toml").write_text("[severity]\nLG001 = 'bad'\n")
    assert run(["."]) == 2
    assert f"{folder / 'lg-lint.toml'}:2: " in capsys.readouterr().err
    assert engine.paths == ()


def test_internal_errors_are_one_line(engine: Engine, capsys: Captured) -> None:
    engine.error = KeyError("x\ny")
    assert run(["."]) == 2
    err = capsys.readouterr().err
    assert err.startswith("lg-lint: internal error: KeyError: ")
    assert "report" in err
    assert err.count("\n") == 1
    assert run(["-v", "."]) == 2
    assert "Traceback (most recent call last)" in capsys.readouterr().err


def test_an_interrupted_run_has_its_own_status(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    def interrupted(*_: object, **_options: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr("lg_lint.run.check.lint", interrupted)
    assert run(["."]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_output_file(engine: Engine, folder: Path, capsys: Captured) -> None:
    engine.report.findings = [finding()]
    assert run(["--output-format", "json", "-o", "out.json", "."]) == 1
    assert capsys.readouterr().out == ""
    assert json.loads((folder / "out.json").read_text())[0]["code"] == "LG001"
    assert run(["-o", "missing/out.json", "."]) == 2
    assert "missing/out.json" in capsys.readouterr().err


def test_output_format_from_the_environment(
    engine: Engine, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LG_LINT_OUTPUT_FORMAT", "json")
    assert run(["."]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert run(["--output-format", "concise", "."]) == 0
    assert capsys.readouterr().out == f"3 files: {NOTHING}\n"
    assert engine.paths


def test_unresolved_calls(engine: Engine, capsys: Captured) -> None:
    engine.report.unresolved = [Unresolved(Place("app/x.py", 3, 7, 3, 9), "g.stream()")] * 3
    run(["."])
    out, err = capsys.readouterr()
    assert "3 graph-like calls could not be resolved: --show-unresolved\n" in out
    run(["--show-unresolved", "."])
    out, err = capsys.readouterr()
    assert out.count("app/x.py:3:7: unresolved: g.stream()") == 3
    assert err == ""
    run(["--show-unresolved", "--output-format", "json", "."])
    out, err = capsys.readouterr()
    assert json.loads(out) == []
    assert err.count("app/x.py:3:7: unresolved: g.stream()") == 3


def test_statistics(engine: Engine, capsys: Captured) -> None:
    engine.report.findings = [finding()] * 3
    assert run(["--statistics", "."]) == 1
    assert capsys.readouterr().out.startswith("3  LG001  unused-ignore\n")
    assert run(["--statistics", "--output-format", "json", "."]) == 1
    assert json.loads(capsys.readouterr().out) == [
        {"code": "LG001", "name": "unused-ignore", "count": 3}
    ]


COUNTED = "calls on the event loop: 0, 0 of them on what is not known\n"


def test_quiet_and_verbose(engine: Engine, capsys: Captured) -> None:
    engine.report.timings = {"facts": 0.0125}
    assert run(["-q", "."]) == 0
    assert capsys.readouterr() == ("", "")
    assert run(["-v", "."]) == 0
    assert capsys.readouterr().err == COUNTED + "facts: 12 ms\n"


@pytest.mark.parametrize(
    ("arguments", "environment", "colored"),
    [
        ([], {}, False),
        (["--color", "always"], {}, True),
        ([], {"FORCE_COLOR": "1"}, True),
        ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        (["--color", "always"], {"NO_COLOR": "1"}, True),
        (["--color", "never"], {"FORCE_COLOR": "1"}, False),
    ],
)
def test_color(
    engine: Engine,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    environment: dict[str, str],
    colored: bool,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    engine.report.findings = [finding()]
    run([*arguments, "."])
    assert ("\x1b[" in capsys.readouterr().out) == colored


def test_files_are_not_coloured_unless_asked(
    engine: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    engine.report.findings = [finding()]
    run(["-o", "out.txt", "."])
    assert "\x1b[" not in (folder / "out.txt").read_text()
    run(["-o", "out.txt", "--color", "always", "."])
    assert "\x1b[" in (folder / "out.txt").read_text()


def test_sarif_lists_the_selected_rules_hit_or_not(engine: Engine, capsys: Captured) -> None:
    engine.report.findings = [finding(code="LG000")]
    run(["--select", "LG001,LG002", "--output-format", "sarif", "."])
    (sarif,) = json.loads(capsys.readouterr().out)["runs"]
    rules = [rule["id"] for rule in sarif["tool"]["driver"]["rules"]]
    assert rules == ["LG000", "LG001", "LG002"]


def test_github_step_summary(
    engine: Engine, folder: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = folder / "summary.md"
    page.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(page))
    engine.report.findings = [finding()]
    assert run(["--output-format", "concise", "."]) == 1
    assert page.read_text() == "before\n"
    assert run(["--output-format", "github", "."]) == 1
    assert page.read_text().startswith("before\n### lg-lint\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder))
    assert run(["--output-format", "github", "."]) == 1
    assert "the step summary was not written" in capsys.readouterr().err


@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR"])
def test_paths_start_at_the_root_of_the_repository(
    engine: Engine,
    folder: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    (folder / "back" / "end").mkdir(parents=True)
    monkeypatch.setenv(variable, str(folder))
    engine.report.findings = [finding()]

    def gitlab_path() -> str:
        run(["--output-format", "gitlab", "."])
        path = json.loads(capsys.readouterr().out)[0]["location"]["path"]
        assert isinstance(path, str)
        return path

    assert gitlab_path() == "app/x.py"
    monkeypatch.chdir("back/end")
    assert gitlab_path() == "back/end/app/x.py"
    monkeypatch.setenv(variable, str(folder / "elsewhere"))
    assert gitlab_path() == "app/x.py"


def test_show_settings(engine: Engine, capsys: Captured) -> None:
    assert run(["--show-settings", "--select", "LG001"]) == 0
    assert 'select = ["LG001"]\n' in capsys.readouterr().out
    assert engine.paths == ()


def test_show_files(engine: Engine, folder: Path, capsys: Captured) -> None:
    (folder / "app").mkdir()
    for name in ("app/x.py", "app/test_x.py", "app/notes.txt", "setup.py"):
        (folder / name).write_text("")
    assert run(["--show-files", "app"]) == 0
    assert capsys.readouterr().out.splitlines() == [str(Path("app/x.py"))]
    assert run(["--show-files", "--tests", "app"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2
    assert run(["--show-files", "nothing"]) == 2
    assert "nothing" in capsys.readouterr().err
    assert engine.paths == ()
