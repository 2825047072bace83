"""A killed `--fix` leaves each file as it was or fixed, never a mixture."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lg_lint.cli.fixing import write_fixed
from lg_lint.fixes.applying import Applied, apply
from lg_lint.run.check import lint
from lg_lint.settings import Settings

FILES = 12
KILLS = 60
LONGEST = 0.05
"""Seconds that a writer lives at most: enough for all of the files."""

# Long enough that no file is written at one go.
PADDING = '"""' + "padding of the file, row by row\n" * 4_000 + '"""\n'
GRAPH = """\
from langgraph.graph import END, START, StateGraph

builder = StateGraph(dict)
builder.add_node("work", lambda state: state)
builder.add_edge(START, "work")
builder.add_edge("work", END)
graph = builder.compile()
"""
ROUTE = """\
from fastapi import APIRouter

from graphs import graph

router = APIRouter()


@router.get("/")
async def route(q: str):
    return graph.invoke({"q": q})
"""
FIXED = ROUTE.replace("graph.invoke", "await graph.ainvoke")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LG_LINT_CACHE_DIR", str(tmp_path / ".cache"))
    Path("graphs.py").write_text(GRAPH)
    paths = [Path(f"route_{number:02}.py") for number in range(FILES)]
    for path in paths:
        path.write_text(PADDING + ROUTE)
    return paths


def states(files: list[Path]) -> set[str]:
    """Which of the two forms the files have; anything else is shown by its end."""
    names = {PADDING + ROUTE: "old", PADDING + FIXED: "new"}
    texts = [path.read_text() for path in files]
    return {names.get(text, f"{len(text)} characters, {text[-60:]!r}") for text in texts}


def test_killed_while_writing(files: list[Path]) -> None:
    """The writing alone, again and again, to and fro, in a process that is killed at some point."""
    settings = Settings()
    mended = apply(
        lint([Path()], settings), lambda texts: lint([Path()], settings, texts), unsafe=False
    )
    assert set(mended.after) == {path.name for path in files}
    back = Applied(mended.report, before=mended.after, after=mended.before)
    chance = random.Random(0)
    seen: set[str] = set()
    for _ in range(KILLS):
        writer = os.fork()
        if not writer:
            _write_until_killed(mended, back)
        time.sleep(chance.uniform(0, LONGEST))
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        seen |= states(files)
    assert seen == {"old", "new"}
    left = {path.suffix for path in Path().iterdir() if path.is_file()}
    assert left <= {".py", ".tmp"}


def _write_until_killed(mended: Applied, back: Applied) -> None:
    try:
        while True:
            write_fixed(mended)
            write_fixed(back)
    finally:
        os._exit(1)


def test_killed_command_can_be_run_again(files: list[Path]) -> None:
    command = [sys.executable, "-m", "lg_lint", "--fix", "-q"]
    chance = random.Random(1)
    for _ in range(4):
        process = subprocess.Popen(command)
        time.sleep(chance.uniform(0, 3))
        process.kill()
        process.wait()
        assert states(files) <= {"old", "new"}
    assert subprocess.run(command, check=False).returncode == 0
    assert states(files) == {"new"}
