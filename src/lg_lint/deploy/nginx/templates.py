"""Texts that become nginx's words only when something fills them in: templates and shell texts.

What fills a gap is not known. It is cut out, so that the rest can be read, and put back into the
words afterwards: whoever meets such a word sees the gap in it.
"""

from __future__ import annotations

import re

import msgspec

GAP = "\ue000"
"""Stands for a gap while a text is read; a private character that no configuration has."""

_ENDS = {"{{": "}}", "{%": "%}", "<%": "%>"}
_LONGEST = 4_000
_SETS = ("define", "set", "macro", "import", "extends")
_OPEN = ("if", "range", "for", "with", "unless", "each", "block", *_SETS[:1], "macro")
_BETWEEN = ("else", "elif", "elsif")
_CLOSE = ("end", "endif", "endfor", "endblock", "endmacro", "endwith")
_shell = re.compile(
    r"\\([$`\\])|\\\r?\n|\$\{[^{}\n]*\}|\$\([^()\n]*\)|\$[A-Za-z_][A-Za-z0-9_]*|`[^`\n]*`"
)
_opening = re.compile(r"\{\{|\{%|<%")
_comment = re.compile(r"\{\{-?\s?/\*")
_env = re.compile(r"^[ \t]*(\$\{[A-Za-z_][A-Za-z0-9_]*\})[ \t]*\r?$")


class Masked(msgspec.Struct):
    """A text without its gaps, on the same lines as before.

    `gaps` has what was cut out, in order, each where the text has a `GAP`. `doubtful` are the
    lines, from 0, that a condition or a loop may leave out.
    """

    text: str
    gaps: list[str]
    doubtful: set[int]


def mask(text: str) -> Masked:
    """Cut the gaps of a template out: `{{ }}`, `{% %}`, `<% %>`, and `${NAME}` alone on a line."""
    masked = Masked("", [], set())
    depth = 0
    parts: list[str] = []
    for number, line in enumerate(_without_comments(text).split("\n")):
        if _opening.search(line):
            line, depth = _line(line, number, depth, masked)
        elif line.lstrip().startswith("${") and (found := _env.match(line)):
            masked.gaps.append(found[1])
            line = line.replace(found[1], f"{GAP};")
        if depth:
            masked.doubtful.add(number)
        parts.append(line)
    masked.text = "\n".join(parts)
    return masked


def unescape_shell(text: str) -> Masked:
    """What a shell makes of a text in an unquoted heredoc; what it fills in is a gap."""
    gaps: list[str] = []

    def one(found: re.Match[str]) -> str:
        if found[1]:
            return found[1]
        if found[0][0] == "\\":
            return " \n"
        gaps.append(found[0])
        return GAP

    return Masked(_shell.sub(one, text.replace(GAP, "?")), gaps, set())


def has_gap(text: str) -> bool:
    """Whether a word has a part that is filled in later: by nginx itself, a template or a shell."""
    return any(mark in text for mark in ("$", "{{", "{%", "<%", "`", GAP))


def _without_comments(text: str) -> str:
    """The text with the comments of Go's templates blanked, which may go over several lines."""
    parts: list[str] = []
    position = 0
    for found in _comment.finditer(text):
        end = text.find("*/", found.end())
        if end < 0:
            break
        if found.start() >= position:
            parts += (text[position : found.start()], "\n" * text.count("\n", found.start(), end))
            position = text.find("}}", end) + 2 or len(text)
    return "".join(parts) + text[position:]


def _line(line: str, number: int, depth: int, masked: Masked) -> tuple[str, int]:
    pieces: list[str] = []
    gaps: list[str] = []
    position, touched = 0, depth > 0
    while opening := _opening.search(line, position):
        start = opening.start()
        end = line.find(_ENDS[line[start : start + 2]], start + 2, start + _LONGEST)
        if end < 0:
            break
        gap = line[start : end + 2]
        pieces.append(line[position:start])
        position = end + 2
        change = _control(gap)
        if change is None:
            pieces.append(GAP)
            gaps.append(gap)
        else:
            pieces.append(" ")
            depth = max(0, depth + change)
            touched = touched or depth > 0
    pieces.append(line[position:])
    whole = "".join(pieces)
    if touched:
        masked.doubtful.add(number)
    if gaps and not whole.replace(GAP, "").strip():
        whole += ";"
    masked.gaps.extend(gaps)
    return whole, depth


def _control(gap: str) -> int | None:
    """How much deeper into conditions a gap leads; None where it stands for a text."""
    inner = gap[2:-2].strip("- \t")
    if inner.startswith("!"):
        return 0
    if inner.startswith("/"):
        return -1
    is_section = inner.startswith(("#", "^"))
    word = re.split(r"\W", inner.lstrip("#^ "), maxsplit=1)[0]
    if is_section or word in _OPEN:
        return 1
    if word in _CLOSE:
        return -1
    if word in _BETWEEN or word in _SETS or re.match(r"\$\w+\s*:?=", inner):
        return 0
    return None
