"""A Caddyfile's text to its lines and blocks, each word with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from lg_lint.deploy.place import Unread, Word

MOST_BYTES = 512 << 10
MOST_DEPTH = 60

_token = re.compile(
    r"""
    (?P<newline>\n)
    | (?P<joined>\\\r?\n)
    | (?P<space>[^\S\n]+)
    | (?P<comment>\#[^\n]*)
    | "(?P<quoted>[^"\\]*(?:\\.[^"\\]*)*)(?:"|\Z)
    | `(?P<raw>[^`]*)(?:`|\Z)
    | <<(?P<heredoc>[A-Za-z0-9_-]+)\r?\n
    | (?P<word>(?:\\.|\{\$[^{}\n]*\}|[^\s\\]|\\)+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Line(msgspec.Struct, frozen=True):
    """A line of a Caddyfile: a directive, an option, or the addresses of a site; and its block.

    `name` is the first word, empty for a block that begins without one: the global options. `file`
    is empty until an import or a caller says where it stands.
    """

    name: str
    arguments: tuple[Word, ...]
    line: int
    block: tuple[Line, ...] | None = None
    file: str = ""
    is_certain: bool = True

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments' texts."""
        return tuple(each.text for each in self.arguments)


class Caddyfile(msgspec.Struct, frozen=True):
    """What a Caddyfile says, and what of it could not be read."""

    lines: tuple[Line, ...]
    unread: tuple[Unread, ...] = ()


class _UnreadableError(Exception):
    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.unread = Unread(line, reason)


def read(data: bytes, first_line: int = 1) -> Caddyfile:
    """The lines of a Caddyfile. Never raises: what is unreadable is `unread`."""
    if len(data) > MOST_BYTES:
        return Caddyfile((), (Unread(first_line, f"larger than {MOST_BYTES:,} bytes"),))
    if b"\0" in data:
        return Caddyfile((), (Unread(first_line, "not a text"),))
    return read_text(data.decode("utf-8-sig", "replace"), first_line)


def read_text(text: str, first_line: int = 1) -> Caddyfile:
    """The lines of a text that stands in another file, from line `first_line` of it."""
    try:
        return Caddyfile(_lines(_words(text, first_line)))
    except _UnreadableError as error:
        return Caddyfile((), (error.unread,))


def _words(text: str, line: int) -> Iterator[tuple[str, int, bool, bool]]:
    """The words: text, line, whether quoted, whether first in its line."""
    position, is_first = 0, True
    while position < len(text):
        found = _token.match(text, position)
        if found is None:
            raise _UnreadableError(line, "not a Caddyfile's syntax")
        kind, content = found.lastgroup, found[found.lastgroup or 0]
        position = found.end()
        if kind == "newline":
            is_first = True
        elif kind == "heredoc":
            end = text.find(content, position)
            if end < 0:
                raise _UnreadableError(line, f"the text after <<{content} has no end")
            yield text[position:end], line, True, is_first
            line += text.count("\n", found.start(), end)
            position, is_first = end + len(content), False
            continue
        elif kind in ("quoted", "raw", "word"):
            is_quoted = kind != "word"
            said = content.replace('\\"', '"') if kind == "quoted" else content
            yield said, line, is_quoted, is_first
            is_first = False
        line += found[0].count("\n")


class _Open:
    """A block that is not closed yet, and the line that is being read in it."""

    def __init__(self, head: list[Word]) -> None:
        self.head = head
        self.words: list[Word] = []
        self.lines: list[Line] = []

    def end(self, head: list[Word], block: list[Line] | None, line: int) -> None:
        if head or block is not None:
            name = head[0].text if head else ""
            inner = None if block is None else tuple(block)
            at = head[0].line if head else line
            self.lines.append(Line(name, tuple(head[1:]), at, inner))


def _lines(words: Iterator[tuple[str, int, bool, bool]]) -> tuple[Line, ...]:
    opened = [_Open([])]
    starts: list[int] = []
    for text, line, is_quoted, is_first in words:
        here = opened[-1]
        goes_on = here.words and here.words[-1].text.endswith(",") and len(opened) == 1
        if is_first and not goes_on:
            here.end(here.words, None, line)
            here.words = []
        if text == "{" and not is_quoted:
            if len(opened) > MOST_DEPTH:
                raise _UnreadableError(line, "nested too deeply")
            opened.append(_Open(here.words))
            starts.append(line)
            here.words = []
        elif text == "}" and not is_quoted:
            if len(opened) == 1:
                raise _UnreadableError(line, 'unexpected "}"')
            here.end(here.words, None, line)
            opened.pop()
            opened[-1].end(here.head, here.lines, starts.pop())
        else:
            here.words.append(Word(text, line))
    if len(opened) > 1:
        raise _UnreadableError(starts[-1], 'a block without its "}"')
    opened[0].end(opened[0].words, None, 0)
    return tuple(opened[0].lines)
