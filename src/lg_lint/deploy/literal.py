"""Objects and lists as JSON and JavaScript write them, with lines. Nothing is evaluated."""

from __future__ import annotations

import re
from typing import Union

from msgspec import Struct

from lg_lint.deploy.place import Word
from lg_lint.deploy.values import Unknown


class Table(Struct, frozen=True):
    """`{ name: value }`; a name that repeats has its last value."""

    line: int
    entries: dict[str, Literal]

    def get(self, *names: str) -> Literal | None:
        """The value of the first name that stands here."""
        return next((self.entries[name] for name in names if name in self.entries), None)


class Items(Struct, frozen=True):
    """`[ value, ... ]`."""

    line: int
    items: tuple[Literal, ...]


Literal = Union[Table, Items, Word, Unknown]
"""Numbers, `true`, `false` and `null` are words of their own text; any other expression is Unknown.
"""

_TOKEN = re.compile(
    r"""(?P<space>[ \t\f\v]+|//[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<line>\n)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)
    |(?P<word>[\w$.+-]+)
    |(?P<mark>.)""",
    re.X | re.S,
)
_ESCAPE = re.compile(r"\\(.)", re.S)
_NAMED = {"n": "\n", "t": "\t", "r": "\r"}
_PLAIN = re.compile(r"-?\d[\w.]*|true|false|null")
_DEEPEST = 40


def read_literals(text: str) -> tuple[Literal, ...]:
    """Every object and list of a text that stands in no other one. Any text is accepted."""
    reader = _Reader(text)
    found: list[Literal] = []
    while reader.at < len(reader.tokens):
        if reader.mark() in ("{", "["):
            found.append(reader.value())
        else:
            reader.at += 1
    return tuple(found)


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        self.at = 0
        self._depth = 0
        line = 1
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup or ""
            if kind not in ("space", "line"):
                self.tokens.append((kind, match[0], line))
            line += match[0].count("\n")

    def mark(self) -> str:
        """The sign that stands here; "" for a word, a string and the end."""
        kind, text, _ = self.tokens[self.at] if self.at < len(self.tokens) else ("", "", 1)
        return text if kind == "mark" else ""

    def value(self) -> Literal:
        """The value that begins here. What is none that can be known is passed."""
        kind, text, line = self.tokens[self.at]
        if text in ("{", "[") and kind == "mark" and self._depth < _DEEPEST:
            self._depth += 1
            found = self._table(line) if text == "{" else self._items(line)
            self._depth -= 1
            return found
        start = self.at
        self._pass()
        passed = self.tokens[start : self.at]
        if len(passed) == 1 and kind == "string" and not (text[0] == "`" and "${" in text):
            return Word(_unescaped(text[1:-1]), line)
        if len(passed) == 1 and kind == "word" and _PLAIN.fullmatch(text):
            return Word(text, line)
        written = " ".join(each for _, each, _ in passed[:20])
        return Unknown(written or "?", line)

    def _pass(self) -> None:
        """Passes an expression, up to the comma or bracket that ends it."""
        open_ones = 0
        while self.at < len(self.tokens):
            mark = self.mark()
            if mark in ("(", "[", "{"):
                open_ones += 1
            elif mark in (")", "]", "}"):
                if not open_ones:
                    break
                open_ones -= 1
            elif mark == "," and not open_ones:
                break
            self.at += 1

    def _table(self, line: int) -> Table:
        self.at += 1
        entries: dict[str, Literal] = {}
        while self.at < len(self.tokens) and self.mark() != "}":
            kind, text, _ = self.tokens[self.at]
            name = _unescaped(text[1:-1]) if kind == "string" else text
            self.at += 1
            if self.mark() == ":" and self.at + 1 < len(self.tokens):
                self.at += 1
                entries[name] = self.value()
            elif name != ",":
                self._pass()
            if self.mark() == "," or self.mark() in (")", "]"):
                self.at += 1
        self.at += 1
        return Table(line, entries)

    def _items(self, line: int) -> Items:
        self.at += 1
        found: list[Literal] = []
        while self.at < len(self.tokens) and self.mark() != "]":
            if self.mark() in (",", ")", "}"):
                self.at += 1
                continue
            found.append(self.value())
        self.at += 1
        return Items(line, tuple(found))


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: _NAMED.get(match[1], match[1]), text)
