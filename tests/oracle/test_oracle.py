"""A few programs of the oracle with a fixed seed, and that it can tell a linter that is wrong."""

from __future__ import annotations

import pytest

from . import comparing
from .grammar import Grammar
from .updates import UPDATES
from .waits import WAITING

OPEN = (
    "return: zip", "read: picked", "read: spread into a call", "growth: longest", "bound: pop",
    "growth: the same again", "reach: cached", "run: pipe",
)  # fmt: skip
"""Forms about which run and linter are known to differ."""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_runs_and_linter_agree(seed: int) -> None:
    tally = comparing.compared(seed, 16)
    new = {
        kind: text
        for kind, text in tally.smallest.items()
        if not any(form in kind for form in OPEN)
    }
    assert not new, "\n\n".join(f"# {kind}\n{text}" for kind, text in new.items())


@pytest.mark.parametrize(
    ("grammar", "other", "code"),
    [
        (UPDATES, {}, "LG201"),
        (UPDATES, {"reducer": "operator.add", "growth": "only the new"}, "LG202"),
        (UPDATES, {"reducer": "operator.add"}, "LG203"),
        (UPDATES, {"growth": "append", "return": "left out"}, "LG205"),
        (UPDATES, {"bound": "slice"}, None),
        (UPDATES, {"graph": "round"}, None),
        (UPDATES, {"graph": "round", "route": "question"}, "LG201"),
        (WAITING, {}, "LG102"),
        (WAITING, {"wait": "requests"}, "LG103"),
        (WAITING, {"place": "nowhere", "run": "invoke"}, "LG101"),
        (WAITING, {"wait": "requests", "way": "to_thread"}, None),
    ],
)
def test_a_run_shows_what_a_program_does(
    grammar: Grammar, other: dict[str, str], code: str | None
) -> None:
    found = comparing.outcome(grammar, grammar.plain(other))
    assert found is not None
    assert found.shown == ({code} if code else set())
    assert not list(found.differing(grammar.rules))


def test_a_difference_is_shrunk_to_its_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    told = comparing._told
    monkeypatch.setattr(
        comparing,
        "_told",
        lambda text, rules: frozenset() if "[*mine, text]" in text else told(text, rules),
    )
    choices = UPDATES.plain({"growth": "star", "copy": "list()", "node": "method"})
    small = comparing.shrunk(UPDATES, choices, "LG201", "missed")
    assert UPDATES.rare(small) == ("growth: star",)


@pytest.mark.parametrize("grammar", comparing.GRAMMARS, ids=lambda each: each.name)
def test_every_form_is_a_program(grammar: Grammar) -> None:
    for question, forms in grammar.questions:
        for form in forms(grammar.plain({})):
            compile(grammar.write(grammar.plain({question: form})), form, "exec")
