"""Hostile files in one project: each is refused in one line, and all else is checked as ever."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

_MEMORY = 512_000_000
_SECONDS = 10
GOOD = """\
from fastapi import FastAPI
from langgraph.graph import StateGraph

app = FastAPI()
graph = StateGraph(dict).add_node("a", lambda state: state).compile()


@app.get("/")
async def chat():
    return graph.invoke({})
"""
SEED = "import langgraph\n"
DEEP = "nested too deeply"
LARGE = "larger than max-file-size"
REFUSED = {
    "attributes": ("x = a" + ".b" * 20_000, DEEP),
    "with_config": ("x = g" + ".with_config({})" * 4_000, DEEP),
    "items": ("x = a" + "[0]" * 20_000, DEEP),
    "terms": ("x = " + " + ".join(["a"] * 200_000), DEEP),
    "parentheses": ("x = " + "(" * 100_000 + "1" + ")" * 100_000, DEEP),
    "lambdas": ("x = " + "lambda: " * 20_000 + "1", DEEP),
    "powers": ("x = " + "**".join(["a"] * 20_000), DEEP),
    "branches": ("if x: pass\n" + "elif x: pass\n" * 20_000, DEEP),
    "blocks": (
        "".join(" " * at + "if x:\n" for at in range(300)) + " " * 300 + "pass",
        "indentation",
    ),
    "mistake": ("x = a" + ".b" * 20_000 + "\ny = = 1", DEEP),
    "parts": ("x = f'" + "{a}" * 100_000 + "'", "too many parts"),
    "line": ("x = '" + "a" * 10_000_000 + "'", LARGE),
    "size": ("x = 'aaaaaaaaaa'\n" * 2_000_000, LARGE),
    "quotes": ("'\\" * 300_000 + "  # lg-lint: ignore[LG101]", "unterminated"),
}
CODECS = ("punycode", "idna", "utf-7", "unicode_escape")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "good.py").write_text(GOOD)
    return folder


def check(folder: Path) -> tuple[dict[str, list[dict[str, str]]], str]:
    """The findings by file, and what was said beside them."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (3 * _SECONDS, 3 * _SECONDS))

    command = [sys.executable, "-m", "lg_lint", "--isolated", "--no-cache"]
    output, errors = folder.with_suffix(".json"), folder.with_suffix(".txt")
    with output.open("w") as to, errors.open("w") as beside:
        process = subprocess.Popen(
            [*command, "--output-format", "json"],
            cwd=folder,
            stdout=to,
            stderr=beside,
            preexec_fn=limit,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 2, errors.read_text()
    assert usage.ru_maxrss * 1024 < _MEMORY
    found: dict[str, list[dict[str, str]]] = {}
    for row in json.loads(output.read_text()):
        found.setdefault(row["filename"], []).append(row)
    assert [row["code"] for row in found.pop("good.py")] == ["LG101"]
    return found, errors.read_text()


def test_files_that_no_parser_bears(folder: Path) -> None:
    for name, (text, _) in REFUSED.items():
        (folder / f"{name}.py").write_text(f"{SEED}{text}\n")
    for name in CODECS:
        text = f"# -*- coding: {name} -*-\n{SEED}" + "x" * 1_500_000
        (folder / f"{name.replace('-', '_')}_codec.py").write_text(text)
    found, _ = check(folder)
    for name, (_, message) in REFUSED.items():
        (row,) = found[f"{name}.py"]
        assert (row["code"], message in row["message"]) == ("LG000", True), row
    for name in CODECS:
        (row,) = found[f"{name.replace('-', '_')}_codec.py"]
        assert "not an encoding of text" in row["message"]


def test_files_that_have_no_end(folder: Path) -> None:
    for name in ("ignored", "piped", "linked"):
        (folder / name).mkdir()
    (folder / "ignored" / ".gitignore").symlink_to("/dev/zero")
    os.mkfifo(folder / "piped" / ".gitignore")
    for name in ("requirements.txt", "uv.lock", "langgraph.json", "docker-compose.yml"):
        os.mkfifo(folder / "piped" / name)
        (folder / "linked" / name).symlink_to("/dev/zero")
    for name in ("piped", "linked"):
        (folder / name / "app.py").write_text(GOOD.replace("{}", "{}, {}"))
    (folder / "nginx.conf").write_text("location / { proxy_pass http://a; }\n" * 1_350_000)
    _, told = check(folder)
    assert told.count("not a regular file") >= 2
    assert told.count("nginx.conf: larger than 524,288 bytes") == 1
