"""Makes text from scanned files harmless to print."""

from __future__ import annotations

import os

MAX_MESSAGE = 2_000
"""Longer messages are cut: a name may be a megabyte long."""


def visible(text: str) -> str:
    """`text` with every character that does not show itself written as its escape.

    That is control characters (line ends and ANSI sequences), bidi marks and other invisible
    formatting, lone surrogates, and code points that stand for nothing.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def clipped(text: str, limit: int = MAX_MESSAGE) -> str:
    """`text` made visible, and cut where it is longer than `limit`."""
    shown = visible(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def shown_path(path: str, separator: str = os.sep) -> str:
    """`path` made visible, with forward slashes."""
    return visible(path.replace(separator, "/"))
