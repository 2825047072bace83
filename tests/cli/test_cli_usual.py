"""Both readings of a command line: the quick one of usual words, and that of click."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lg_lint.cli import run, usual
from lg_lint.cli.check import check
from lg_lint.cli.options import CheckOptions
from lg_lint.cli.table import ROWS

USUAL = [
    [],
    ["check"],
    ["."],
    ["check", "src", "tests/../a b.py"],
    ["src", "check"],
    ["no-such-folder"],
    ["--select", "ALL", "--quiet", "--output-format", "concise", "."],
    ["--select=LG1, LG2,", "--select", "unused-ignore", "--ignore=LG001", "--extend-select=LG3"],
    ["--exclude", "a,b/*.py", "--extend-exclude=c"],
    ["--min-confidence", "low", "--fail-on=never", "--exit-zero", "--isolated", "--tests"],
    ["--force-exclude", "--no-respect-gitignore", "-v", "-q", "--color=always", "--no-cache"],
    ["-j", "2", "--jobs=4"],
    ["--cache-dir", "here", "--cache-dir=there", "--output-format=json"],
]
UNUSUAL = [
    ["--help"],
    ["-V"],
    ["rule", "LG101"],
    ["explain", "LG101"],
    ["check", "--help"],
    ["--"],
    ["--", "-a.py"],
    ["-"],
    [""],
    ["-qv"],
    ["-j2"],
    ["-j=2"],
    ["-j", "x"],
    ["-j", "-1"],
    ["--jobs", "²"],
    ["--jobs"],
    ["--quiet=yes"],
    ["--quie"],
    ["--select"],
    ["--select", ","],
    ["--select", "--quiet"],
    ["--fail-on", "sometimes"],
    ["--cache-dir", "file"],
    ["--cache-dir="],
    ["--config", "tests = true"],
    ["--fix"],
    ["--statistics"],
    ["--stdin-filename", "a.py"],
    ["-o", "out.txt"],
    ["--show-files"],
    ["--add-ignore"],
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("LG_LINT_OUTPUT_FORMAT", "LG_LINT_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "src").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "file").touch()
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / "src" / "plain.py").write_text("x = 1\n")
    (tmp_path / "src" / "broken.py").write_text("x = (\n")
    (tmp_path / "src" / "comment.py").write_text("x = 1  # lg-lint: ignore[LG101]\n")
    return tmp_path


def by_click(arguments: list[str]) -> CheckOptions:
    words = arguments[1:] if arguments[:1] == ["check"] else arguments
    return CheckOptions(**check.make_context("check", list(words)).params)


@pytest.mark.parametrize("arguments", USUAL)
@pytest.mark.parametrize("environment", [{}, {"LG_LINT_OUTPUT_FORMAT": "json"}])
def test_usual_words_mean_what_click_says(
    arguments: list[str], environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    options = usual.usual_options(arguments)
    assert options is not None
    assert vars(options) == vars(by_click(arguments))


@pytest.mark.parametrize("arguments", UNUSUAL)
def test_other_words_are_left_to_click(arguments: list[str]) -> None:
    assert usual.usual_options(arguments) is None


def test_what_cannot_be_read_and_unusual_environments_are_left_to_click(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    assert usual.usual_options(["src"]) is None
    assert usual.usual_options(["missing"]) is not None
    monkeypatch.setenv("LG_LINT_OUTPUT_FORMAT", "poem")
    assert usual.usual_options(["missing"]) is None


def test_every_option_says_the_same_unsaid() -> None:
    options = by_click([])
    for row in ROWS:
        assert row.default == getattr(options, row.key), row.key


@pytest.mark.parametrize(
    "arguments",
    [
        *USUAL,
        ["src/plain.py"],
        ["src/broken.py"],
        ["./src//missing.py"],
        ["--select", "nothing"],
        ["--select", "ALL", "--output-format", "sarif", "--color", "always"],
        ["--output-format", "agent"],
        ["--output-format", "grouped", "src/plain.py", "src/comment.py"],
    ],
)
def test_either_reading_leads_to_the_same_run(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*arguments, "--no-cache"]
    quick = (run(arguments), capsys.readouterr())
    monkeypatch.setattr(usual, "usual_options", lambda _: None)
    slow = (run(arguments), capsys.readouterr())
    assert quick[0] == slow[0]
    assert quick[1].out == slow[1].out
    timings = "-v" in arguments
    assert timings or quick[1].err == slow[1].err


def _imported(*arguments: str) -> tuple[set[str], str]:
    """The modules that a run imports, and what it writes."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "lg_lint", *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}, done.stdout


def test_a_run_in_which_nothing_matters_imports_little(folder: Path) -> None:
    (folder / "src" / "comment.py").unlink()
    imported, out = _imported("--no-cache", "src/plain.py")
    assert out == "1 file: nothing here looks like LangGraph or a stream.\n"
    assert {"lg_lint.run.check", "lg_lint.sources.discovery"} <= imported
    own = {
        "lg_lint.base.finding",
        "lg_lint.rules.registry",
        "lg_lint.run.suppression",
        "lg_lint.run.finalize",
    }
    assert not imported & {"click", "dataclasses", "libcst", "pathspec", *own}


def test_a_run_with_findings_imports_what_it_needs(folder: Path) -> None:
    graph = "from langgraph.graph import StateGraph\n\ngraph = StateGraph(dict).compile()\n"
    call = "\n\nasync def main():\n    graph.invoke({})\n"
    (folder / "src" / "plain.py").write_text(graph + call, encoding="utf-8")
    (folder / "src" / "broken.py").unlink()  # of which libcst says what is wrong
    imported, out = _imported("--cache-dir", "cache", "src")
    assert "LG101" in out
    assert {"msgspec", "lg_lint.cache.store", "lg_lint.rules.telling.chains"} <= imported
    few = {"click", "libcst", "packaging", "pathlib", "pkgutil", "tempfile", "tomllib"}
    assert imported & few == set()
