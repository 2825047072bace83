"""`--stdin-filename`: a text that no file holds yet, in its place in the project."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from workspace import APP, BAD_ROUTE, GOOD_ROUTE, IMPORT, Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.make(tmp_path / "repository")


def found(workspace: Workspace, name: str, text: str | bytes, *options: str) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    arguments = ("check", "--output-format", "concise", "-q", "--stdin-filename", name, *options)
    done = workspace.lint(*arguments, stdin=data)
    assert done.stderr == ""
    return [" ".join(line.split()[:2]) for line in done.stdout.splitlines()]


def test_the_text_counts_and_the_file_does_not(workspace: Workspace) -> None:
    """The cause lies in a file that stdin does not hold."""
    mended = (IMPORT + APP).replace("async def", "def")
    assert found(workspace, "app.py", mended) == []
    assert found(workspace, "app.py", mended + BAD_ROUTE) == ["app.py:15:12: LG101"]
    assert found(workspace, "app.py", mended + GOOD_ROUTE, "-") == []
    assert found(workspace, "service.py", workspace.read("service.py")) == []


@pytest.mark.parametrize("name", ["other.py", "new/folder/routes.py"])
def test_a_file_that_is_not_there_yet(workspace: Workspace, name: str) -> None:
    assert found(workspace, name, IMPORT + APP) == [f"{name}:10:12: LG101"]
    assert not (workspace.folder / name).exists()


def test_settings_hold_as_for_the_file(workspace: Workspace) -> None:
    workspace.write(
        "lg-lint.toml",
        'extend-exclude = ["legacy"]\n[per-file-ignores]\n"scripts/**" = ["LG101"]\n',
    )
    for name in ("legacy/app.py", "scripts/app.py", "tests/test_app.py"):
        assert found(workspace, name, IMPORT + APP) == []
    assert found(workspace, "app/legacy.py", IMPORT + APP) == ["app/legacy.py:10:12: LG101"]


def test_a_notebook(workspace: Workspace) -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": "x = (\n"}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    (broken,) = found(workspace, "notes.ipynb", notebook)
    assert broken.startswith("notes.ipynb:cell 1:")


@pytest.mark.parametrize("text", [b"def old(:\n", b"\xff\xfe", b"x = '\xe9'\n", b"\0"])
def test_a_text_that_is_not_python(workspace: Workspace, text: bytes) -> None:
    (broken,) = found(workspace, "app.py", text)
    assert broken.startswith("app.py:1:")
    assert broken.endswith("LG000")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-"], "name the file that stdin holds"),
        (["--stdin-filename", "app.py", "service.py"], "no room for other paths"),
        (["--stdin-filename", "app.py", "--fix"], "never written to"),
        (["--stdin-filename", "app.py", "--add-ignore"], "never written to"),
    ],
)
def test_contradictions(workspace: Workspace, arguments: list[str], said: str) -> None:
    before = workspace.read("app.py")
    done = workspace.lint("check", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert workspace.read("app.py") == before


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "options", "delay", "shown"),
    [
        (Terminal(), [], 0.0, True),
        (io.StringIO(), [], 0.0, False),
        (Terminal(), ["--quiet"], 0.0, False),
        (Terminal(), [], 3600.0, False),
    ],
)
def test_progress_is_for_long_runs_on_terminals(
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    stream: io.StringIO,
    options: list[str],
    delay: float,
    shown: bool,
) -> None:
    from lg_lint.cli import run

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("lg_lint.cli.progress.DELAY", delay)
    monkeypatch.setattr("lg_lint.cli.progress.PAUSE", 0.0)
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.chdir(workspace.folder)
    assert run(["check", *options]) == 1
    said = stream.getvalue()
    if shown:
        assert "\r\x1b[Klg-lint: reading, 3 files\r\x1b[K" in said
        assert said.endswith("\r\x1b[K")
    else:
        assert said == ""
