"""Work that another process shares: the results are those of one process, whatever happens."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from lg_lint.base import fork as beside
from lg_lint.run import files
from lg_lint.run.check import lint
from lg_lint.run.report import Report
from lg_lint.settings import Settings
from lg_lint.sources.ledger import Ledger
from lg_lint.sources.text import load

USES = "from graph_{number} import graph\n\n\nasync def chat_{number}():\n    graph.invoke({{}})\n"
GRAPH = """\
from langgraph.graph import StateGraph

builder = StateGraph(dict)
builder.add_node("a", print)
graph = builder.compile()
"""
ODD = {
    "not_utf8.py": b"x = '\xff'\n",
    "latin.py": b"# coding: latin-1\nname = '\xe9'  # lg-lint: ignore[LG101]\n",
    "nul.py": b"x = 1\0\n",
    "broken.py": b"def broken(:\n",
    "notebook.ipynb": b'{"cells": [{"cell_type": "code", "source": ["import langgraph"]}]}',
    "empty.py": b"",
}


@pytest.fixture(autouse=True)
def _processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "available", lambda: 2)


def here(items: list[int]) -> list[bool]:
    """Of each item whether this very process does it."""
    mine = os.getpid()
    return beside.map_in_two(lambda _: os.getpid() == mine, items)


def test_another_process_does_every_second_item() -> None:
    assert here([1, 2, 3, 4, 5]) == [True, False, True, False, True]
    assert beside.map_in_two(lambda item: item * item, range(7)) == [0, 1, 4, 9, 16, 25, 36]
    assert beside.map_in_two(lambda item: item, []) == []


def test_more_than_a_pipe_holds_comes_through() -> None:
    texts = beside.map_in_two(lambda item: str(item) * 100_000, range(8))
    assert [len(text) for text in texts] == [100_000] * 8
    assert [text[0] for text in texts] == list("01234567")


def test_with_one_processor_this_process_does_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside, "available", lambda: 1)
    assert here([1, 2, 3]) == [True, True, True]


@pytest.mark.parametrize("missing", ["fork", "pipe"])
def test_where_no_process_can_be_had_this_one_does_all(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    def refused() -> int:
        raise OSError(errno.EAGAIN, "not now")

    open_before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, missing, refused)
    assert here([1, 2, 3]) == [True, True, True]
    assert len(os.listdir("/proc/self/fd")) == open_before


@pytest.mark.parametrize("way", ["killed", "raising", "odd"])
def test_what_a_process_cannot_answer_is_done_here(way: str) -> None:
    mine = os.getpid()

    def compute(item: int) -> object:
        if os.getpid() == mine:
            return item
        if way == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        if way == "raising":
            raise ValueError(item)
        return object()  # not for marshal

    assert beside.map_in_two(compute, [1, 2, 3, 4]) == [1, 2, 3, 4]


def is_running(process: Path) -> bool:
    try:
        return "State:\tZ" not in (process / "status").read_text()
    except OSError:
        return False


def test_a_process_ends_with_the_one_that_began_it(tmp_path: Path) -> None:
    """It has more to say than a pipe holds, and nobody is left to listen."""
    name = tmp_path / "process"
    code = (
        "import os, time\n"
        "from lg_lint.base import fork as beside\n"
        "beside.available = lambda: 2\n"
        "mine = os.getpid()\n"
        "def compute(item):\n"
        "    if os.getpid() == mine:\n"
        f"        while not os.path.islink({str(name)!r}):\n"
        "            time.sleep(0.01)\n"
        "        os.kill(mine, 9)\n"
        f"    os.symlink(str(os.getpid()), {str(name)!r})\n"
        "    return b'x' * (1 << 22)\n"
        "beside.map_in_two(compute, [1, 2])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    other = Path("/proc", name.readlink())
    deadline = time.monotonic() + 30
    while is_running(other):
        assert time.monotonic() < deadline, "it is still there"
        time.sleep(0.05)


def test_an_error_here_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    fork = os.fork

    def noted() -> int:
        begun.append(fork())
        return begun[-1]

    monkeypatch.setattr(os, "fork", noted)
    with pytest.raises(ZeroDivisionError):
        beside.map_in_two(lambda item: 1 // item, [0, 1, 2])
    assert len(begun) == 1
    with pytest.raises(ChildProcessError):
        os.waitpid(begun[0], os.WNOHANG)


def told(report: Report) -> object:
    seen = report.seen
    assert isinstance(seen, Ledger)
    return (
        [str(finding) for finding in report.findings],
        [(problem.path, problem.message) for problem in report.problems],
        (report.files, report.suppressed),
        (sorted(seen.files.items()), sorted(seen.fingerprints.items()), seen.has_changed),
    )


@pytest.mark.parametrize("cached", [False, True])
def test_files_read_by_two_processes_say_what_they_say_to_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cached: bool
) -> None:
    """Odd ones stand where either process meets them."""
    root = tmp_path / "project"
    root.mkdir()
    for number in range(500):
        text = GRAPH if number % 50 < 2 else "import json\n"
        (root / f"graph_{number}.py").write_text(text, encoding="utf-8")
        if number % 50 < 2:
            (root / f"use_{number}.py").write_text(USES.format(number=number), encoding="utf-8")
    for name, data in ODD.items():
        for copy in "ab":
            (root / f"{copy}_{name}").write_bytes(data)

    def guarded(path: str, max_size: int) -> tuple[bytes, os.stat_result]:
        if path.endswith("7.py"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return load(path, max_size)

    monkeypatch.setattr(files, "load", guarded)
    shared: list[int] = []
    spread = beside.map_in_two

    def noting(compute: Callable[[str], object], items: Sequence[str]) -> list[object]:
        shared.append(len(items))
        return spread(compute, items)

    monkeypatch.setattr(beside, "map_in_two", noting)
    alone, both = (
        lint(
            [root], Settings(), cache=str(tmp_path / f"cache{jobs}") if cached else None, jobs=jobs
        )
        for jobs in (1, 2)
    )
    assert len(shared) == 2, "by the second run alone: to read, and for import statements"
    assert min(shared) > 400
    assert told(both) == told(alone)
    assert {"LG101", "LG000"} <= {finding.code for finding in both.findings}
    assert len(both.problems) == 50
