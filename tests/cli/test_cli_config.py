"""`lg-lint config`."""

from __future__ import annotations

import json

import pytest

from lg_lint.cli import run
from lg_lint.settings import options

Captured = pytest.CaptureFixture[str]


def test_all_settings(capsys: Captured) -> None:
    assert run(["config"]) == 0
    assert capsys.readouterr().out.splitlines() == list(options())
    assert run(["config", "--output-format", "json"]) == 0
    records = json.loads(capsys.readouterr().out)
    assert [record["key"] for record in records] == list(options())


def test_one_setting(capsys: Captured) -> None:
    assert run(["config", "fail-on"]) == 0
    assert capsys.readouterr().out == (
        "fail-on\n\n"
        "The lowest severity of a finding that makes the exit code 1.\n\n"
        'Expects: one of "error", "warning", "info", "never"\n'
        'Default: "info"\n'
    )
    assert run(["config", "min-confidence", "--output-format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "key": "min-confidence",
        "doc": "Findings that are less sure are not shown.",
        "expects": 'one of "high", "medium", "low"',
        "default": "medium",
    }


@pytest.mark.parametrize(
    ("key", "said"),
    [("fial-on", 'did you mean "fail-on"?'), ("zzzzzz", "see lg-lint config")],
)
def test_no_such_setting(key: str, said: str, capsys: Captured) -> None:
    assert run(["config", key]) == 2
    assert said in capsys.readouterr().err
