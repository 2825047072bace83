"""`lg-lint rule`, `version` and the help."""

from __future__ import annotations

import json

import pytest

from lg_lint import __version__
from lg_lint.cli import run
from lg_lint.rules.registry import all_rules

Captured = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", ["LG001", "lg001", "unused-ignore", "Unused-Ignore"])
def test_a_rule_is_found_by_code_and_by_name(name: str, capsys: Captured) -> None:
    assert run(["rule", name]) == 0
    out = capsys.readouterr().out
    assert out.startswith("LG001 unused-ignore\n\nSeverity: warning. Hop: source. Fix: never.")
    assert "## What it does" in out


def test_explain_is_another_name(capsys: Captured) -> None:
    assert run(["rule", "LG001"]) == run(["explain", "LG001"]) == 0
    out = capsys.readouterr().out
    assert out[: len(out) // 2] == out[len(out) // 2 :]


def test_json_of_one_rule_and_of_all(capsys: Captured) -> None:
    assert run(["rule", "LG001", "--output-format", "json"]) == 0
    one = json.loads(capsys.readouterr().out)
    assert set(one) == {
        "name",
        "code",
        "summary",
        "severity",
        "hop",
        "fix_availability",
        "explanation",
        "status",
        "url",
    }
    assert run(["rule", "--all", "--output-format", "json"]) == 0
    every = json.loads(capsys.readouterr().out)
    assert one in every
    assert [rule["code"] for rule in every] == [rule.code for rule in all_rules()]


def test_markdown_of_all(capsys: Captured) -> None:
    assert run(["rule", "--all", "--output-format", "markdown"]) == 0
    out = capsys.readouterr().out
    for rule in all_rules():
        assert f"# {rule.code}: {rule.name}\n" in out
        assert rule.page.strip() in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["unused-ignroe"], 'did you mean "unused-ignore"?'),
        (["zzzzzz"], "see lg-lint rule --all"),
        ([], "name one rule, or give --all"),
        (["LG001", "--all"], "name one rule, or give --all"),
    ],
)
def test_mistakes(arguments: list[str], said: str, capsys: Captured) -> None:
    assert run(["rule", *arguments]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["version"], ["-V"], ["--version"]])
def test_version(arguments: list[str], capsys: Captured) -> None:
    assert run(arguments) == 0
    assert capsys.readouterr().out == f"lg-lint {__version__}\n"


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help(flag: str, capsys: Captured) -> None:
    assert run([flag]) == 0
    out = capsys.readouterr().out
    assert "rule" in out
    assert "explain" not in out
    assert run(["check", flag]) == 0
    out = capsys.readouterr().out
    assert "--min-confidence" in out
    assert "--no-cache" in out


def test_a_page_explains_the_terms_that_it_uses(capsys: Captured) -> None:
    for rule in all_rules():
        assert run(["rule", rule.code]) == 0
        page, _, terms = capsys.readouterr().out.partition("\n## Terms\n")
        for word, term in {
            "event loop": "event loop",
            "executor": "executor",
            "reducer": "reducer",
            "superstep": "superstep",
            "router": "router",
            "saver": "checkpointer",
            "heartbeat": "heartbeat",
        }.items():
            assert word not in page.lower() or f"- **{term}**: " in terms, rule.code


def test_all_terms_once(capsys: Captured) -> None:
    assert run(["rule", "--terms"]) == 0
    out = capsys.readouterr().out
    assert out.count("- **event loop**: ") == 1
    assert run(["rule", "--terms", "--output-format", "json"]) == 0
    assert "event loop" in json.loads(capsys.readouterr().out)
    assert run(["rule", "--terms", "--all"]) == 2
