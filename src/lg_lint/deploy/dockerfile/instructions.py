"""The instructions of a Dockerfile: continued lines joined, comments gone, here-documents read."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from msgspec import Struct

from lg_lint.deploy.place import Unread, Word

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(\S+)\s*$")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_HERE = re.compile(r"(?:^|\s)\d*<<(-?)([\"']?)([A-Za-z_][\w.]*)\2(?=\s|$|[;&|)>])")
_WITH_DOCUMENTS = frozenset(("RUN", "COPY", "ADD"))
_MOST = 5000
_decoder = json.JSONDecoder()


class Document(Struct, frozen=True):
    """A here-document: its lines as they stand; `is_plain` where no variable counts in it."""

    name: str
    lines: tuple[Word, ...]
    is_plain: bool


class Instruction(Struct, frozen=True):
    """One instruction. `name` is in upper case, `lines` what stands behind it and its flags.

    A line that is continued ends with a backslash, whatever the file's escape character is.
    """

    name: str
    line: int
    flags: tuple[Word, ...]
    lines: tuple[Word, ...]
    documents: tuple[Document, ...] = ()

    @property
    def text(self) -> str:
        """The arguments as one line."""
        rows = [line.text.removesuffix("\\") for line in self.lines[:-1]]
        return "".join([*rows, *(line.text for line in self.lines[-1:])]).strip()


def instructions(text: str) -> tuple[list[Instruction], list[Unread]]:
    """All instructions of a Dockerfile, in order, and what could not be read."""
    rows = text.split("\n")
    escape = _escape(rows)
    found: list[Instruction] = []
    at = 0
    while at < len(rows):
        lines, at = _logical(rows, at, escape)
        instruction = _instruction(lines)
        if instruction is None:
            continue
        if instruction.name in _WITH_DOCUMENTS:
            documents, at = _documents(instruction, rows, at)
            instruction = Instruction(
                instruction.name,
                instruction.line,
                instruction.flags,
                instruction.lines,
                documents,
            )
        found.append(instruction)
        if len(found) > _MOST:
            return found, [Unread(instruction.line, f"more than {_MOST} instructions")]
    return found, []


def _escape(rows: Sequence[str]) -> str:
    """The escape character: a directive counts before anything else alone."""
    for row in rows:
        match = _DIRECTIVE.match(row.strip())
        if match is None:
            break
        if match[1].lower() == "escape" and match[2] in ("\\", "`"):
            return match[2]
    return "\\"


def _logical(rows: Sequence[str], at: int, escape: str) -> tuple[list[Word], int]:
    """The physical lines of one instruction from `at` on, and where the next begins.

    Comments and empty lines between continued lines are no part of it.
    """
    found: list[Word] = []
    while at < len(rows):
        row, line = rows[at], at + 1
        at += 1
        stripped = row.strip()
        if stripped.startswith("#") or (not stripped and found):
            continue
        if not stripped:
            break
        bare = row.rstrip(" \t\v\f\r")
        continues = bare.endswith(escape) and not bare.endswith(escape * 2)
        found.append(Word(bare[:-1] + "\\" if continues else row, line))
        if not continues:
            return found, at
    if found:  # nothing follows the last of them
        found[-1] = Word(found[-1].text.removesuffix("\\"), found[-1].line)
    return found, at


def _instruction(lines: list[Word]) -> Instruction | None:
    if not lines:
        return None
    head = lines[0].text.lstrip()
    name, _, rest = head.partition(" ")
    if "\t" in name:
        name, _, rest = head.partition("\t")
    is_alone = name.endswith("\\") and not rest
    name = name.removesuffix("\\").strip()
    rows = [Word(rest if not is_alone else "\\", lines[0].line), *lines[1:]]
    flags = _take_flags(rows)
    return Instruction(name.upper(), lines[0].line, tuple(flags), tuple(rows))


def _take_flags(rows: list[Word]) -> list[Word]:
    """Takes `--name=value` words off the front."""
    flags: list[Word] = []
    at = 0
    while at < len(rows):
        row = rows[at].text.lstrip()
        if row.rstrip() == "\\":
            at += 1
            continue
        if not row.startswith("--"):
            break
        flag, _, rest = row.partition(" ")
        flags.append(Word(flag.removesuffix("\\"), rows[at].line))
        rows[at] = Word(rest or ("\\" if row.endswith("\\") else ""), rows[at].line)
        if not rest.strip() and not row.endswith("\\"):
            break
    return flags


def _documents(
    instruction: Instruction, rows: Sequence[str], at: int
) -> tuple[tuple[Document, ...], int]:
    """The here-documents that an instruction opens; they stand behind its last line."""
    found = []
    for match in _HERE.finditer(" ".join(line.text for line in instruction.lines)):
        lines = []
        while at < len(rows):
            row = rows[at].lstrip("\t") if match[1] else rows[at]
            at += 1
            if row == match[3]:
                break
            lines.append(Word(row, at))
        found.append(Document(match[3], tuple(lines), bool(match[2])))
    return tuple(found), at


def json_words(instruction: Instruction) -> tuple[Word, ...] | None:
    """The words of the exec form, each with its line; None where it is the shell form.

    What stands behind the array is not looked at, as a build does not.
    """
    text = instruction.text
    if not text.startswith("["):
        return None
    try:
        words, _ = _decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        return None
    lines = [line for row in instruction.lines for line in [row.line] * _strings(row.text)]
    if len(lines) != len(words):
        return tuple(Word(word, instruction.line) for word in words)
    return tuple(Word(word, line) for word, line in zip(words, lines))  # noqa: B905


def _strings(row: str) -> int:
    return len(_STRING.findall(row))
