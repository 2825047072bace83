"""The scripts that make a machine ready for the tests."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PROJECT = Path(__file__).parents[2]
SCRIPTS = PROJECT / "scripts"


class Machine:
    """A machine that has some programs; each notes how it is called."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.script: dict[str, Any] = runpy.run_path(str(SCRIPTS / "nginx.py"))
        monkeypatch.setitem(self.script["main"].__globals__, "PLACES", ())
        monkeypatch.setenv("PATH", str(folder))

    def has(self, name: str, status: int = 0) -> None:
        program = self.folder / name
        program.write_text(f'#!/bin/sh\necho "{name} $*" >> {self.calls}\nexit {status}\n')
        program.chmod(0o755)

    def run(self) -> tuple[int, str]:
        status = self.script["main"]()
        return status, self.calls.read_text() if self.calls.exists() else ""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    return Machine(tmp_path, monkeypatch)


def test_nginx_that_is_there_is_enough(machine: Machine) -> None:
    machine.has("nginx")
    machine.has("apt-get")
    assert machine.run() == (0, "")


def test_apt_installs_it(machine: Machine) -> None:
    machine.has("apt-get")
    status, calls = machine.run()
    assert status == 0
    assert [line.split()[4] for line in calls.splitlines()] == ["update", "install"]
    assert calls.endswith(" nginx-light\n")


def test_apt_is_asked_as_root(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    machine.has("apt-get")
    machine.has("sudo")
    status, calls = machine.run()
    assert status == 0
    assert calls.startswith("sudo apt-get ")


def test_brew_installs_it(machine: Machine) -> None:
    machine.has("brew")
    assert machine.run() == (0, "brew install --quiet nginx\n")


def test_without_either_it_says_what_to_do(
    machine: Machine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert machine.run() == (1, "")
    assert "neither apt-get nor brew" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["apt-get", "brew"])
def test_a_failure_is_told(machine: Machine, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    machine.has(name, status=100)
    assert machine.run()[0] == 1
    assert "install nginx by hand" in capsys.readouterr().err


def test_every_package_that_is_asked_for_is_pinned() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    lines = (PROJECT / "tests" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0] for line in lines if "==" in line}
    assert {canonicalize_name(Requirement(text).name) for text in asked} - pinned == set()


DRIFT = runpy.run_path(str(PROJECT / "tests" / "drift.py"))


def test_drift_names_what_is_newer_than_the_pins() -> None:
    lines = (PROJECT / "tests" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.partition(" ;")[0].split("==") for line in lines if "==" in line)
    assert DRIFT["news"](pins) == []
    (line,) = DRIFT["news"]({**pins, "langgraph": "99.0"})
    assert line == f"langgraph {pins['langgraph']} -> 99.0"


def test_drift_names_each_row_that_fails(tmp_path: Path) -> None:
    (tmp_path / "test_rows.py").write_text(
        "import pytest\n"
        "@pytest.mark.parametrize('row', ['held', 'lost'])\n"
        "def test_row(row):\n"
        "    assert row == 'held', f'{row} is gone'\n"
        "def test_classes():\n"
        "    assert {'Old', 'New'} == {'Old'}\n"
        "def test_library():\n"
        "    pytest.importorskip('no_such_library')\n"
    )
    here = DRIFT["lost"]
    here.__globals__["python_of"] = lambda _: sys.executable
    tried, (gone, new, untried) = here(tmp_path, [tmp_path / "test_rows.py"])
    assert tried == 3
    assert gone.startswith("test_row[lost]: AssertionError: lost is gone")
    assert new.startswith("test_classes: ")
    assert "'New'" in new.split("Extra items")[1]
    assert untried.startswith("test_library: not tried: ")


def test_drift_that_cannot_look_does_not_say_that_all_holds(tmp_path: Path) -> None:
    here = DRIFT["lost"]
    here.__globals__["python_of"] = lambda _: sys.executable
    tried, said = here(tmp_path, [tmp_path / "test_missing.py"])
    assert (tried, bool(said)) == (0, True)
