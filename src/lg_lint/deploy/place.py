"""What all adapters have in common: a text with its line, and what could not be read."""

from __future__ import annotations

import msgspec


class Word(msgspec.Struct, frozen=True):
    """A text of a deployment file and the line (from 1) on which it stands."""

    text: str
    line: int


class Unread(msgspec.Struct, frozen=True):
    """A part of a deployment file that could not be read: told once, the rest is judged without it.

    `line` counts from 1; it is 1 where the whole file is meant.
    """

    line: int
    reason: str
