"""How deeply a text nests, told before any parser sees it.

A chain such as `a.b.c` or `a + b + c` is a tree as deep as it is long. Python's parser, libcst and
every walk over a tree recurse: some end in an error, some kill the process, and some take a time
that grows with the square of the depth. Here a text is read once, from left to right.
"""

from __future__ import annotations

import re

TOO_DEEP = "nested too deeply"
MOST = 2_000
"""Levels that every Python and libcst bear."""

_STRINGS_IN_STRINGS = 5
_COUNTED = ".([{+-*/%@&|^~<>"
_WORDS = ("not", "lambda", "await", "if", "else", "and", "or", "in", "is", "for", "yield")
_STATEMENTS = (
    "def class import return while with try except finally raise pass del assert global nonlocal"
    " break continue"
).replace(" ", "|")
_token = re.compile(
    rf"""
    (?P<line>(?:\r\n?|\n)[ \t\f]*)(?P<statement>(?:async[ \t]+)?(?:{_STATEMENTS})\b)?
    | \#[^\r\n]*
    | (?P<string>
        '''[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*(?:''')?
      | \"""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*(?:\""")?
      | '[^'\\\r\n]*(?:\\.[^'\\\r\n]*)*'?
      | "[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"?
      )
    | (?P<open>[(\[{{])
    | (?P<close>[)\]}}])
    | (?P<comma>,)
    | (?P<end>;)
    | (?P<branch>elif)\b
    | (?P<word>{"|".join(_WORDS)})\b
    | (?P<sign>\*\*|//|<<|>>|[-+*/%@&|^~.<>])
    """,
    re.VERBOSE | re.DOTALL,
).finditer


def too_much(text: str, most: int = MOST) -> tuple[int, int, str] | None:
    """What no parser is given: the row and the column of a token that nests deeper than `most`.

    So is a format string with more parts than that, whose time grows with their square. None where
    there is neither.
    """
    found = _found(text, most, 0)
    if found is None:
        return None
    offset, message = found
    row_start = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset))
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    return before.count("\n") + 1, offset - row_start, message


def _found(text: str, most: int, inside: int) -> tuple[int, str] | None:
    if _is_short(text, most):
        return None
    depth = _Depth(in_format=inside > 0)
    for found in _token(text):
        kind = found.lastgroup
        if kind == "string":
            inner = _in_format(text, found, most, inside)
            if inner is not None:
                return inner
        elif kind is not None and depth.after(kind, text, found) > most:
            return found.start(kind), TOO_DEEP
    return None


def _is_short(text: str, most: int) -> bool:
    """Whether there is too little in a text for it to nest that deeply."""
    count = sum(map(text.count, _COUNTED))
    return count <= most and count + sum(map(text.count, (*_WORDS, "elif"))) <= most


def _in_format(text: str, string: re.Match[str], most: int, inside: int) -> tuple[int, str] | None:
    """The same of a format string and the expressions in it."""
    start, end = string.span()
    if end - start <= most or inside == _STRINGS_IN_STRINGS:
        return None
    if text[max(0, start - 2) : start].lower().strip("r")[-1:] not in ("f", "t"):
        return None
    if text.count("{", start, end) > most:
        return start, "too many parts in one f-string"
    quotes = 3 if text[start : start + 3] in ("'''", '"""') else 1
    found = _found(text[start + quotes : end - quotes], most, inside + 1)
    return None if found is None else (start + quotes + found[0], found[1])


class _Depth:
    """How deeply the token that was met last may lie in the tree.

    `_chain` counts the links of the innermost brackets since the last comma, `_outer` all levels
    around these brackets, `_branches` the `elif`s by their columns. In a format string there is
    only text outside of brackets.
    """

    def __init__(self, *, in_format: bool) -> None:
        self._in_format = in_format
        self._chain = 0
        self._outer = 0
        self._chains: list[int] = []
        self._branches: dict[int, int] = {}

    def after(self, kind: str, text: str, found: re.Match[str]) -> int:
        if kind == "line" and not self._branches:
            if not self._chains:
                self._chain = 0
        elif kind == "open":
            self._chains.append(self._chain)
            self._outer += self._chain + 1
            self._chain = 0
        elif kind == "close":
            if self._chains:
                self._chain = self._chains.pop()
                self._outer -= self._chain + 1
                self._chain += 1
        elif kind == "comma":
            self._chain = 0
        elif kind in ("line", "statement", "end"):
            self._turn(kind, text, found)
        elif kind == "branch":
            return self._branch(text, found.start())
        elif kind == "sign" or _is_word(text, found.start()):
            self._chain += 1
        if self._in_format and not self._chains:
            self._chain = 0
        return self._outer + self._chain

    def _turn(self, kind: str, text: str, found: re.Match[str]) -> None:
        """A new line or statement. In brackets none begins, unless they were never closed."""
        if kind == "statement":
            self._chains.clear()
            self._outer = 0
        if not self._chains:
            self._chain = 0
            if self._branches and kind != "end":
                self._leave(len(found["line"].lstrip("\r\n")), text, found.end("line"))

    def _leave(self, column: int, text: str, start: int) -> None:
        """A line ends the `elif`s of columns behind its own, and of its own unless it is one."""
        if text[start : start + 1] in ("", "#", "\r", "\n"):
            return
        own = text.startswith("elif", start)
        for each in [each for each in self._branches if each > column - (not own)]:
            del self._branches[each]

    def _branch(self, text: str, start: int) -> int:
        """An `elif` lies in the `else` of the one before; a line that begins otherwise ends it."""
        column = start - max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) - 1
        self._branches[column] = self._branches.get(column, 0) + 1
        return sum(self._branches.values())


def _is_word(text: str, start: int) -> bool:
    before = text[start - 1 : start]
    return not (before.isalnum() or before == "_")
