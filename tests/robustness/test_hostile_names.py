"""Names in a project that a terminal or a CI service would obey, through every door of output."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from lg_lint.cli import run

COMMAND = "::warning::pwned"
NAMES = (COMMAND, "##[error]pwned", "a\n::error::pwned", "\x1b[31mred", "\u202etxt", "\x9b2J")
APP = """\
import time
from fastapi import FastAPI
from langgraph.graph import END, START, StateGraph

'''
::warning::pwned
'''


def work(state):
    return {{"a": 1}}


builder = StateGraph(dict)
builder.add_node({0!r}, work)
builder.add_node({1!r}, work)
builder.add_edge(START, {0!r})
builder.add_edge({0!r}, {1!r})
builder.add_edge({1!r}, END)
builder.add_edge({1!r}, {2!r})
graph = builder.compile()
app = FastAPI()


@app.get("/")
async def chat():
    return graph.invoke({{}})  # lg-lint: ignore[{3}]
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in NAMES:
        nodes = [repr(each)[1:-1] for each in NAMES]
        text = APP.format(f"{COMMAND} node", nodes[2], nodes[3], COMMAND)
        (folder / f"{name}.py").write_text(text)
    (folder / f"{COMMAND} broken.py").write_text("import langgraph\nx = = 1\n")
    (folder / "link.py").symlink_to(f"{COMMAND} gone")
    settings = f'exclude = ["{COMMAND}x", "\\u001b[31m", "\\u202e/x"]\n'
    (folder / "lg-lint.toml").write_text(settings)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("LG_LINT_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("LG_LINT_OUTPUT_FORMAT", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    return folder


COMMANDS = [
    *(["--output-format", each] for each in ("full", "concise", "grouped", "agent", "json")),
    *(["--output-format", each] for each in ("json-lines", "sarif", "junit", "gitlab", "rdjson")),
    ["--statistics"],
    ["--show-files"],
    ["--show-settings"],
    ["--show-unresolved"],
    ["-v"],
    ["--diff", "--unsafe-fixes"],
    ["--fix", "--show-fixes", "--unsafe-fixes"],
    ["--add-ignore", COMMAND],
    *(["graph", "--format", each] for each in ("text", "mermaid", "dot", "json")),
    ["baseline", "create", "--file", COMMAND],
    ["baseline", "check", "--file", COMMAND],
    ["baseline", "prune", "--file", "\x1b[31m"],
    ["rule", COMMAND],
    ["rule", "\x1b[31m"],
    ["config", f"a\n{COMMAND}"],
    ["--select", f"\n{COMMAND}"],
    ["--config", f"\n{COMMAND} = 1"],
    ["--config", "select = ['\\u001b[31m']"],
    ["--config", f'"{COMMAND}" = 1'],
    ["--diff-base", f"\n{COMMAND}"],
    ["--baseline", f"\n{COMMAND}"],
    ["--output-file", f"\x1b[31m/{COMMAND}"],
    ["--stdin-filename", f"\n{COMMAND}", "other"],
    [f"{COMMAND}-no-such-file"],
    [f"\n{COMMAND}", "\x1b[31m"],
    [f"--{COMMAND}"],
    ["clean", "--cache-dir", f"\n{COMMAND}"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=map(ascii, COMMANDS))
def test_nothing_that_is_obeyed_comes_out(
    arguments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    run(arguments)
    shown = capfd.readouterr()
    for text in (shown.out, shown.err):
        assert all(char == "\n" or char.isprintable() for char in text), ascii(text)
        obeyed = [line for line in text.split("\n") if line.lstrip().startswith("::")]
        assert not obeyed
        assert "##[" not in text or arguments[-1] in ("json", "json-lines", "sarif", "rdjson")


def test_a_traceback_is_made_visible(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(f"\x1b[31m\n{COMMAND}")

    monkeypatch.setattr("lg_lint.run.check.lint", fail)
    assert run(["-v", "--no-cache"]) == 2
    shown = capfd.readouterr().err
    assert "Traceback" in shown
    assert "\x1b" not in shown
    assert not [line for line in shown.split("\n") if line.lstrip().startswith("::")]


def test_what_git_says_is_made_visible(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    run(["--diff-base", COMMAND])
    assert not [line for line in capfd.readouterr().err.split("\n") if line.startswith("::")]
