"""The kinds of values that options take, and how each is read from TOML or the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lg_lint.finding import Confidence, Severity
from lg_lint.settings.mistakes import InvalidValueError
from lg_lint.suggest import suggest


@dataclass(frozen=True)
class Kind:
    """A kind of value. `read` takes the raw value and the folder that its paths start from.

    `schema` describes the raw value as JSON schema does. A kind that is `additive` extends the
    value of the settings below instead of replacing it.
    """

    expects: str
    read: Callable[[object, Path], Any]
    schema: Mapping[str, object]
    additive: bool = False


def _flag(value: object, _base: Path) -> bool:
    if not isinstance(value, bool):
        raise InvalidValueError("expected true or false")
    return value


def _size(value: object, _base: Path) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise InvalidValueError("expected a number of bytes above zero")
    return value


def _strings(value: object, _base: Path) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidValueError("expected a list of strings")
    for item in value:
        if not isinstance(item, str) or not item.strip():
            raise InvalidValueError("expected a list of strings that are not empty", str(item))
    return tuple(value)


def _selectors(value: object, base: Path) -> tuple[str, ...]:
    selectors = _strings(value, base)
    for selector in selectors:
        codes_of(selector)
    return selectors


def _patterns(value: object, base: Path) -> tuple[str, ...]:
    return tuple(_pattern(pattern, base) for pattern in _strings(value, base))


def _pattern(pattern: str, base: Path) -> str:
    from pathspec import GitIgnoreSpec

    full = anchored(pattern, base)
    try:
        GitIgnoreSpec.from_lines([pattern, full])
    except ValueError:
        raise InvalidValueError(f'"{pattern}" is not a file pattern', pattern) from None
    return full


def _selectors_by_pattern(value: object, base: Path) -> dict[str, tuple[str, ...]]:
    table = _table(value, "a table of file patterns with lists of rules")
    return {_pattern(pattern, base): _selectors(codes, base) for pattern, codes in table.items()}


def _severities(value: object, base: Path) -> dict[str, Severity]:
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


def _choice(words: tuple[str, ...], make: Callable[[str], Any]) -> Kind:
    one_of = ", ".join(f'"{word}"' for word in words)

    def read(value: object, _base: Path) -> Any:
        if not isinstance(value, str) or value not in words:
            raise InvalidValueError(
                f"expected one of {one_of}{suggest(str(value), words)}", str(value)
            )
        return make(value)

    return Kind(f"one of {one_of}", read, {"enum": list(words)})


def codes_of(selector: str) -> frozenset[str]:
    """The codes that a selector names; a InvalidValueError where it names none."""
    from lg_lint.rules.registry import select, words

    try:
        return select([selector])
    except KeyError:
        message = f'no rule "{selector}"{suggest(selector, words())}'
        raise InvalidValueError(message, selector) from None


def anchored(pattern: str, base: Path) -> str:
    """A pattern in .gitignore style, relative to `base`, as one for the whole file system."""
    negated = "!" if pattern.startswith("!") else ""
    body = pattern[len(negated) :].removeprefix("./")
    inner = body.rstrip("/")
    root = "".join(f"\\{sign}" if sign in "\\*?[]! #" else sign for sign in base.as_posix())
    root = "/" + root.strip("/")
    if "/" not in inner:
        return f"{negated}{root.rstrip('/')}/**/{body}"
    if body.startswith(base.as_posix().rstrip("/") + "/"):
        return f"{negated}{body}"
    return f"{negated}{root.rstrip('/')}/{body.lstrip('/')}"


_SEVERITY_WORDS = tuple(severity.value for severity in Severity)
_STRING_LIST = {"type": "array", "items": {"type": "string"}}

RULE = "rule"
"""The definition that schemas of selectors refer to."""

_SELECTOR = {"$ref": f"#/definitions/{RULE}"}
_SELECTOR_LIST = {"type": "array", "items": _SELECTOR}

FLAG = Kind("true or false", _flag, {"type": "boolean"})
SIZE = Kind("a number of bytes", _size, {"type": "integer", "minimum": 1})
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
CONFIDENCE = _choice(tuple(each.value for each in Confidence), Confidence)
FAIL_ON = _choice((*_SEVERITY_WORDS, "never"), str)
_SEVERITY = _choice(_SEVERITY_WORDS, Severity)
_severity = _SEVERITY.read
SEVERITIES = Kind(
    "a table of rules with severities",
    _severities,
    {"type": "object", "propertyNames": _SELECTOR, "additionalProperties": _SEVERITY.schema},
    additive=True,
)
