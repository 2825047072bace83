"""nginx's regular expressions, in as much of Python's as is the same, and in bounded time."""

from __future__ import annotations

import re
from functools import lru_cache

_MOST_WORK = 2_000_000
_LONGEST = 400
_quantifier = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|[()*+{?]|[^\\\[()*+{?]+", re.DOTALL)
_named = re.compile(r"\(\?<(?=[A-Za-z_])")
_foreign = re.compile(r"\\[RKGzZXQEpPhHvVNLU]|\(\?[|>R&#0-9+(]|\(\*|[*+?}]\+")


class UnknownMatchError(Exception):
    """Whether an expression matches cannot be told: it is PCRE's alone, or takes too long."""


def search(pattern: str, text: str, *, ignores_case: bool = False) -> re.Match[str] | None:
    """What nginx would match. Raises UnknownMatchError."""
    compiled, loops = _compiled(pattern, ignores_case)
    if len(text) > _LONGEST or (len(text) + 1) ** (loops + 1) > _MOST_WORK:
        raise UnknownMatchError(pattern)
    return compiled.search(text)


def captures(found: re.Match[str]) -> dict[str, str | None]:
    """The groups of a match by number and by name, as variables have them."""
    numbered = {str(number): text for number, text in enumerate(found.groups(), 1)}
    return {**numbered, **found.groupdict()}


@lru_cache(maxsize=1024)
def _compiled(pattern: str, ignores_case: bool) -> tuple[re.Pattern[str], int]:
    if len(pattern) > _LONGEST or _foreign.search(pattern):
        raise UnknownMatchError(pattern)
    loops = _loops(pattern)
    try:
        flags = re.ASCII | (re.IGNORECASE if ignores_case else 0)
        return re.compile(_named.sub("(?P<", pattern), flags), loops
    except (re.error, OverflowError, RecursionError, ValueError):
        raise UnknownMatchError(pattern) from None


def _loops(pattern: str) -> int:
    """How many repetitions without an end there are. Raises where one lies in another."""
    loops = 0
    groups = [0]
    before_close: int | None = None
    for found in _quantifier.finditer(pattern):
        sign = found[0]
        if sign in ("*", "+", "{"):
            if before_close:
                raise UnknownMatchError(pattern)
            loops += 1
            groups[-1] += 1
        if sign == "(":
            groups.append(0)
        elif sign == ")" and len(groups) > 1:
            before_close = groups.pop()
            groups[-1] += before_close
            continue
        before_close = None
    return loops
