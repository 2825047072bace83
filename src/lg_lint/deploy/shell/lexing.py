"""The words and operators of a shell script, with their lines and without running anything."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from lg_lint.deploy.place import Word
from lg_lint.deploy.shell.tree import Mark, Part, Piece, Token

_OPERATORS = (
    "&>>", "<<-", "<<<", ";;&", "&&", "||", ";;", ";&", ">>", "<<", ">&", "<&", "&>", ">|",
    "<>", "&", "|", ";", "(", ")", "<", ">",
)  # fmt: skip
_STARTS = frozenset("&|;()<>")
_BLANK = frozenset(" \t\r")
_SPECIAL = frozenset("?$!#@*-0123456789")
_DEPTH = 16


class Lexer:
    """Turns physical lines into tokens. Any text is accepted: an open quote ends with the text.

    Without operators, as in an ENV of a Dockerfile, `&` and its kin are characters like others.
    """

    def __init__(self, lines: Sequence[Word], *, has_operators: bool = True) -> None:
        self.text = "\n".join(line.text for line in lines)
        self.at = 0
        self.unread: list[tuple[int, str]] = []
        self._numbers = [line.line for line in lines]
        self._starts = [0]
        for line in lines[:-1]:
            self._starts.append(self._starts[-1] + len(line.text) + 1)
        self._stoppers = _STARTS if has_operators else frozenset()
        self._comment = "#" if has_operators else ""
        self._waiting: list[tuple[Mark, str, bool, bool]] = []

    def line(self, at: int) -> int:
        """The number of the line on which a character stands."""
        return self._numbers[bisect_right(self._starts, at) - 1] if self._numbers else 1

    def tokens(self) -> list[Token]:
        """All tokens of the text, in order."""
        found: list[Token] = []
        while self._skip_blanks():
            start = self.at
            if self.text[start] == "\n":
                found.append(Mark("\n", self.line(start)))
                self.at += 1
                self._take_bodies()
            elif self._stops(self.text[start]):
                found.append(self._operator(found))
            else:
                piece = Piece(self._word(""), self.line(start))
                found.append(piece)
                self._delimits(found, piece)
        return found

    def _skip_blanks(self) -> bool:
        """Goes on to the next token: False at the end."""
        text, size = self.text, len(self.text)
        while self.at < size:
            char = text[self.at]
            if char in _BLANK:
                self.at += 1
            elif char == "\\" and text.startswith(("\\\n", "\\\r\n"), self.at):
                self.at = text.index("\n", self.at) + 1
            elif char == self._comment:
                end = text.find("\n", self.at)
                self.at = size if end < 0 else end
            else:
                return True
        return False

    def _opens_process(self) -> bool:
        return bool(self._stoppers) and self.text.startswith(("<(", ">("), self.at)

    def _operator(self, found: list[Token]) -> Mark:
        start = self.at
        operator = next(each for each in _OPERATORS if self.text.startswith(each, start))
        self.at += len(operator)
        last = found[-1] if found else None
        if (
            operator[0] in "<>"
            and isinstance(last, Piece)
            and (last.plain or "x").isdigit()
            and self.text[start - 1].isdigit()
        ):
            found.pop()  # the number of a file, as in `2>`
        return Mark(operator, self.line(start))

    def _delimits(self, found: list[Token], piece: Piece) -> None:
        """Where this word ends a here-document: its body starts after this line."""
        mark = found[-2] if len(found) > 1 else None
        if isinstance(mark, Mark) and mark.text in ("<<", "<<-"):
            end = "".join(part.text for part in piece.parts)
            is_plain = piece.plain is None
            self._waiting.append((mark, end, is_plain, mark.text == "<<-"))

    def _take_bodies(self) -> None:
        for mark, end, is_plain, is_indented in self._waiting:
            body = []
            while self.at < len(self.text):
                start = self.at
                stop = self.text.find("\n", start)
                stop = len(self.text) if stop < 0 else stop
                row = self.text[start:stop].rstrip("\r")
                row = row.lstrip("\t") if is_indented else row
                self.at = min(stop + 1, len(self.text))
                if row == end:
                    break
                body.append(Piece(self.row(row, is_plain), self.line(start)))
            mark.body = tuple(body)
        self._waiting.clear()

    @staticmethod
    def row(row: str, is_plain: bool = False) -> tuple[Part, ...]:
        """The parts of a line of a here-document."""
        if is_plain:
            return (Part("text", row, row, True),)
        inner = Lexer([Word(row, 1)])
        return inner._quoted("", 0)

    def _word(self, ends: str, depth: int = 0) -> tuple[Part, ...]:
        """The parts of a word up to a blank or an operator; with `ends`, up to that character."""
        parts: list[Part] = []
        text, size = self.text, len(self.text)
        while self.at < size:
            char = text[self.at]
            if char in ends if ends else char in _BLANK or char == "\n" or self._stops(char):
                break
            start = self.at
            if char == "\\":
                self.at = min(self.at + 2, size)
                taken = text[start + 1 : self.at]
                if taken != "\n":
                    parts.append(Part("text", taken, text[start : self.at], True))
            elif char == "'":
                parts.append(self._single())
            elif char == '"':
                self.at += 1
                inner = self._quoted('"', depth)
                self.at += 1
                parts += inner or (Part("text", "", '""', True),)
            elif char in "$`" or self._opens_process():
                parts.append(self._expansion(False, depth))
            else:
                parts.append(self._run(ends))
        return tuple(parts)

    def _stops(self, char: str) -> bool:
        return char in self._stoppers and not self._opens_process()

    def _run(self, ends: str) -> Part:
        """Characters that mean themselves."""
        start = self.at
        self.at += 1
        while self.at < len(self.text):
            char = self.text[self.at]
            if char in "\\'\"$`\n" or char in _BLANK or char in self._stoppers or char in ends:
                break
            self.at += 1
        taken = self.text[start : self.at]
        return Part("text", taken, taken)

    def _single(self) -> Part:
        start = self.at
        end = self.text.find("'", start + 1)
        if end < 0:
            end = len(self.text)
            self.unread.append((self.line(start), "a quote that does not end"))
        self.at = end + 1
        return Part("text", self.text[start + 1 : end], self.text[start : self.at], True)

    def _quoted(self, end: str, depth: int) -> tuple[Part, ...]:
        """The parts between double quotes, or of a line where `end` is empty."""
        parts: list[Part] = []
        start = taken = self.at
        while self.at < len(self.text) and (not end or self.text[self.at] != end):
            char = self.text[self.at]
            if char not in "\\$`":
                self.at += 1
                continue
            if taken < self.at:
                parts.append(self._literal(taken))
            if char == "\\":
                parts += self._escape(end)
            else:
                parts.append(self._expansion(True, depth))
            taken = self.at
        if taken < self.at:
            parts.append(self._literal(taken))
        if end and self.at >= len(self.text):
            self.unread.append((self.line(start), "a quote that does not end"))
        return tuple(parts)

    def _literal(self, start: int) -> Part:
        taken = self.text[start : self.at]
        return Part("text", taken, taken, True)

    def _escape(self, end: str) -> list[Part]:
        """A backslash between double quotes: it stands for itself before most characters."""
        start = self.at
        self.at = min(start + 2, len(self.text))
        source = self.text[start : self.at]
        if source == "\\\n":
            return []
        return [Part("text", source[1:] if source[1:] in f"$`\\{end}" else source, source, True)]

    def _expansion(self, is_quoted: bool, depth: int) -> Part:
        """What starts with `$`, a backquote, or `<(`."""
        start = self.at
        text = self.text
        if text[start] == "`":
            end = text.find("`", start + 1)
            self.at = len(text) if end < 0 else end + 1
            return Part("opaque", "", text[start : self.at], is_quoted)
        following = text[start + 1 : start + 2]
        if following == "(":
            self._skip_nested()
            return Part("opaque", "", text[start : self.at], is_quoted)
        if following == "{":
            return self._braced(is_quoted, depth)
        if following in ("'", '"') and not is_quoted:
            self.at += 1  # $'...' and $"...": as if quoted without the dollar
            return Part("text", "", "$")
        return self._named(is_quoted)

    def _named(self, is_quoted: bool) -> Part:
        """`$name`, or a dollar that means itself."""
        start = self.at
        end = start + 1
        if self.text[end : end + 1] in _SPECIAL and end < len(self.text):
            end += 1
        else:
            while end < len(self.text) and _is_of_name(self.text[end]):
                end += 1
        self.at = end
        name, source = self.text[start + 1 : end], self.text[start:end]
        return Part("variable" if name else "text", name or "$", source, is_quoted)

    def _braced(self, is_quoted: bool, depth: int) -> Part:
        """`${name}`, `${name:-default}` and the other forms, which stay opaque."""
        start = self.at
        end = start + 2
        while end < len(self.text) and _is_of_name(self.text[end]):
            end += 1
        if end == start + 2 and self.text[end : end + 1] in ("@", "*", "#"):
            end += 1
        name = self.text[start + 2 : end]
        self.at = end
        if self.text.startswith(("[@]", "[*]"), end):
            self.at = end = end + 3
            name += "[@]"
        operator = next((each for each in _DEFAULTS if self.text.startswith(each, end)), "")
        if not name or depth >= _DEPTH or not (operator or self.text.startswith("}", end)):
            self.at = start
            self._skip_nested()
            return Part("opaque", "", self.text[start : self.at], is_quoted)
        self.at += len(operator)
        default = self._default(is_quoted, depth + 1) if operator else ()
        self.at = min(self.at + 1, len(self.text))
        return Part("variable", name, self.text[start : self.at], is_quoted, operator, default)

    def _default(self, is_quoted: bool, depth: int) -> tuple[Part, ...]:
        """The word after the operator of `${name:-word}`."""
        if is_quoted:
            return self._quoted("}", depth)
        return self._word("}", depth)

    def _skip_nested(self) -> None:
        """Goes behind a bracket that may hold others, and quotes."""
        start = self.at
        open_ones = [_CLOSING[self.text[start + 1]]]
        cases: list[int] = []
        self.at += 2
        while self.at < len(self.text) and open_ones:
            self._pass_nested(open_ones, cases)
            self.at += 1
        self.at = min(self.at, len(self.text))
        if open_ones:
            self.unread.append((self.line(start), "a bracket that does not end"))

    def _pass_nested(self, open_ones: list[str], cases: list[int]) -> None:
        """Looks at one character between brackets; `cases` are the depths of open `case`s."""
        text, char, is_quoted = self.text, self.text[self.at], open_ones[-1] == '"'
        if char == "\\":
            self.at += 1
        elif char == open_ones[-1] and not (cases and cases[-1] == len(open_ones)):
            open_ones.pop()  # else it ends a pattern of `case`
        elif char == '"':
            open_ones.append('"')
        elif char == "$" and text[self.at + 1 : self.at + 2] in _CLOSING:
            self.at += 1
            open_ones.append(_CLOSING[text[self.at]])
        elif is_quoted:
            return
        elif char == "(":
            open_ones.append(")")
        elif char == "#" and open_ones[-1] == ")" and text[self.at - 1].isspace():
            end = text.find("\n", self.at)
            self.at = len(text) if end < 0 else end
        elif char == "'" and (end := text.find("'", self.at + 1)) >= 0:
            self.at = end
        elif char in "ce":
            self._count_case(cases, len(open_ones))

    def _count_case(self, cases: list[int], depth: int) -> None:
        if self.text[self.at - 1].isalnum():
            return
        if self.text.startswith("case ", self.at):
            cases.append(depth)
        elif self.text.startswith("esac", self.at) and cases:
            cases.pop()


_CLOSING = {"(": ")", "{": "}"}
_DEFAULTS = (":-", ":=", ":+", ":?", "-", "=", "+", "?")


def _is_of_name(char: str) -> bool:
    return char == "_" or (char.isascii() and char.isalnum())


def lines_of(text: str, line: int = 1) -> tuple[Word, ...]:
    """The physical lines of a text whose first one stands on `line`."""
    return tuple(Word(row, line + index) for index, row in enumerate(text.split("\n")))


def plain_words(text: str, line: int = 1) -> tuple[Word, ...]:
    """The words of a text where quotes count, but nothing is a variable or an operator.

    That is how `shlex.split` reads it, and with it compose and supervisord. An open quote ends with
    the text.
    """
    words: list[Word] = []
    current: list[str] | None = None
    row = started = line
    quote = ""
    at, size = 0, len(text)
    while at < size:
        char = text[at]
        if quote:
            if char == quote:
                quote = ""
            elif char == "\\" and quote == '"' and text[at + 1 : at + 2] in ('"', "\\"):
                at += 1
                _grown(current, text[at])
            else:
                _grown(current, char)
        elif char.isspace():
            if current is not None:
                words.append(Word("".join(current), started))
                current = None
        elif char == "\\" and text.startswith(("\\\n", "\\\r\n"), at):
            at = text.index("\n", at) - 1
        else:
            if current is None:
                current, started = [], row
            if char in "'\"":
                quote = char
            else:
                at += char == "\\"
                current.append(text[at : at + 1])
        if text[at : at + 1] == "\n":
            row += 1
        at += 1
    if current is not None:
        words.append(Word("".join(current), started))
    return tuple(words)


def _grown(current: list[str] | None, char: str) -> None:
    if current is not None:
        current.append(char)
