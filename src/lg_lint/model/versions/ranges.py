"""Ranges of versions, as requirements give them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import reduce
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

LONGEST = 4096
"""Characters that say which versions; none that a person or a tool writes are more."""

_POETRY = re.compile(r"(?P<sign>[\^~])\s*(?P<version>[^=\s].*)$", re.DOTALL)
_BARE = re.compile(r"\s*\d[\w.!+*-]*\s*$")


class Range(Struct, frozen=True):
    """All versions from `low` to `high`, None where an end is open.

    `high` itself belongs to it where it is `closed`.
    """

    low: Version | None = None
    high: Version | None = None
    closed: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it says nothing."""
        return self.low is None and self.high is None

    @property
    def is_exact(self) -> bool:
        """Whether it names one version."""
        return self.low is not None and self.low == self.high

    def may_be(self, version: Version) -> bool:
        """Whether it holds that version or a later one."""
        if self.high is None:
            return True
        return self.high > version or (self.closed and self.high == version)

    def must_be(self, version: Version) -> bool:
        """Whether it holds no version before that one."""
        return self.low is not None and self.low >= version

    def holds(self, version: Version) -> bool:
        """Whether a version lies in it."""
        return self.may_be(version) and (self.low is None or self.low <= version)

    def within(self, other: Range) -> Range:
        """What both ranges hold."""
        lows = [each for each in (self.low, other.low) if each is not None]
        low = max(lows, default=None)
        if other.high is None or (self.high is not None and self.high < other.high):
            return Range(low, self.high, self.closed)
        closed = other.closed and (self.high != other.high or self.closed)
        return Range(low, other.high, closed)

    def or_(self, other: Range) -> Range:
        """The smallest range that holds both."""
        low = None if self.low is None or other.low is None else min(self.low, other.low)
        if self.high is None or other.high is None:
            return Range(low)
        high = max(self.high, other.high)
        return Range(low, high, any(each.closed and each.high == high for each in (self, other)))

    def __str__(self) -> str:
        if self.is_exact:
            return str(self.low)
        ends = []
        if self.low is not None:
            ends.append(f">={self.low}")
        if self.high is not None:
            ends.append(f"{'<=' if self.closed else '<'}{self.high}")
        return ",".join(ends)


def exactly(text: str) -> Range:
    """Raises ValueError where the text is no version."""
    from packaging.version import Version

    version = Version(text)
    return Range(version, version, closed=True)


def either(ranges: Iterable[Range]) -> Range:
    """The smallest range that holds all of them; there is at least one."""
    return reduce(Range.or_, ranges)


def of_specifiers(specifiers: SpecifierSet) -> Range:
    """What `>=0.40,<0.46` and the like leave; exceptions such as `!=0.44` are left out."""
    return reduce(
        Range.within, (_of_one(item.operator, item.version) for item in specifiers), Range()
    )


def of_text(text: str) -> Range:
    """The same for a text. Raises ValueError."""
    from packaging.specifiers import SpecifierSet

    return of_specifiers(SpecifierSet(text))


def of_poetry(text: str) -> Range:
    """What a constraint in poetry's own words leaves: `^1.2`, `~1.2`, `1.2.3`, `>=1,<2`.

    Raises ValueError.
    """
    found = Range()
    if len(text) > LONGEST:
        raise ValueError("a constraint that is too long")
    for part in text.split(",") if "|" not in text else ():
        given = _POETRY.match(part.strip())
        if given is not None:
            found = found.within(_up_to(given["version"], caret=given["sign"] == "^"))
        elif part.strip() not in ("", "*"):
            found = found.within(of_text(f"=={part.strip()}" if _BARE.match(part) else part))
    return found


def _of_one(operator: str, text: str) -> Range:
    from packaging.version import Version

    if operator == "===":
        return exactly(text)
    if operator == "==" and text.endswith(".*"):
        start = Version(text[:-2])
        return Range(start, _after(start.release))
    version = Version(text)
    if operator == "==":
        return Range(version, version, closed=True)
    if operator == "~=":
        return Range(version, _after(version.release[:-1]))
    if operator in (">=", ">"):
        return Range(low=version)
    if operator in ("<=", "<"):
        return Range(high=version, closed=operator == "<=")
    return Range()


def _up_to(text: str, *, caret: bool) -> Range:
    """From a version on, as long as its first number other than 0 stays, or its first two."""
    from packaging.version import Version

    version = Version(text)
    release = version.release
    last = len(release) - 1
    if caret:
        kept = next((index for index, number in enumerate(release) if number), last)
    else:
        kept = min(1, last)
    return Range(version, _after(release[: kept + 1]))


def _after(release: tuple[int, ...]) -> Version:
    """The first version that does not begin with these numbers."""
    from packaging.version import Version

    return Version(".".join(map(str, (*release[:-1], release[-1] + 1))))
