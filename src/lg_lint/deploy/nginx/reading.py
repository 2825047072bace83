"""The text of an nginx configuration to its directives, each with file and line.

The words are ngxparse's; the blocks are made of them here, so that no nesting is too deep, each
argument keeps its own line, and a file is read without its includes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lg_lint.deploy.nginx.templates import GAP, Masked, has_gap, mask, unescape_shell
from lg_lint.deploy.place import Unread, Word

MOST_BYTES = 512 << 10
"""Bytes of a configuration that are read; no person writes more."""

MOST_DEPTH = 60
"""Blocks in blocks; nginx's own directives allow fewer than ten, nested locations aside."""


class Directive(msgspec.Struct, frozen=True):
    """A directive: its name, its arguments, and its block if it has one.

    `is_certain` is false where a template's condition, or a file that is not there, decides whether
    nginx ever sees it. `file` is empty until an include or a caller says where it stands.
    """

    name: str
    arguments: tuple[Word, ...]
    line: int
    block: tuple[Directive, ...] | None = None
    is_certain: bool = True
    file: str = ""

    @property
    def words(self) -> tuple[str, ...]:
        """The arguments' texts."""
        return tuple(each.text for each in self.arguments)

    @property
    def is_gap(self) -> bool:
        """Whether a template fills in here what nobody knows: any number of directives."""
        return has_gap(self.name[:2])


class Nginx(msgspec.Struct, frozen=True):
    """What a configuration says: its directives, what could not be read, and a template's gaps."""

    directives: tuple[Directive, ...]
    unread: tuple[Unread, ...] = ()
    gaps: tuple[Word, ...] = ()


def read(data: bytes, first_line: int = 1) -> Nginx:
    """The directives of a configuration file. Never raises: what is unreadable is `unread`."""
    if len(data) > MOST_BYTES:
        return _unread(first_line, f"larger than {MOST_BYTES:,} bytes")
    if b"\0" in data:
        return _unread(first_line, "not a text")
    return read_text(data.decode("utf-8-sig", "replace"), first_line)


def read_text(text: str, first_line: int = 1, *, in_shell: bool = False) -> Nginx:
    r"""The directives of a text that stands in another file, from line `first_line` of it.

    Such are the block of a ConfigMap, or a heredoc. `in_shell` is an unquoted heredoc, in which
    `\$host` is nginx's and `$PORT` is the shell's.
    """
    return read_lines([Word(text, first_line)], in_shell=in_shell)


def read_lines(parts: Sequence[Word], *, in_shell: bool = False) -> Nginx:
    """The directives of a text in parts, each with the line of its beginning.

    Such are `RUN echo '...' >> nginx.conf`, a line of nginx in each command.
    """
    lines: list[int] = []
    for part in parts:
        count = part.text.count("\n") + (not part.text.endswith("\n"))
        lines.extend(range(part.line, part.line + count))
    lines.append(lines[-1] + 1 if lines else 1)
    text = "".join(part.text if part.text.endswith("\n") else part.text + "\n" for part in parts)
    if len(text) > MOST_BYTES:
        return _unread(lines[0], f"larger than {MOST_BYTES:,} bytes")
    if "\0" in text:
        return _unread(lines[0], "not a text")
    return _read(text, lines, in_shell)


def _unread(line: int, reason: str) -> Nginx:
    return Nginx((), (Unread(line, reason),))


def _read(text: str, lines: list[int], in_shell: bool) -> Nginx:
    masked = unescape_shell(text) if in_shell else mask(text.replace(GAP, "?"))
    words = _Words(masked, lines)
    try:
        directives = _blocks(iter(words))
    except _TooDeepError as error:
        return _unread(error.line, "nested too deeply")
    except _syntax_error() as error:
        row = getattr(error, "lineno", None) or 1
        reason = str(getattr(error, "strerror", "") or "not nginx's syntax")
        return _unread(words.line(row), reason)
    return Nginx(directives, (), tuple(words.gaps))


def _syntax_error() -> type[Exception]:
    import crossplane

    error: type[Exception] = crossplane.errors.NgxParserSyntaxError
    return error


class _TooDeepError(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class _Words:
    """The words of a text, with their lines in the file, whether quoted, and whether sure."""

    def __init__(self, masked: Masked, lines: list[int]) -> None:
        self._masked = masked
        self._lines = lines
        self._fillings = iter(masked.gaps)
        self.gaps: list[Word] = []

    def line(self, row: int) -> int:
        """The line in the file of a row of the text; both count from 1."""
        return self._lines[min(row, len(self._lines)) - 1]

    def __iter__(self) -> Iterator[tuple[str, int, bool, bool]]:
        from crossplane import lex_string

        for text, row, is_quoted in lex_string(self._masked.text):
            line = self.line(row)
            if GAP in text:
                text = self._filled(text, line)
            if is_quoted or not text.startswith("#"):
                yield text, line, is_quoted, row - 1 not in self._masked.doubtful

    def _filled(self, text: str, line: int) -> str:
        first, *rest = text.split(GAP)
        parts = [first]
        for each in rest:
            gap = next(self._fillings, "")
            self.gaps.append(Word(gap, line))
            parts += (gap, each)
        return "".join(parts)


class _Open:
    """A block that is not closed yet, and the words since its last directive."""

    def __init__(self, head: list[tuple[str, int, bool]]) -> None:
        self.head = head
        self.words: list[tuple[str, int, bool]] = []
        self.directives: list[Directive] = []

    def end(self, head: list[tuple[str, int, bool]], block: list[Directive] | None) -> None:
        """Takes in a directive that is complete now."""
        if not head:
            return
        name, line, is_certain = head[0]
        arguments = tuple(Word(text, row) for text, row, _ in head[1:])
        inner = None if block is None else tuple(block)
        self.directives.append(
            Directive(
                name, arguments, line, inner, is_certain and all(certain for *_, certain in head)
            )
        )


def _blocks(words: Iterator[tuple[str, int, bool, bool]]) -> tuple[Directive, ...]:
    opened = [_Open([])]
    for text, line, is_quoted, is_certain in words:
        here = opened[-1]
        if is_quoted or text not in ("{", "}", ";"):
            here.words.append((text, line, is_certain))
        elif text == ";":
            here.end(here.words, None)
            here.words = []
        elif text == "{":
            if len(opened) > MOST_DEPTH:
                raise _TooDeepError(line)
            opened.append(_Open(here.words or [("", line, is_certain)]))
            here.words = []
        elif len(opened) > 1:
            here.end(here.words, None)
            opened.pop()
            opened[-1].end(here.head, here.directives)
    opened[0].end(opened[0].words, None)
    return tuple(opened[0].directives)
