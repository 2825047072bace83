"""Nothing goes unchecked in silence: what a command line means, and where its output goes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lg_lint.cli import run

Captured = pytest.CaptureFixture[str]

ROUTE = """\
from fastapi import FastAPI
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import create_react_agent

agent = create_react_agent(ChatOpenAI(), [])
app = FastAPI()


@app.get("/chat")
async def chat(question: str) -> dict:
    return agent.invoke({"messages": question})
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to be checked, with a cache of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LG_LINT_CACHE_DIR", str(tmp_path / "cache"))
    return folder


def write(folder: Path, name: str, text: str = ROUTE) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(capsys: Captured, *arguments: str) -> list[str]:
    """The findings of a run, as `path:row CODE`."""
    assert run(["--output-format", "concise", "--quiet", *arguments]) in (0, 1)
    lines = capsys.readouterr().out.splitlines()
    return [
        line.rpartition(": LG")[0].rpartition(":")[0] + " LG" + line.rpartition(": LG")[2][:3]
        for line in lines
    ]


# --- words that are nearly right -----------------------------------------------------------


@pytest.mark.parametrize(("word", "near"), [("chek", "check"), ("rules", "rule")])
def test_a_word_that_is_nearly_a_command(
    word: str, near: str, project: Path, capsys: Captured
) -> None:
    write(project, "app.py")
    assert run([word]) == 2
    assert f'no command and no path "{word}"; did you mean "{near}"?' in capsys.readouterr().err
    write(project, f"{word}/app.py")
    assert run([word]) == 1


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("LG110", "LG101"),
        ("lg1001", "LG101"),
        ("LG1O1", "LG101"),
        ("L202", "LG202"),
        ("303", "LG303"),
        ("LG60", "LG601"),
        ("sync_graph_call_on_loop", "sync-graph-call-on-loop"),
        ("blocking-sleep", "blocking-sleep-in-node"),
    ],
)
def test_a_word_that_is_nearly_a_rule(word: str, near: str, capsys: Captured) -> None:
    assert run(["rule", word]) == 2
    assert f'did you mean "{near}"?' in capsys.readouterr().err


@pytest.mark.parametrize("word", ["E501", "zzz"])
def test_a_word_that_is_no_rule_at_all(word: str, capsys: Captured) -> None:
    assert run(["check", "--select", word]) == 2
    assert f'no rule "{word}"; see lg-lint rule --all' in capsys.readouterr().err


# --- where output goes ---------------------------------------------------------------------


def lg_lint(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A run through a shell, with `lg-lint` for the command."""
    return subprocess.run(
        command.replace("lg-lint", f'"{sys.executable}" -m lg_lint'),
        shell=True,
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "LG_LINT_CACHE_DIR": str(folder.parent / "cache")},
        timeout=60,
        check=False,
    )


needs_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no device that is full")


@needs_full
def test_a_full_disk_is_told_in_one_line_also_by_a_run_that_is_written_again(
    project: Path,
) -> None:
    write(project, "app.py")
    os.utime(project / "app.py", (1, 1))
    for _ in range(2):
        assert lg_lint("lg-lint", project).returncode == 1
        done = lg_lint("lg-lint > /dev/full", project)
        assert done.returncode == 2
        assert done.stderr == "lg-lint: stdout cannot be written to: No space left on device\n"
        os.utime(project, (1, 1))


@needs_full
@pytest.mark.parametrize("command", ["lg-lint --help", "lg-lint version", "lg-lint rule --all"])
def test_a_full_disk_is_no_defect_of_other_commands(command: str, project: Path) -> None:
    done = lg_lint(f"{command} > /dev/full", project)
    assert done.returncode == 2
    assert done.stderr == "lg-lint: stdout cannot be written to: No space left on device\n"


@needs_full
def test_a_stderr_that_is_full_too_is_survived(project: Path) -> None:
    assert lg_lint("lg-lint missing.py > /dev/full 2> /dev/full", project).returncode == 2


def test_a_closed_stdout_is_told_in_one_line(project: Path) -> None:
    write(project, "app.py")
    done = lg_lint("lg-lint >&-", project)
    assert (done.returncode, done.stderr) == (2, "lg-lint: stdout is closed\n")


def test_nothing_of_a_closed_stderr_goes_to_stdout(project: Path) -> None:
    write(project, "app.py")
    done = lg_lint("lg-lint --output-format json app.py missing.py 2>&-", project)
    assert done.returncode == 2
    assert done.stdout.startswith("[")


# --- names with blanks ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["my app.py", "pages/1_📊 Chat page.py", "a b/c d.py"])
def test_a_file_that_no_import_can_name_is_a_program(
    name: str, project: Path, capsys: Captured
) -> None:
    write(project, name)
    for arguments in ((), (name,), ("--no-cache",)):
        assert found(capsys, *arguments) == [f"{name}:11 LG101"]
