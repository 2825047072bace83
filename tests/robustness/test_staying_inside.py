"""What is written stays in the project, wherever the symbolic links in it lead."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lg_lint.base import atomic
from lg_lint.cli import run

APP = """\
from fastapi import FastAPI
from langgraph.graph import StateGraph

app = FastAPI()
graph = StateGraph(dict).add_node("a", lambda state: state).compile()


@app.get("/")
async def chat():
    return graph.invoke({})
"""
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder beside the project, to which links in the project lead."""
    project, other = tmp_path / "project", tmp_path / "elsewhere"
    project.mkdir()
    other.mkdir()
    (project / "pyproject.toml").write_text("")
    (other / "app.py").write_text(APP)
    (project / "linked").symlink_to(other)
    (project / "report.txt").symlink_to(other / "report.txt")
    monkeypatch.chdir(project)
    monkeypatch.setenv("LG_LINT_CACHE_DIR", str(tmp_path / "cache"))
    return other


WRITING = {
    "--fix": ["--fix", "."],
    "--fix of a named file": ["--fix", "linked/app.py", "own.py"],
    "--add-ignore": ["--add-ignore", "for now", "."],
}


@pytest.mark.parametrize("arguments", WRITING.values(), ids=WRITING)
def test_no_file_outside_of_the_project_is_changed(
    elsewhere: Path, capsys: Captured, arguments: list[str]
) -> None:
    Path("own.py").write_text(APP)
    status = run(arguments)
    told = capsys.readouterr().err
    if (elsewhere / "app.py").read_text() != APP:  # named, so that it belongs to what is checked
        assert arguments[1] == "linked/app.py"
        return
    assert status == 2
    assert told.count("it lies outside of the project") == 1
    assert Path("own.py").read_text() != APP


OUTPUTS = {
    "report": ["--output-file", "report.txt", "."],
    "report in a folder": ["--output-file", "linked/new.txt", "."],
    "drawing": ["graph", "--output-file", "linked/new.txt", "."],
    "baseline": ["baseline", "create", "--file", "linked/base.json"],
    "settings": ["check", "--show-settings", "--output-file", "report.txt"],
    "files": ["check", "--show-files", "--output-file", "report.txt"],
}


@pytest.mark.parametrize("arguments", OUTPUTS.values(), ids=OUTPUTS)
def test_no_output_goes_through_a_link_out_of_the_folder(
    elsewhere: Path, capsys: Captured, arguments: list[str]
) -> None:
    assert run(arguments) == 2
    assert "leads out of this folder" in capsys.readouterr().err
    assert [each.name for each in elsewhere.iterdir()] == ["app.py"]


@pytest.mark.skipif(not os.path.exists("/dev/stdout"), reason="no such file here")
def test_what_is_named_elsewhere_is_meant(tmp_path: Path) -> None:
    assert run(["--output-file", "/dev/null", "linked"]) == 1
    assert run(["--output-file", str(tmp_path / "elsewhere" / "here.txt"), "linked"]) == 1
    assert "LG101" in (tmp_path / "elsewhere" / "here.txt").read_text()


def test_a_link_that_changes_meanwhile_is_not_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "one")

    def turn(_: int) -> None:
        link.unlink()
        link.symlink_to(tmp_path / "two")

    monkeypatch.setattr(os, "fsync", turn)
    with pytest.raises(OSError, match="changed meanwhile"):
        atomic.write(link / "file", b"data")
    assert not list((tmp_path / "one").iterdir())
    assert not list((tmp_path / "two").iterdir())
