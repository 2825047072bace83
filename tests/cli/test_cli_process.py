"""The command as a process: what it imports, and how it behaves towards other processes."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from lg_lint import __version__

SCRIPT = Path(sysconfig.get_path("scripts")) / "lg-lint"


def lg_lint(
    *arguments: str, flags: tuple[str, ...] = (), **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *flags, "-m", "lg_lint", *arguments],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **environment},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["check", "--help"], ["--version"], ["version"], ["rule", "--all"], ["config"]],
)
def test_what_reads_no_code_imports_no_parser(arguments: list[str]) -> None:
    done = lg_lint(*arguments, flags=("-X", "importtime"))
    assert done.returncode == 0
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "click" in imported
    assert "libcst" not in imported
    if arguments[0] != "rule":
        assert "lg_lint.rules.registry" not in imported
        assert "lg_lint.run.check" not in imported


def test_the_module_and_the_script_are_the_same() -> None:
    script = subprocess.run(
        [SCRIPT, "--version"], capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert script.stdout == lg_lint("--version").stdout == f"lg-lint {__version__}\n"
    assert script.returncode == 0


SHOW = """
import sys
from lg_lint.cli import output
output.write(sys.argv[1] * int(sys.argv[2]), None, color=False)
sys.exit(3)
"""


def test_an_encoding_without_the_letters_is_no_crash() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOW, "日本 — é", "1"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == rb"\u65e5\u672c \u2014 \xe9"


def test_a_reader_that_goes_away_is_no_crash() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SHOW, "line\n", "1000000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"line\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 3


def test_rules_are_cut_short_quietly() -> None:
    command = f'"{sys.executable}" -m lg_lint rule --all | head -1'
    done = subprocess.run(
        command, shell=True, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert done.stdout == "LG000 unreadable-source\n"
    assert done.stderr == ""
