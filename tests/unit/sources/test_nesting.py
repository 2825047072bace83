"""How deeply a text nests, told without a parser, and in time that grows with the text."""

from __future__ import annotations

import ast

import pytest

from lg_lint.base.nesting import MOST, too_much
from lg_lint.facts.extract import extract
from lg_lint.sources.text import compiles

LINK = 20_000
DEEP = {
    "attributes": "x = a" + ".b" * LINK,
    "calls": "x = a" + "()" * LINK,
    "with_config": "x = g" + ".with_config({})" * 4_000,
    "items": "x = a" + "[0]" * LINK,
    "terms": "x = " + " + ".join(["a"] * 200_000),
    "powers": "x = " + "**".join(["a"] * LINK),
    "not": "x = " + "not " * LINK + "a",
    "minus": "x = " + "-" * LINK + "1",
    "and": "x = " + " and ".join(["a"] * LINK),
    "else": "x = " + "1 if a else " * LINK + "1",
    "lambdas": "x = " + "lambda: " * LINK + "1",
    "parentheses": "x = " + "(" * LINK + "1" + ")" * LINK,
    "lists of lambdas": "x = " + "[lambda: not " * 1_000 + "1" + "]" * 1_000,
    "elif": "if x: pass\n" + "elif x: pass\n" * LINK,
    "elif in elif": "if x:\n  pass\n"
    + "elif x:\n  pass\n" * 1_200
    + "  if y: pass\n"
    + "  elif y: pass\n" * 1_200,
    "in a format string": 'x = f"{a' + ".b" * LINK + '}"',
    "over several lines": "x = (a\n" + "  .b\n" * LINK + ")",
    "before a mistake": "x = a" + ".b" * LINK + "\ny = = 1",
    "parts of a format string": 'x = f"' + "{a}" * LINK + '"',
}
SHALLOW = {
    "commas": "x = [" + "a.b, " * LINK + "]",
    "rows": "x = a.b\n" * LINK,
    "semicolons": "x = a.b; " * LINK,
    "strings": "x = (" + "'a.b' " * LINK + ")",
    "text in strings": "x = '" + "a.b(" * LINK + "'",
    "text in a docstring": "'''" + "a.b(\n" * LINK + "'''",
    "a comment": "# " + "a.b(" * LINK,
    "branches of their own": "if x: pass\nelif y: pass\n" * LINK,
    "branches in functions": "".join(
        f"def f{number}():\n    if x: pass\n" + "    elif x: pass\n" * 100 for number in range(100)
    ),
    "statements behind an open bracket": "x = (\n" + "def f():\n    return a.b.c\n" * LINK,
    "names with words in them": "x = [" + "cannot_if, " * LINK + "]",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_what_nests_too_deeply_is_given_to_no_parser(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def parse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(ast, "parse", parse)
    error = extract(f"{text}\n").error
    assert error is not None
    assert error[2] in ("nested too deeply", "too many parts in one f-string")
    assert 1 <= error[0] <= text.count("\n") + 1
    assert not compiles(f"{text}\n")


@pytest.mark.parametrize("text", SHALLOW.values(), ids=SHALLOW)
def test_what_is_only_long_does_not_nest(text: str) -> None:
    assert too_much(f"{text}\n") is None


def test_the_place_is_that_of_the_first_token_too_deep() -> None:
    text = "# é\r\nx = a" + ".b" * (MOST + 1)
    assert too_much(text) == (2, 6 + 2 * MOST, "nested too deeply")


@pytest.mark.parametrize("text", ["a" + ".b" * 900, "+".join("a" * 1_900), "a" + ".b()" * 900])
def test_what_is_not_too_deep_is_read(text: str) -> None:
    assert extract(f"{text}\n").error is None


LONG = {
    "unterminated strings": "'\\" * 100_000,
    "unterminated triple quotes": "'''" + "\\a" * 100_000,
    "quotes": "'''\"\"\"" * 50_000,
    "blanks": " " * 200_000 + "x",
    "open brackets": "x = (\n" * 50_000,
    "line ends": "\r" * 200_000,
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_long_texts_are_read_once(text: str) -> None:
    too_much(text + ".a,\n" * MOST)  # which never ended, or took minutes, by a careless pattern
