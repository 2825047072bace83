"""The result of a run depends neither on the number of processes nor on what is in the cache."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lg_lint.base import fork
from lg_lint.facts.codec import encode
from lg_lint.facts.extract import extract
from lg_lint.facts.tree import ModuleFacts
from lg_lint.run import parse_pool
from lg_lint.run.check import lint
from lg_lint.settings import Settings

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
FILLER = (
    "def helper_{number}(value):\n    return [value, {{'key': value + {number}}}]\n\n"
    + "# many bytes and nothing to work out\n" * 8
)
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
    assert size > 2 * parse_pool.WORTH_A_PROCESS


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


@pytest.fixture(params=[1, 2, 8])
def started(request: pytest.FixtureRequest) -> Iterator[parse_pool.Workers]:
    made = parse_pool.Workers(request.param)
    yield made
    made.close()


def test_processes_give_the_facts_of_one(started: parse_pool.Workers) -> None:
    texts = {f"{number}.py": FILLER.format(number=number) * (number * 4) for number in range(1, 20)}
    texts["broken.py"] = "def f(:\n"
    started.submit(texts)
    late = {"late.py": "x = 1\n"}
    started.submit(late)
    found = {key: started.take(key) for key in [*late, *texts]}
    assert found == {key: encode(extract(text)) for key, text in {**texts, **late}.items()}


def test_more_text_than_pipes_hold(started: parse_pool.Workers) -> None:
    big = f'x = "{"a" * 3_000_000}"\n'
    for batch in range(3):
        started.submit({f"{batch}.{number}": big for number in range(2)})
    expected = encode(extract(big))
    for batch in range(3):
        assert all(started.take(f"{batch}.{number}") == expected for number in range(2))


def test_a_text_that_kills_its_process_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    def deadly(text: str) -> ModuleFacts:
        if "deadly" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return extract(text)

    monkeypatch.setattr("lg_lint.facts.extract.extract", deadly)
    made = parse_pool.Workers(2)
    texts = {f"{number}.py": f"x = {number}\n" for number in range(20)}
    texts |= {"3.py": "deadly = 1\n", "4.py": "deadly = 2\n", "15.py": "deadly = 3\n"}
    made.submit(texts)
    try:
        for key, text in texts.items():
            if "deadly" in text:
                with pytest.raises(ChildProcessError):
                    made.take(key)
            else:
                assert made.take(key) == encode(extract(text))
    finally:
        made.close()


def test_a_file_that_kills_the_parser_is_refused_and_the_others_are_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "project"
    write_project(root)

    def deadly(text: str) -> ModuleFacts:
        if "/3" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return extract(text)

    monkeypatch.setattr("lg_lint.facts.extract.extract", deadly)
    monkeypatch.setattr(fork, "available", lambda: 2)
    report = lint([root], Settings(), jobs=2)
    refused = [each for each in report.findings if each.code == "LG000"]
    assert [Path(each.place.path).name for each in refused] == ["service_3.py"]
    assert "does not survive" in refused[0].message
    paths = {Path(each.place.path).name for each in report.findings if each.code == "LG101"}
    assert paths == {f"service_{number}.py" for number in range(COUNT) if number != 3}


def test_libcst_is_asked_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Little text is lowered here; what takes libcst, which not every text lets live, is not."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "good.py").write_text(SERVICE.format(number=1), encoding="utf-8")
    only_libcst = "\nmatch app:\n    case {**rest}:\n        pass\n"
    (root / "bad.py").write_text(SERVICE.format(number=2) + only_libcst, encoding="utf-8")

    def deadly(_: str) -> ModuleFacts:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError

    monkeypatch.setattr("lg_lint.facts.from_libcst.extract.extract", deadly)
    monkeypatch.setattr(fork, "available", lambda: 2)
    report = lint([root], Settings(), jobs=2)
    found = {Path(each.place.path).name: each.code for each in report.findings}
    assert found == {"bad.py": "LG000", "good.py": "LG101"}


def test_where_no_process_can_be_had_this_one_does_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "project"
    write_project(root)
    expected = lint([root], Settings(), jobs=1).findings

    def refused() -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "fork", refused)
    monkeypatch.setattr(fork, "available", lambda: 2)
    assert lint([root], Settings(), jobs=2).findings == expected
