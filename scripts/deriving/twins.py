"""Which class is the one with coroutines of a class that waits."""

from __future__ import annotations

import inspect
import re
from typing import Any

from . import hints, sources

_WORD = re.compile(r"async_?io|async|aio|sync", re.IGNORECASE)


def is_coroutine(value: Any, cls: type | None = None) -> bool:
    """Whether what a method gives is awaited; a class's stub file may be what says so."""
    function = sources.plain(value)
    if function is None:
        return False
    bases = cls.__mro__[:-1] if cls is not None else ()
    if any(function.__name__ in sources.stub(base) for base in bases):
        return True
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return True
    hint = hints.of_function(function).get("return")
    return hints.is_awaited(hint) or any(_has(each, "__await__") for each in hints.classes(hint))


def is_iterated(value: Any) -> bool:
    """Whether what a method gives is taken by `async for`."""
    function = sources.plain(value)
    hint = hints.of_function(function).get("return") if function is not None else None
    return any(_has(each, "__aiter__") for each in hints.classes(hint))


def _has(cls: type, name: str) -> bool:
    return inspect.getattr_static(cls, name, None) is not None


def methods(cls: type) -> dict[str, Any]:
    """The public methods of a class, inherited ones too."""
    found: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base.__module__ not in ("builtins", "typing", "abc", "pydantic.main", "enum"):
            found.update(vars(base))
    return {
        name: value
        for name, value in found.items()
        if not name.startswith("_") and sources.plain(value) is not None and callable_(value)
    }


def callable_(value: Any) -> bool:
    return not isinstance(value, property) and (
        callable(value) or isinstance(value, (staticmethod, classmethod))
    )


def pairs(classes: list[type]) -> dict[type, type]:
    """To each class with a twin, the twin."""
    kin: dict[str, list[type]] = {}
    for cls in classes:
        kin.setdefault(_WORD.sub("", cls.__name__).strip("_").lower(), []).append(cls)
    found = {}
    for group in kin.values():
        ready = [cls for cls in group if _is_ready(cls)]
        for cls in group:
            others = [other for other in ready if other is not cls and _is_twin(cls, other)]
            if others:
                found[cls] = max(others, key=lambda other, cls=cls: _likeness(cls, other))
    return found


def _is_ready(cls: type) -> bool:
    return any(is_coroutine(value, cls) for value in methods(cls).values())


def _is_twin(cls: type, other: type) -> bool:
    """Whether the other has the same methods, of which some are coroutines there alone."""
    if cls in other.__mro__ and other.__name__ == cls.__name__ and not marked(other):
        return False
    if not marked(other) or marked(cls):
        return False
    own, its = methods(cls), methods(other)
    if str(cls.__module__).partition(".")[0] != str(other.__module__).partition(".")[0]:
        return False
    return any(
        name in own and not is_coroutine(own[name], cls) and is_coroutine(its[name], other)
        for name in its
    )


def marked(cls: type) -> bool:
    """Whether a class says by its name or its module that it is the asynchronous one."""
    words = re.findall(r"async_?io|async|aio", f"{cls.__module__}.{cls.__name__}", re.IGNORECASE)
    return bool(words)


def _likeness(cls: type, other: type) -> tuple[int, int, int]:
    shared = len(methods(cls).keys() & methods(other).keys())
    plain = _WORD.sub("", cls.__module__), _WORD.sub("", other.__module__)
    same = sum(a == b for a, b in zip(plain[0].split("."), plain[1].split("."), strict=False))
    return (plain[0] == plain[1], same, shared)
