"""Texts that an orchestrator takes apart before a program sees them: variables and commands.

`${NAME:-default}` is put in as Compose does it, and a command in one text is split into words as
Compose and Cloud Run do it: with quotes, but without a shell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from lg_lint.deploy.place import Word
from lg_lint.deploy.settings import Origin, Setting

MOST_WORDS = 2_000
_DEEPEST = 8
_MOST_TEXT = 50_000
_LONGEST_VARIABLE = 500
_MOST_MARKS = 500
_MOST_UNCLOSED = 20
_simple = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_operator = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(:?[-?+])?")


class Command(Struct, frozen=True):
    """A command: its words with their places, and whether it was a list or one text.

    A command without words says that there is none. A text was split without a shell: a shell's
    program is a word of it, after `sh -c`.
    """

    words: tuple[Setting, ...]
    line: int
    form: Literal["list", "text"] = "list"

    @property
    def texts(self) -> tuple[str, ...]:
        """The words without their places."""
        return tuple(word.text for word in self.words)


class Filled(Struct, frozen=True):
    """A text with its variables put in.

    `marks` are the parts of it whose origin differs from that of the text around.
    """

    setting: Setting
    marks: tuple[tuple[int, int, Origin], ...] = ()

    def part(self, start: int, end: int) -> Setting:
        """The text from `start` to `end` with its own line and origin."""
        return _with_origin(self.setting.part(start, end), _inside(self.marks, start, end))

    def parts(self, separator: str, most: int = -1) -> tuple[Setting, ...]:
        """The text between separators, of which those inside of an unknown variable are none."""
        found: list[Setting] = []
        start, text = 0, self.setting.text
        for at, character in enumerate(text):
            if character == separator and len(found) != most and not self._hidden(at):
                found.append(self.part(start, at))
                start = at + 1
        return (*found, self.part(start, len(text)))

    def _hidden(self, at: int) -> bool:
        return any(start <= at < end for start, end, origin in self.marks if origin == "unknown")


def filled(setting: Setting, variables: Mapping[str, Word]) -> Filled:
    """A text with `$NAME` and `${NAME:-default}` put in; what no file says stays as it stands."""
    if "$" not in setting.text:
        return Filled(setting)
    if len(setting.text) > _MOST_TEXT:
        return Filled(setting, ((0, len(setting.text), "unknown"),))
    writer = _Writer(setting, variables)
    writer.write(0, len(setting.text), 0)
    if len(writer.marks) > _MOST_MARKS or writer.length > _MOST_TEXT:
        return Filled(setting, ((0, len(setting.text), "unknown"),))
    text = "".join(writer.parts)
    return Filled(
        Setting(text, setting.line, setting.path, setting.origin, tuple(writer.breaks)),
        tuple(writer.marks),
    )


def value(setting: Setting | None, variables: Mapping[str, Word]) -> Setting | None:
    """A setting with its variables put in, and how it came about."""
    if setting is None or not setting.known or "$" not in setting.text:
        return setting
    done = filled(setting, variables)
    return _with_origin(done.setting, done.marks)


def split(done: Filled) -> tuple[Setting, ...]:
    """The words of a text, each with its place and origin."""
    return tuple(
        _with_origin(word, _inside(done.marks, start, end))
        for word, start, end in _words(done.setting)
    )


def command(parts: Sequence[Setting], line: int, variables: Mapping[str, Word]) -> Command:
    """A command that is written as a list."""
    words = (value(part, variables) for part in parts[:MOST_WORDS])
    return Command(tuple(word for word in words if word is not None), line)


def command_of_text(setting: Setting, variables: Mapping[str, Word]) -> Command:
    """A command that is written as one text."""
    return Command(split(filled(setting, variables)), setting.line, "text")


class _Writer:
    def __init__(self, setting: Setting, variables: Mapping[str, Word]) -> None:
        self.setting = setting
        self.variables = variables
        self.parts: list[str] = []
        self.length = 0
        self.breaks: list[tuple[int, int]] = []
        self.marks: list[tuple[int, int, Origin]] = []
        self.unclosed = 0
        self._line = 0

    def put(self, text: str, at: int) -> None:
        """Appends a text that stands at an offset of the source; a very long one is cut."""
        if self.length > _MOST_TEXT:
            return
        line = self.setting.line_at(at)
        if self.setting.breaks and line != self._line and text:
            self.breaks.append((self.length, line))
            self._line = line
        self.parts.append(text)
        self.length += len(text)

    def write(self, at: int, end: int, depth: int) -> None:
        text = self.setting.text
        breaks = () if depth else self.setting.breaks
        for where, _ in (*breaks, (end, 0)):
            while at < min(where, end):
                dollar = text.find("$", at, min(where, end))
                if dollar < 0:
                    self.put(text[at : min(where, end)], at)
                    at = min(where, end)
                    continue
                self.put(text[at:dollar], at)
                at = self._variable(dollar, end, depth)

    def _variable(self, at: int, end: int, depth: int) -> int:
        """Puts one variable in; the offset behind it."""
        text = self.setting.text
        if text.startswith("$$", at):
            self.put("$", at)
            return at + 2
        if text.startswith("${", at):
            closing = _closing(text, at + 2, end) if self.unclosed < _MOST_UNCLOSED else -1
            self.unclosed += closing < 0
            match = _operator.match(text, at + 2)
            if closing < 0 or match is None or depth > _DEEPEST:
                return self._left(at, at + 2)
            self._braced(at, closing, match, depth)
            return closing + 1
        match = _simple.match(text, at + 1)
        if match is None:
            self.put("$", at)
            return at + 1
        found = self.variables.get(match[0])
        if found is None:
            return self._left(at, match.end())
        self._found(found, at)
        return match.end()

    def _braced(self, at: int, closing: int, match: re.Match[str], depth: int) -> None:
        found = self.variables.get(match[1])
        operator = match[2] or ""
        filling = found is not None and (found.text != "" or ":" not in operator)
        if operator.endswith("+"):
            if found is None:
                self._unknown(match[1], at)
            elif filling:
                self.write(match.end(), closing, depth + 1)
        elif filling and found is not None:
            self._found(found, at)
        elif operator.endswith("-"):
            start = self.length
            self.write(match.end(), closing, depth + 1)
            self.marks.append((start, self.length, "default"))
        elif found is not None:
            self._found(found, at)
        else:
            self._unknown(match[1], at)

    def _found(self, found: Word, at: int) -> None:
        """Puts a variable's value in, which may itself be unknown or a default."""
        start = self.length
        self.put(found.text, at)
        if isinstance(found, Setting) and found.origin in ("unknown", "default"):
            self.marks.append((start, max(self.length, start + 1), found.origin))

    def _unknown(self, name: str, at: int) -> None:
        text = f"${{{name}}}"
        self.marks.append((self.length, self.length + len(text), "unknown"))
        self.put(text, at)

    def _left(self, at: int, end: int) -> int:
        self.marks.append((self.length, self.length + end - at, "unknown"))
        self.put(self.setting.text[at:end], at)
        return end


