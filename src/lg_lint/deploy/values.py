"""Values of deployment files: a text that is known, or what was written where it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

from msgspec import Struct

from lg_lint.deploy.place import Word
from lg_lint.deploy.settings import Setting


class Unknown(Struct, frozen=True):
    """A value that depends on what is not in the file, as `$PORT` or `$(nproc)`.

    `text` is what was written, variables and all. It is never empty.
    """

    text: str
    line: int


class AtLeast(Unknown, frozen=True):
    """A number that is not known, but is `least` or more, as `cpu_count() * 2 + 1` is 3 or more."""

    least: int


Value = Union[Word, Unknown]
Environment = Mapping[str, Value]
"""What is known of environment variables. A name that is absent is set by no file that was read."""


def value_of(setting: Setting) -> Value:
    """The value of a setting of a YAML file; Unknown where no file says it."""
    return setting if setting.known else Unknown(setting.text or "?", setting.line)


def known(value: Value | None) -> str | None:
    """The text of a value, None where it is unknown or was not said."""
    return value.text if isinstance(value, Word) else None


def at_line(value: Value, line: int) -> Value:
    """The same value, said on another line."""
    if isinstance(value, AtLeast):
        return AtLeast(value.text, line, value.least)
    return Unknown(value.text, line) if isinstance(value, Unknown) else Word(value.text, line)


def whole_number(value: Value | None) -> int | None:
    """The integer that a value is, as Python's `int` reads it; None where it is none."""
    text = known(value)
    if text is None or len(text) > 20:
        return None
    try:
        return int(text)
    except ValueError:
        return None
