"""Shell completion: what each shell's script is told when it asks."""

from __future__ import annotations

import os
import subprocess
import sysconfig
from pathlib import Path

import pytest

from lg_lint.cli import run
from lg_lint.cli.completion import SHELLS
from lg_lint.rules.registry import all_rules

Captured = pytest.CaptureFixture[str]
SCRIPTS = Path(sysconfig.get_path("scripts"))


def completed(
    shell: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> list[str]:
    """The words that the linter answers a shell with; the last of `words` is not finished."""
    before, _, last = words.rpartition(" ")
    monkeypatch.setenv("_LG_LINT_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", before if shell == "fish" else words)
    monkeypatch.setenv("COMP_CWORD", last if shell == "fish" else str(len(before.split())))
    with pytest.raises(SystemExit):
        run([])
    lines = capsys.readouterr().out.splitlines()
    if shell in ("zsh", "powershell"):
        return lines[1::3]
    if shell == "fish":
        return [line.partition(",")[2].partition("\t")[0] for line in lines]
    return [line.partition(",")[2] for line in lines]


@pytest.mark.parametrize("shell", SHELLS)
def test_rules_and_formats_in_every_shell(
    shell: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    codes = [rule.code for rule in all_rules() if rule.code.startswith("LG1")]
    assert codes
    assert completed(shell, "lg-lint check --select LG1", monkeypatch, capsys) == codes
    assert completed(shell, "lg-lint rule lg1", monkeypatch, capsys) == codes
    assert completed(shell, "lg-lint --output-format js", monkeypatch, capsys) == [
        "json",
        "json-lines",
    ]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("lg-lint --select LG101,unused-i", ["LG101,unused-ignore"]),
        ("lg-lint --ignore AL", ["ALL"]),
        ("lg-lint rule unused", ["unused-ignore"]),
        ("lg-lint config fail", ["fail-on"]),
        ("lg-lint ba", ["ba", "baseline"]),
        ("lg-lint baseline pr", ["prune"]),
        ("lg-lint --exit-z", ["--exit-zero"]),
        ("lg-lint check --exit-z", ["--exit-zero"]),
        ("lg-lint src --exit-z", ["--exit-zero"]),
        ("lg-lint --hel", ["--help"]),
        ("lg-lint --fail-on nev", ["never"]),
        ("lg-lint completion po", ["powershell"]),
    ],
)
def test_every_place(
    words: str, expected: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    assert completed("bash", words, monkeypatch, capsys) == expected


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script(shell: str, capsys: Captured) -> None:
    assert run(["completion", shell]) == 0
    assert f"{shell}_complete" in capsys.readouterr().out


def test_no_such_shell(capsys: Captured) -> None:
    assert run(["completion", "csh"]) == 2
    assert "'csh' is not one of" in capsys.readouterr().err


BASH = """
lg-lint > /dev/null  # a run that is kept must not be taken for the answer
eval "$(lg-lint completion bash)"
COMP_WORDS=(lg-lint check --select unused-i) COMP_CWORD=3
_lg_lint_completion lg-lint
printf '%s\\n' "${COMPREPLY[@]}"
"""


def test_bash_itself(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", BASH],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{SCRIPTS}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.stdout == "unused-ignore\n", done.stderr
