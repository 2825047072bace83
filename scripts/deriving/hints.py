"""The classes that an annotation names."""

from __future__ import annotations

import builtins
import collections.abc
import functools
import sys
import types
import typing
from typing import Any

_ITEMS = (
    collections.abc.Iterator, collections.abc.Iterable, collections.abc.Generator,
)  # fmt: skip
_AWAITED = (
    collections.abc.Awaitable, collections.abc.Coroutine, collections.abc.AsyncIterator,
    collections.abc.AsyncIterable, collections.abc.AsyncGenerator,
)  # fmt: skip


@functools.cache
def of_function(function: types.FunctionType) -> dict[str, Any]:
    return _hints(function, function.__globals__)


@functools.cache
def of_class(cls: type) -> dict[str, Any]:
    module = sys.modules.get(cls.__module__)
    return _hints(cls, vars(module) if module else {})


def _hints(owner: Any, names: dict[str, Any]) -> dict[str, Any]:
    try:
        given = owner.__annotations__ if callable(owner) and not isinstance(owner, type) else None
        found = dict(vars(owner).get("__annotations__", {}) if given is None else given)
    except Exception:
        return {}
    return {name: _evaluated(hint, names) for name, hint in found.items()}


def _evaluated(hint: Any, names: dict[str, Any]) -> Any:
    if isinstance(hint, typing.ForwardRef):
        hint = hint.__forward_arg__
    if not isinstance(hint, str):
        return hint
    known = {**vars(typing), **names}
    try:
        found = eval(hint, known, _Late(known))
        return eval(found, known, _Late(known)) if isinstance(found, str) else found
    except Exception:
        return None


class _Late(dict[str, Any]):
    """Names that only type checkers import: the one class of the package that has each."""

    def __init__(self, known: dict[str, Any]) -> None:
        super().__init__()
        self.known = known

    def __missing__(self, name: str) -> type:
        if name in self.known or hasattr(builtins, name):
            raise KeyError(name)
        return _by_name(str(self.known.get("__name__", "")).partition(".")[0])[name]


@functools.cache
def _by_name(top: str) -> dict[str, type]:
    found: dict[str, type | None] = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == top:
            for each, value in list(vars(module).items()) if module else ():
                if isinstance(value, type) and str(value.__module__).partition(".")[0] == top:
                    same = found.setdefault(each, value) is value
                    found[each] = value if same else None
    return {name: cls for name, cls in found.items() if cls is not None}


def classes(hint: Any, depth: int = 0) -> list[type]:
    """The classes of a hint; those of the items where it is an iterator."""
    if depth > 6 or hint is None:
        return []
    if isinstance(hint, typing.TypeVar):
        return classes(hint.__bound__, depth + 1)
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        return [cls for each in arguments for cls in classes(each, depth + 1)]
    if origin in _ITEMS or origin in _AWAITED:
        return [] if not arguments else classes(arguments[0], depth + 1)
    if origin is type:
        return []
    if isinstance(origin, type):
        return [origin]
    return [hint] if isinstance(hint, type) and hint is not type(None) else []


def is_awaited(hint: Any) -> bool:
    """Whether a hint says that what comes is awaited or iterated by `async for`."""
    return typing.get_origin(hint) in _AWAITED or hint in _AWAITED