def _closing(text: str, at: int, end: int) -> int:
    """Where the brace that is open at an offset is closed; -1 where it is not."""
    depth = 1
    for index in range(at, min(end, at + _LONGEST_VARIABLE)):
        if text[index] == "}":
            depth -= 1
            if not depth:
                return index
        elif text[index] == "{" and text[index - 1] == "$":
            depth += 1
    return -1


def _inside(
    marks: tuple[tuple[int, int, Origin], ...], start: int, end: int
) -> tuple[tuple[int, int, Origin], ...]:
    return tuple(mark for mark in marks if mark[0] < end and mark[1] > start)


def _with_origin(setting: Setting, marks: tuple[tuple[int, int, Origin], ...]) -> Setting:
    origins = {mark[2] for mark in marks}
    origin: Origin = setting.origin
    if "unknown" in origins:
        origin = "unknown"
    elif "default" in origins and origin == "set":
        origin = "default"
    return Setting(setting.text, setting.line, setting.path, origin, setting.breaks)


def _words(setting: Setting) -> list[tuple[Setting, int, int]]:
    """The words of a text with the offsets at which they begin and end."""
    text, at = setting.text, 0
    found: list[tuple[Setting, int, int]] = []
    while at < len(text) and len(found) < MOST_WORDS:
        if text[at].isspace() or text.startswith("\\\n", at):
            at += 1 if text[at].isspace() else 2
            continue
        end, characters = _word(text, at)
        found.append((_placed(setting, characters, at), at, end))
        at = end
    return found


def _word(text: str, at: int) -> tuple[int, list[tuple[int, str]]]:
    """Where the word at an offset ends, and its characters with their offsets."""
    quote = ""
    characters: list[tuple[int, str]] = []
    while at < len(text):
        character = text[at]
        if quote:
            if character == quote:
                quote = ""
            elif character == "\\" and quote == '"' and text[at + 1 : at + 2] in ("\\", '"'):
                at += 1
                characters.append((at, text[at]))
            else:
                characters.append((at, character))
        elif character in "'\"":
            quote = character
        elif character == "\\" and at + 1 < len(text):
            at += 1
            if text[at] != "\n":
                characters.append((at, text[at]))
        elif character.isspace():
            break
        else:
            characters.append((at, character))
        at += 1
    return at, characters


def _placed(setting: Setting, characters: list[tuple[int, str]], at: int) -> Setting:
    text = "".join(character for _, character in characters)
    line = setting.line_at(at)
    breaks: list[tuple[int, int]] = []
    if setting.breaks:
        last = line
        for index, (offset, _) in enumerate(characters):
            here = setting.line_at(offset)
            if here != last:
                breaks.append((index, here))
                last = here
    return Setting(text, line, setting.path, setting.origin, tuple(breaks))
