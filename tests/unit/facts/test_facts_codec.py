"""Facts come back from bytes as they were; nothing else comes out."""

from __future__ import annotations

import msgspec
import pytest
from facts_dump import dump
from facts_snippets import SNIPPETS

from lg_lint.facts import tree
from lg_lint.facts.codec import decode, encode
from lg_lint.facts.extract import extract


@pytest.mark.parametrize(
    "text", [*(text for text in SNIPPETS if "\\ud800" not in text), "a b\n", ""]
)
def test_round_trip(text: str) -> None:
    facts = extract(text)
    assert dump(decode(encode(facts))) == dump(facts)


def test_torn_data() -> None:
    data = encode(extract("def f(a):\n    return a.b('c')\n"))
    for end in range(len(data)):
        with pytest.raises(ValueError, match="not facts"):
            decode(data[:end])


@pytest.mark.parametrize(
    "value",
    [
        1,
        None,
        {},
        "facts",
        [[1]],
        [[["Name", 1, "a"]]],
        [[["Return", 1, ["Nothing", 1]]]],
        [[["Return", 1, ["Name", "here", "a"]]]],
        [[["Return", 1, ["Constant", 1, msgspec.msgpack.Ext(7, b"print()")]]]],
    ],
)
def test_other_data(value: object) -> None:
    with pytest.raises(ValueError, match="not facts"):
        decode(msgspec.msgpack.encode(value))


def test_facts_too_deep_to_encode() -> None:
    """Deeper than the stack of any Python holds, which no parser need let through."""
    facts = extract("a\n")
    statement = facts.body[0]
    assert isinstance(statement, tree.ExprStatement)
    layers = [statement.value]
    for _ in range(100_000):
        layers.append(tree.Await(statement.at, layers[-1]))
    statement.value = layers[-1]
    with pytest.raises(ValueError, match="not to be encoded"):
        encode(facts)
    statement.value = layers[0]
    while layers:  # one by one: Python 3.14 has no room on its stack to free them all at once
        layers.pop()


@pytest.mark.parametrize("text", [f"a = {1 << 70}\n", "a = '\\ud800'\n"])
def test_literals_that_the_format_does_not_take(text: str) -> None:
    with pytest.raises(ValueError, match="not to be encoded"):
        encode(extract(text))
