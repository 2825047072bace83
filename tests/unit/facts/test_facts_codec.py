"""Facts come back from bytes as they were; nothing else comes out."""

from __future__ import annotations

import pickle

import pytest
from facts_dump import dump
from facts_snippets import SNIPPETS

from lg_lint.facts import tree
from lg_lint.facts.codec import decode, encode
from lg_lint.facts.extract import extract


@pytest.mark.parametrize("text", [*SNIPPETS, "a b\n", ""])
def test_round_trip(text: str) -> None:
    facts = extract(text)
    assert dump(decode(encode(facts))) == dump(facts)


def test_torn_data() -> None:
    data = encode(extract("def f(a):\n    return a.b('c')\n"))
    for end in range(len(data)):
        with pytest.raises(ValueError, match="not facts"):
            decode(data[:end])


class _Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("ran",))


@pytest.mark.parametrize("value", [_Harmful(), print, tree.children, 1, None, (), tree.Name])
def test_other_data(value: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="not facts"):
        decode(pickle.dumps(value, protocol=5))
    assert capsys.readouterr().out == ""


def test_facts_too_deep_to_encode() -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        encode(extract("+".join("a" * 2500)))
