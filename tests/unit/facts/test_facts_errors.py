"""Texts that cannot be lowered say where and why, and none of them is fatal."""

from __future__ import annotations

import sys

import pytest

from lg_lint.facts import tree
from lg_lint.facts.extract import extract


@pytest.mark.parametrize(
    ("text", "row", "column", "message"),
    [
        ("a b\n", 1, 3, "unexpected 'b'"),
        ("\u00e9 = (\n\tb c)\n", 2, 4, "unexpected 'c'"),
        ("if x:\npass\n", 2, 1, "expected an indented block, found 'pass'"),
        ("x = 1\n  y = 2\n", 2, 3, "unexpected indentation"),
        ("a = 1\nif x\n  y\n", 2, 5, "unexpected end of line"),
        ("try:\n  x\ny\n", 3, 1, "expected 'except' or 'finally', found 'y'"),
        ("class A:\n\ndef f(): pass\n", 3, 1, "expected an indented block, found 'def'"),
        ("a\rb c\n", 2, 3, "unexpected 'c'"),
        ("x\n\x00", 2, 1, "NUL byte"),
        ("x = '\ud800'", 1, 6, "unpaired surrogate"),
        ("y = 1\nx = $\n", 2, 5, "'$' is not a valid character in this position"),
        ("x = '`'\ny = `a`\nz = \uff081\n", 2, 5, "'`' is not a valid character in this position"),
        ("y = 1\nx = 'a\n", 2, 5, "unterminated string literal"),
    ],
)
def test_place_and_message(text: str, row: int, column: int, message: str) -> None:
    facts = extract(text)
    assert facts.error == (row, column, message)
    assert facts.body == ()


def test_strings_and_bytes_do_not_mix() -> None:
    error = extract("a\nb = 'c' b'd'\n").error
    assert error is not None
    assert error[0] == 2
    assert error[2] == "Cannot concatenate string and bytes"


def test_a_failure_inside_libcst() -> None:
    error = extract("a = b if c else((lambda: d))\n").error
    if error is not None:  # fixed in libcst some day
        assert error == (1, 1, "libcst cannot read this file (TypeError)")


@pytest.mark.parametrize("opening", ["(", "[", "{", "f(", "{1: ", "a["])
def test_brackets_nested_too_deeply(opening: str) -> None:
    closing = {"(": ")", "[": "]", "{": "}"}[opening.strip(" :1fa")]
    text = "x = 1\ny = " + opening * 1000 + "a" + closing * 1000 + "\n"
    error = extract(text).error
    assert error is not None
    assert (error[0], error[2]) == (2, "nested too deeply")
    assert extract(text.replace(opening * 1000, "", 1)).error is not None


def test_brackets_that_python_admits() -> None:
    (statement,) = extract("(" * 190 + "a" + ")" * 190).body
    assert statement.span == (1, 1, 1, 382)
    assert isinstance(statement, tree.ExprStatement)
    assert statement.value.span == (1, 191, 1, 192)


def test_brackets_in_strings_and_comments_do_not_nest() -> None:
    text = f"a = '{'(' * 300}'\n# {'[' * 300}\nb = '''\n{'{' * 300}'''\n"
    assert extract(text).error is None


@pytest.mark.parametrize(
    "text",
    [
        "+".join("a" * 1500),
        " and ".join("a" * 1500),
        "a" + ".b()" * 300,
        "not " * 700 + "a",
        "if a: b\n" + "elif c: d\n" * 700,
        " ".join(["'a'"] * 1500),
    ],
)
def test_long_chains(text: str) -> None:
    before = sys.getrecursionlimit()
    facts = extract(text + "\n")
    assert facts.error is None
    assert facts.body[0].span[:2] == (1, 1)
    assert sys.getrecursionlimit() == before


def test_too_much_recursion_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lg_lint.facts.nesting._FRAMES", 0)
    error = extract("not " * 700 + "a\n").error
    assert error is not None
    assert error[2] == "nested too deeply"


@pytest.mark.parametrize("text", ["", "\n", "\ufeff", "# only\n", "\\\n"])
def test_nothing_to_say(text: str) -> None:
    assert extract(text).body == ()
