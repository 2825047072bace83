"""Each rule says what is seen of it, and what people write of a stream finds the rules behind it."""

from __future__ import annotations

import json

import pytest

from lg_lint.cli import run
from lg_lint.rules.registry import all_rules, select
from lg_lint.rules.telling.symptoms import HEADING, SYMPTOMS, causes, command, seen_of

Captured = pytest.CaptureFixture[str]

RULES = {rule.code: rule for rule in all_rules()}
NAMES = {symptom.name for symptom in SYMPTOMS}
TO_DO = f"""
The page of a rule has a part {HEADING!r} before its example, with a line for each symptom:

- all at the end: what is special about it with this rule

The names are those of rules/telling/symptoms.py.
"""


@pytest.mark.parametrize("code", RULES)
def test_every_rule_says_what_is_seen(code: str) -> None:
    page = RULES[code].page
    part = page.partition(f"\n{HEADING}\n")[2].partition("\n\n## ")[0]
    seen = seen_of(RULES[code])
    assert seen, f"{code} names no symptom.{TO_DO}"
    assert not set(seen) - NAMES, f"{code} names symptoms that are not known.{TO_DO}"
    assert part.count("\n- ") + part.startswith("- ") == len(seen), (
        f"{code}: not read whole.{TO_DO}"
    )
    assert page.index(HEADING) < page.index("## Example"), code


def test_every_symptom_has_a_cause_and_its_command_selects_it() -> None:
    for symptom in SYMPTOMS:
        found = list(causes(symptom, RULES.values()))
        assert found, symptom.name
        selected = command(found).split()[3]
        assert select(selected.split(",")) == {cause.rule.code for cause in found}


def symptoms_of(told: str, capsys: Captured) -> list[str]:
    assert run(["rule", "--symptom", told, "--output-format", "json"]) == 0
    return [each["symptom"] for each in json.loads(capsys.readouterr().out)]


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_name_comes_first(name: str, capsys: Captured) -> None:
    assert symptoms_of(name, capsys)[0] == name
    assert symptoms_of(f"My {name.upper()}!", capsys)[0] == name


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("cut after 60 s", "cut after a fixed time"),
        ("the connection drops after 5min", "cut after a fixed time"),
        ("httpx.ReadTimeout", "cut after a fixed time"),
        ("504 from nginx", "cut after a fixed time"),
        ("everything arrives in one go", "all at the end"),
        ("buffred", "all at the end"),
        ("I only see the final message, no single tokens", "no tokens"),
        ("duplicated tokens", "tokens twice"),
        ("one user blocks all other users", "freezes under load"),
        ("loses the chat history", "forgets"),
        ("response is truncated", "ends without an error"),
        ("works on localhost, but not behind an ingress", "only behind a proxy"),
        ("JSONDecodeError in the browser", "unreadable events"),
        ("out of memory after some days", "slower with every message"),
        ("client disconnects but the run goes on", "keeps running"),
        ("sqlalchemy QueuePool limit reached", "errors under load"),
        ("GraphRecursionError", "breaks off with an error"),
    ],
)
def test_other_words_find_it(told: str, meant: str, capsys: Captured) -> None:
    found = symptoms_of(told, capsys)
    assert meant in found[:2]
    assert len(found) <= 4


def test_words_of_two_symptoms_find_both(capsys: Captured) -> None:
    found = symptoms_of("freezes under load and forgets", capsys)
    assert {"freezes under load", "forgets"} <= set(found)


@pytest.mark.parametrize("told", ["", "zebra", "my stream", "\0", "x" * 10_000])
def test_where_nothing_is_like_it_all_are_named(told: str, capsys: Captured) -> None:
    assert run(["rule", "--symptom", told]) == 2
    said = capsys.readouterr().err
    assert all(f'"{name}"' in said for name in NAMES)
    assert len(said) < 2_000


def test_what_is_printed(capsys: Captured) -> None:
    assert run(["rule", "--symptom", "all at the end"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("all at the end: ")
    for code in ("LG301", "LG303", "LG312", "LG504"):
        assert f"\n  {code} {RULES[code].name}" in out
    assert "\n  lg-lint check --select LG" in out
    assert run(["rule", "--symptom", "all at the end", "--output-format", "markdown"]) == 0
    assert "| LG504 | proxy-buffering |" in capsys.readouterr().out


def test_it_is_one_thing_to_ask_for(capsys: Captured) -> None:
    assert run(["rule", "LG301", "--symptom", "all at the end"]) == 2
    assert "--symptom" in capsys.readouterr().err
