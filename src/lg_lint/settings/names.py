"""Kinds of options that hold dotted names: rows that a project adds to what the tables know."""

from __future__ import annotations

from lg_lint.base.suggest import suggest
from lg_lint.settings.kinds import Kind
from lg_lint.settings.mistakes import InvalidValueError

_PATTERN = r"^[^\W\d]\w*(\.[^\W\d]\w*)+$"
_CALLS = ("sync", "async", "both")


def _names(value: object, _base: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise InvalidValueError("expected a list of dotted names")
    return tuple(_name(item) for item in value)


def _name(item: object) -> str:
    import re

    if not isinstance(item, str):
        raise InvalidValueError("expected a list of dotted names", str(item))
    if not item.strip():
        raise InvalidValueError("expected dotted names that are not empty")
    if not re.fullmatch(_PATTERN, item):
        raise InvalidValueError(f'"{item}" is no dotted name such as "package.module.name"', item)
    return item


def _savers(value: object, _base: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise InvalidValueError("expected a table of classes with the calls that they serve")
    return {_name(name): _served(calls) for name, calls in value.items()}


def _served(calls: object) -> str:
    if not isinstance(calls, str) or calls not in _CALLS:
        one_of = ", ".join(f'"{word}"' for word in _CALLS)
        raise InvalidValueError(
            f"expected one of {one_of}{suggest(str(calls), _CALLS)}", str(calls)
        )
    return calls


NAMES = Kind(
    "a list of dotted names",
    _names,
    {"type": "array", "items": {"type": "string", "pattern": _PATTERN}},
    additive=True,
)
SAVERS = Kind(
    'a table of classes with "sync", "async" or "both"',
    _savers,
    {
        "type": "object",
        "propertyNames": {"pattern": _PATTERN},
        "additionalProperties": {"enum": list(_CALLS)},
    },
    additive=True,
)
