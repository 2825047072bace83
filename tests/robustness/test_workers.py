"""The result of a run depends neither on the number of processes nor on what is in the cache."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lg_lint import workers
from lg_lint.facts.codec import encode
from lg_lint.facts.extract import extract

SERVICE = """\
from fastapi import FastAPI
from langgraph.graph import StateGraph

app = FastAPI()


def build_{number}():
    builder = StateGraph(dict)
    builder.add_node("a", print)
    return builder.compile()


@app.get("/{number}")
async def chat_{number}() -> dict:
    return build_{number}().invoke({{}})

"""
FILLER = "def helper_{number}(value):\n    return [value, {{'key': value + {number}}}]\n\n"
COUNT = 12


def write_project(root: Path) -> None:
    """More than two processes find worth sharing, in files of different sizes."""
    root.mkdir()
    (root / "pyproject.toml").touch()
    for number in range(COUNT):
        filler = "".join(FILLER.format(number=index) for index in range(60 * number))
        text = SERVICE.format(number=number) + filler
        (root / f"service_{number}.py").write_text(text, encoding="utf-8")
    size = sum(path.stat().st_size for path in root.glob("*.py"))
    assert size > 2 * workers.WORTH_A_PROCESS


def run(root: Path, *arguments: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "lg_lint", "check", "--output-format", "concise", *arguments, "."],
        cwd=root,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    return done.stdout


def test_one_result_however_it_is_come_by(tmp_path: Path) -> None:
    root, cache = tmp_path / "project", f"--cache-dir={tmp_path / 'cache'}"
    write_project(root)
    cold = run(root, "--no-cache", "-j1")
    assert cold.count(b"LG101") >= COUNT
    assert run(root, "--no-cache", "-j2") == cold
    assert run(root, "--no-cache", "-j4") == cold
    assert run(root, cache, "-j4") == cold, "filling the cache"
    assert run(root, cache, "-j4") == cold, "nothing has changed"
    assert run(root, cache, "-j1") == cold, "facts from the cache"
    changed = root / "service_3.py"
    text = changed.read_text(encoding="utf-8")
    changed.write_text("# a comment\n" + text, encoding="utf-8")
    moved = run(root, "--no-cache", "-j1")
    assert moved != cold
    assert run(root, cache, "-j2") == moved
    changed.write_text(text, encoding="utf-8")
    assert run(root, cache, "-j2") == cold


@pytest.mark.parametrize("jobs", [2, 3, 8])
def test_processes_give_the_facts_of_one(jobs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "available", lambda: 2)
    texts = {
        f"{number}.py": FILLER.format(number=number) * (number * 40) for number in range(1, 30)
    }
    texts["broken.py"] = "def f(:\n"
    expected = {key: encode(extract(text)) for key, text in texts.items()}
    assert workers.encoded_facts(texts, jobs) == expected


def test_little_text_is_left_to_one_process() -> None:
    assert workers.encoded_facts({"a.py": "a = 1\n"}, 4) == {}
