"""Bad input: one clear message with the place, and the other files are linted all the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = """
from fastapi import FastAPI
from langgraph.graph import StateGraph

app = FastAPI()
graph = StateGraph(dict).add_node("a", lambda state: state).compile()


@app.get("/")
async def chat():
    return graph.invoke({})
"""


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lg_lint", "check", "--isolated", "--no-cache", *args]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def findings(folder: Path, *args: str) -> tuple[int, set[tuple[str, str, int]]]:
    done = run(folder, "--output-format", "json", *args)
    assert "Traceback" not in done.stderr, done.stderr
    rows = json.loads(done.stdout)
    return done.returncode, {(row["filename"], row["code"], row["location"]["row"]) for row in rows}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "good.py").write_text(GOOD)
    return tmp_path


def notebook(*cells: str) -> str:
    listed = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


BROKEN = {
    "syntax error": ("bad.py", b"x = 1\ndef f(:\n", 2),
    "undecodable bytes": ("bad.py", b"x = 1\ny = '\xff\xfe'\n", 2),
    "NUL byte": ("bad.py", b"x = 1\n\x00y = 2\n", 2),
    "unknown encoding": ("bad.py", b"# -*- coding: klingon -*-\nx = 1\n", 1),
    "nested parentheses": ("bad.py", b"x = " + b"(" * 1000 + b"1" + b")" * 1000 + b"\n", 1),
    "broken notebook": ("bad.ipynb", b'{"cells": [', 1),
    "notebook that is a list": ("bad.ipynb", b"[1, 2]", 1),
    "generated file of 5 MB": ("bad.py", b"import langgraph\n" + b"x = [1, 2, 3]\n" * 380_000, 1),
}


@pytest.mark.parametrize(("name", "content", "row"), BROKEN.values(), ids=BROKEN)
def test_unreadable_file_is_told_with_its_place(
    folder: Path, name: str, content: bytes, row: int
) -> None:
    (folder / name).write_bytes(content)
    code, found = findings(folder, ".")
    assert code == 2
    assert {item for item in found if item[0] == name} == {(name, "LG000", row)}
    assert ("good.py", "LG101", 11) in found


HARMLESS = {
    "empty file": ("empty.py", b""),
    "byte order mark": ("bom.py", b"\xef\xbb\xbfx = 1\n"),
    "latin-1 with a cookie": ("latin.py", b"# coding: latin-1\nx = '\xe9'\n"),
    "form feeds and tabs": ("old.py", b"\x0cif 1:\n\tx = 1\r\n"),
    "syntax newer than the interpreter": (
        "new.py",
        b"type X = int\ndef f[T](x: T) -> T: return x\n",
    ),
    "empty notebook": ("empty.ipynb", notebook().encode()),
    "notebook with magics": ("magic.ipynb", notebook("%matplotlib inline\n!ls\nx = 1").encode()),
}


@pytest.mark.parametrize(("name", "content"), HARMLESS.values(), ids=HARMLESS)
def test_odd_file_is_no_trouble(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    code, found = findings(folder, ".")
    assert code == 1
    assert {item[0] for item in found} == {"good.py"}


def test_path_that_does_not_exist(folder: Path) -> None:
    done = run(folder, "good.py", "nowhere/")
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "no such file or folder" in done.stderr
    assert "LG101" in done.stdout


def test_file_that_cannot_be_opened(folder: Path) -> None:
    os.symlink(folder / "gone.py", folder / "dangling.py")
    (folder / "folder.py").mkdir()
    code, found = findings(folder, ".")
    assert ("good.py", "LG101", 11) in found
    assert code in (1, 2)


def test_symlink_loop_ends(folder: Path) -> None:
    (folder / "sub").mkdir()
    os.symlink(folder, folder / "sub" / "up")
    os.symlink(folder / "sub" / "self", folder / "sub" / "self")
    os.symlink(folder / "itself.py", folder / "itself.py")
    code, found = findings(folder, ".")
    assert code == 1
    assert found == {("good.py", "LG101", 11)}


SETTINGS = {
    "not TOML": ("[tool.lg-lint\n", "pyproject.toml"),
    "unknown key": ("[tool.lg-lint]\nselct = ['LG101']\n", "select"),
    "unknown code": ("[tool.lg-lint]\nselect = ['LG999']\n", "LG9"),
    "wrong type": ("[tool.lg-lint]\nexclude = 3\n", "exclude"),
    "unknown severity": ("[tool.lg-lint.severity]\nLG101 = 'fatal'\n", "severity"),
}


@pytest.mark.parametrize(("text", "word"), SETTINGS.values(), ids=SETTINGS)
def test_broken_settings_are_told_in_one_message(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    (tmp_path / "good.py").write_text(GOOD)
    command = [sys.executable, "-m", "lg_lint", "check", "--no-cache", "."]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert word in done.stderr
    assert "pyproject.toml" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_long_chain_of_operators_does_not_crash(folder: Path) -> None:
    (folder / "chain.py").write_text("import langgraph\nx = " + " + ".join(["a"] * 1500) + "\n")
    code, found = findings(folder, ".")
    assert code == 1
    assert {item[0] for item in found} == {"good.py"}
