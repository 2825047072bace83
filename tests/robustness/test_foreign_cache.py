"""A cache that somebody else has made, as one that a repository holds, is never believed."""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
from _imp import source_hash
from pathlib import Path

import pytest

APP = """\
from fastapi import FastAPI
from langgraph.graph import StateGraph

app = FastAPI()
graph = StateGraph(dict).add_node("a", lambda state: state).compile()


@app.get("/")
async def chat():
    return graph.invoke({})
"""
HEAD = len(b"lg-lint cache\n") + 16


class Machine:
    """A user with a home of their own, and a project that holds a cache."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.project = folder / "project"
        self.cache = self.project / "cache"
        self.home.mkdir()
        for name in ("facts", "runs"):
            (self.cache / name).mkdir(parents=True)
        (self.project / "pyproject.toml").write_text("")
        (self.project / "app.py").write_text(APP)
        os.utime(self.project / "app.py", ns=(10**18, 10**18))
        self.environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
            "HOME": str(self.home),
            "LG_LINT_CACHE_DIR": str(self.cache),
        }

    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lg_lint", "--isolated"],
            cwd=self.project,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def secret(self) -> Path:
        return self.home / ".cache" / "lg-lint" / "secret"

    def record(self) -> Path:
        (found,) = (self.cache / "runs").iterdir()
        return found


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def forge(record: Path) -> None:
    """Make a record say that all is well, with whatever seal an outsider can make."""
    data = record.read_bytes()
    size, parts = marshal.loads(data[HEAD:])
    assert size
    output = b"All clear.\n"
    content = marshal.dumps((len(output), (*parts[:-1], 0))) + output
    record.write_bytes(data[: HEAD - 8] + source_hash(0, content) + content)


def test_a_forged_record_is_not_believed(machine: Machine) -> None:
    assert machine.run().returncode == machine.run().returncode == 1
    forge(machine.record())
    done = machine.run()
    assert done.returncode == 1
    assert "LG101" in done.stdout


def test_a_run_from_the_cache_says_the_same(machine: Machine) -> None:
    first, second = machine.run(), machine.run()
    assert first.stdout == second.stdout
    assert first.returncode == second.returncode == 1


def test_the_secret_is_the_users_alone(machine: Machine) -> None:
    machine.run()
    assert machine.secret.stat().st_mode & 0o777 == 0o600
    before = machine.secret.read_bytes()
    machine.run()
    assert machine.secret.read_bytes() == before
    assert len(before) == 32


@pytest.mark.parametrize("way", ["readable by others", "of a repository", "empty", "gone"])
def test_another_secret_makes_the_records_foreign(
    machine: Machine, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lg_lint import read_sealed

    machine.run()
    record = machine.record()
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)
    version = record.read_bytes()[HEAD - 16 : HEAD - 8]
    assert read_sealed(str(record), version) is not None
    if way == "readable by others":
        machine.secret.chmod(0o644)
    elif way == "of a repository":
        (machine.home / ".cache" / ".git").mkdir()
    elif way == "empty":
        machine.secret.write_bytes(b"")
    else:
        machine.secret.unlink()
    assert read_sealed(str(record), version) is None


def test_no_foreign_record_is_taken_apart(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lg_lint.cache.scans import Scans
    from lg_lint.cache.store import Store

    machine.run()
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)
    machine.secret.write_bytes(os.urandom(32))

    def load(_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(marshal, "loads", load)
    assert Scans(str(machine.cache), str(machine.project)).is_empty
    assert not Store(str(machine.cache), str(machine.project)).keys


def test_a_secret_in_a_variable_outlasts_the_home(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lg_lint import read_sealed

    said = "a long random text, masked"
    assert machine.run(LG_LINT_CACHE_SECRET=said).returncode == 1
    assert not machine.secret.exists()
    data = machine.record().read_bytes()
    assert said.encode() not in data
    for value, is_known in ((said, True), (f"{said} or not", False), ("", False)):
        monkeypatch.setenv("HOME", str(machine.home))
        monkeypatch.setenv("LG_LINT_CACHE_SECRET", value)
        found = read_sealed(str(machine.record()), data[HEAD - 16 : HEAD - 8])
        assert (found is not None) == is_known


def test_a_user_without_a_place_for_a_secret_has_no_cache(machine: Machine) -> None:
    (machine.home / ".cache").write_text("")
    assert machine.run().returncode == 1
    assert not (machine.cache / "runs").exists() or not list((machine.cache / "runs").iterdir())
