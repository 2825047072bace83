"""A value of a deployment file, with where it stands and whether anybody chose it."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Literal

from lg_lint.deploy.place import Word

Origin = Literal["set", "default", "platform", "unknown"]
"""How a value came about.

"set": written down. "default": written down as what holds where nothing else is said, such as the
4 of `${WORKERS:-4}`. "platform": what the platform does where nothing is written. "unknown": it
depends on what no file says; the text is then what stands there, and is never a value.
"""

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|us|µs|ns|[smhd]?)", re.IGNORECASE)
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 0.001, "": 1, "s": 1, "m": 60, "h": 3600}
_LONGEST_NUMBER = 40
_TRUE = frozenset(("true", "on", "yes", "y", "1", "enabled"))
_FALSE = frozenset(("false", "off", "no", "n", "0", "disabled"))


class Setting(Word, frozen=True):
    """A text with its line and how it came about.

    `path` is empty for the file that was read, and names another file where a merge, a template or
    a variable brought the value from there. `breaks` are the offsets in the text from which on it
    stands on another line, for texts over several lines. `used` is the file and the line of what
    takes the value, where a variable brought it there from elsewhere.
    """

    path: str = ""
    origin: Origin = "set"
    breaks: tuple[tuple[int, int], ...] = ()
    used: tuple[str, int] | None = None

    @property
    def known(self) -> bool:
        """Whether the text is the value."""
        return self.origin != "unknown"

    @property
    def chosen(self) -> bool:
        """Whether somebody wrote the value down, be it as a default."""
        return self.origin in ("set", "default")

    def line_at(self, offset: int) -> int:
        """The line on which the character at `offset` of the text stands."""
        if not self.breaks:
            return self.line
        index = bisect_right(self.breaks, (offset, 1 << 62))
        return self.breaks[index - 1][1] if index else self.line

    def part(self, start: int, end: int) -> Setting:
        """The text from `start` to `end`, on its own line."""
        inside = tuple((at - start, line) for at, line in self.breaks if start < at < end)
        return Setting(self.text[start:end], self.line_at(start), self.path, self.origin, inside)


def platform(text: str, line: int = 1) -> Setting:
    """What a platform does where nothing is written; `line` is where it would have to stand."""
    return Setting(text, line, origin="platform")


def unknown(text: str, line: int, path: str = "") -> Setting:
    """A value that no file says."""
    return Setting(text, line, path, "unknown")


def number(setting: Setting | None) -> float | None:
    """The number that a setting is, or None where it is no known number."""
    if setting is None or not setting.known or len(setting.text) > _LONGEST_NUMBER:
        return None
    text = setting.text.strip().replace("_", "")
    if not re.fullmatch(r"[+-]?\d+(\.\d*)?", text, re.ASCII):
        return None
    return float(text)


def seconds(setting: Setting | None, unit: float = 1.0) -> float | None:
    """The time that a setting is, in seconds: `90`, `90s`, `1m30s`, `1500ms`; None if unknown.

    `unit` is what a bare number counts: 0.001 where it is milliseconds.
    """
    if setting is None or not setting.known or len(setting.text) > _LONGEST_NUMBER:
        return None
    bare = number(setting)
    if bare is not None:
        return bare * unit
    total, at = 0.0, 0
    text = setting.text.strip().replace(" ", "")
    while at < len(text):
        match = _DURATION.match(text, at)
        if match is None or match[2].lower() not in (*_UNITS, "d"):
            return None
        total += float(match[1]) * (86400 if match[2].lower() == "d" else _UNITS[match[2].lower()])
        at = match.end()
    return total if text else None


def truth(setting: Setting | None) -> bool | None:
    """Whether a setting says yes or no; None where it says neither or is unknown."""
    if setting is None or not setting.known:
        return None
    text = setting.text.strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None
