"""The kinds of values that options take, and how each is read from TOML or the command line."""

from __future__ import annotations

import os

from lg_lint.base import levels
from lg_lint.base.suggest import suggest
from lg_lint.settings.mistakes import InvalidValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from lg_lint.base.finding import Severity


class Kind:
    """A kind of value. `read` takes the raw value and the folder that its paths start from.

    `schema` describes the raw value as JSON schema does. A kind that is `additive` extends the
    value of the settings below instead of replacing it.
    """

    def __init__(
        self,
        expects: str,
        read: Callable[[object, str], Any],
        schema: Mapping[str, object],
        *,
        additive: bool = False,
    ) -> None:
        self.expects = expects
        self.read = read
        self.schema = schema
        self.additive = additive


def _flag(value: object, _base: str) -> bool:
    if not isinstance(value, bool):
        raise InvalidValueError("expected true or false")
    return value


def _number_of(unit: str) -> Kind:
    def read(value: object, _base: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise InvalidValueError(f"expected a number of {unit} above zero")
        return value

    return Kind(f"a number of {unit}", read, {"type": "integer", "minimum": 1})


def _strings(value: object, _base: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidValueError("expected a list of strings")
    for item in value:
        if not isinstance(item, str) or not item.strip():
            raise InvalidValueError("expected a list of strings that are not empty", str(item))
    return tuple(value)


def _selectors(value: object, base: str) -> tuple[str, ...]:
    selectors = _strings(value, base)
    for selector in selectors:
        if selector != EVERYTHING:
            codes_of(selector)
    return selectors


def _patterns(value: object, base: str) -> tuple[str, ...]:
    return tuple(_pattern(pattern, base) for pattern in _strings(value, base))


def _pattern(pattern: str, base: str) -> str:
    import re

    from pathspec import GitIgnoreSpec

    full = anchored(pattern, base)
    try:
        GitIgnoreSpec.from_lines([pattern, full])
    except (ValueError, re.error):
        raise InvalidValueError(f'"{pattern}" is not a file pattern', pattern) from None
    return full


def _selectors_by_pattern(value: object, base: str) -> dict[str, tuple[str, ...]]:
    table = _table(value, "a table of file patterns with lists of rules")
    return {_pattern(pattern, base): _selectors(codes, base) for pattern, codes in table.items()}


def _severities(value: object, base: str) -> dict[str, Severity]:
    table = _table(value, "a table of rules with severities")
    chosen: dict[str, Severity] = {}
    for selector in sorted(table, key=lambda name: -len(codes_of(name))):
        severity = _severity(table[selector], base)
        chosen.update(dict.fromkeys(sorted(codes_of(selector)), severity))
    return chosen


def _table(value: object, expected: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise InvalidValueError(f"expected {expected}")
    return value


def _severity(value: object, base: str) -> Severity:
    from lg_lint.base.finding import Severity

    return Severity(_SEVERITY.read(value, base))


def _choice(words: tuple[str, ...]) -> Kind:
    one_of = ", ".join(f'"{word}"' for word in words)

    def read(value: object, _base: str) -> str:
        if not isinstance(value, str) or value not in words:
            raise InvalidValueError(
                f"expected one of {one_of}{suggest(str(value), words)}", str(value)
            )
        return value

    return Kind(f"one of {one_of}", read, {"enum": list(words)})


def codes_of(selector: str) -> frozenset[str]:
    """The codes that a selector names; a InvalidValueError where it names none."""
    from lg_lint.base.suggest import suggest_rule
    from lg_lint.rules.registry import names, select

    try:
        return select([selector])
    except KeyError:
        near = suggest_rule(selector, names()) or "; see lg-lint rule --all"
        message = f'no rule "{selector}"{near}'
        raise InvalidValueError(message, selector) from None


def anchored(pattern: str, base: str) -> str:
    """A pattern in .gitignore style, relative to `base`, as one for the whole file system."""
    negated = "!" if pattern.startswith("!") else ""
    posix = base.replace(os.sep, "/")
    body = pattern[len(negated) :].removeprefix("./")
    inner = body.rstrip("/")
    root = "".join(f"\\{sign}" if sign in "\\*?[]! #" else sign for sign in posix)
    root = "/" + root.strip("/")
    if "/" not in inner:
        return f"{negated}{root.rstrip('/')}/**/{body}"
    if body.startswith(posix.rstrip("/") + "/"):
        return f"{negated}{body}"
    return f"{negated}{root.rstrip('/')}/{body.lstrip('/')}"


_STRING_LIST = {"type": "array", "items": {"type": "string"}}

EVERYTHING = "ALL"
"""The selector of every rule."""

RULE = "rule"
"""The definition that schemas of selectors refer to."""

_SELECTOR = {"$ref": f"#/definitions/{RULE}"}
_SELECTOR_LIST = {"type": "array", "items": _SELECTOR}

FLAG = Kind("true or false", _flag, {"type": "boolean"})
SIZE = _number_of("bytes")
SECONDS = _number_of("seconds")
SELECTORS = Kind("a list of codes, prefixes or names of rules", _selectors, _SELECTOR_LIST)
MORE_SELECTORS = Kind(SELECTORS.expects, _selectors, _SELECTOR_LIST, additive=True)
PATTERNS = Kind("a list of file patterns", _patterns, _STRING_LIST)
MORE_PATTERNS = Kind(PATTERNS.expects, _patterns, _STRING_LIST, additive=True)
SELECTORS_BY_PATTERN = Kind(
    "a table of file patterns with lists of rules",
    _selectors_by_pattern,
    {"type": "object", "additionalProperties": _SELECTOR_LIST},
    additive=True,
)
CONFIDENCE = _choice(levels.CONFIDENCES)
FAIL_ON = _choice((*levels.SEVERITIES, "never"))
_SEVERITY = _choice(levels.SEVERITIES)
SEVERITIES = Kind(
    "a table of rules with severities",
    _severities,
    {"type": "object", "propertyNames": _SELECTOR, "additionalProperties": _SEVERITY.schema},
    additive=True,
)
