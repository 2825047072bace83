"""Makes text from scanned files harmless to print."""

from __future__ import annotations

import os

MAX_MESSAGE = 2_000
"""Longer messages are cut: a name may be a megabyte long."""


def visible(text: str) -> str:
    """`text` with every character that does not show itself written as its escape.

    That is control characters (line ends and ANSI sequences), bidi marks and other invisible
    formatting, lone surrogates, and code points that stand for nothing. What a CI service would
    take for a command is taken apart in the same way.
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _escape(char) for char in text)
    return inert(text)


def inert(line: str) -> str:
    """A line that begins with no `::command::`, and holds none of the older forms."""
    if "##" in line:
        line = line.replace("##[", "#\\x23[").replace("##vso[", "#\\x23vso[")
    start = len(line) - len(line.lstrip())
    return f"{line[:start]}\\x3a{line[start + 1 :]}" if line.startswith("::", start) else line


def visible_lines(text: str) -> str:
    """Each line of a text made visible; its line feeds stay."""
    return "\n".join(map(visible, text.split("\n")))


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def clipped(text: str, limit: int = MAX_MESSAGE) -> str:
    """`text` made visible, and cut where it is longer than `limit`."""
    shown = visible(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def shown_path(path: str, separator: str = os.sep) -> str:
    """`path` made visible, with forward slashes."""
    return visible(path.replace(separator, "/"))
