"""Whether a function waits: it reaches one of the calls that do, by calls that can be followed."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import types
from dataclasses import dataclass
from typing import Any

from . import primitives, sources
from .inference import Bound, Frame, Object, Static, Value, attribute

_SKIPPED = {
    "logging", "warnings", "typing", "inspect", "importlib", "abc", "dataclasses", "pydantic",
    "opentelemetry", "ast", "re", "json", "collections", "contextlib", "functools", "enum",
    "pydantic_core", "tqdm", "rich", "numpy", "pandas", "email", "traceback", "threading",
    "weakref", "copy", "random", "platform", "tempfile", "pathlib", "shutil", "os", "posixpath",
    "asyncio", "sentry_sdk", "attr", "attrs", "yaml", "mimetypes", "uuid", "datetime", "encodings",
    "pkgutil", "sysconfig", "textwrap", "string", "codecs", "tokenize", "linecache", "locale",
    "idna", "charset_normalizer", "packaging", "posthog",
}  # fmt: skip
"""Modules whose functions are taken to wait for nothing: they would only lead astray."""

_WEAKEST = 2
Node = tuple[types.FunctionType, type | None]
Edge = tuple[Any, str, int]
"""A node or the name of a call that waits, what the call is named, how unsure it is."""


@dataclass(frozen=True)
class Wait:
    """What a function waits for, by which call first; `weak` counts calls that may be others."""

    what: str
    by: str
    weak: int

    @property
    def sure(self) -> bool:
        return self.weak == 0


class Reach:
    """Follows calls. `tops` are the packages in which a method is also looked for by its name."""

    def __init__(self, tops: set[str]) -> None:
        self.tops = frozenset(tops)
        self._edges: dict[Node, list[Edge]] = {}
        self._found: dict[Node, Wait] = {}

    def value(self, value: Value) -> Wait | None:
        """What calling a value waits for."""
        best = None
        for target, by, weak in self._targets(value, 0):
            if isinstance(target, str):
                found: Wait | None = Wait(target, by, weak)
            else:
                self._expand(target)
                found = self._found.get(target)
            if found is not None and (best is None or found.weak < best.weak):
                best = found
        return best

    def _expand(self, root: Node) -> None:
        """Follow all calls below a function, and carry back what waits."""
        new, queue = [], [root]
        while queue:
            node = queue.pop()
            if node in self._edges:
                continue
            self._edges[node] = edges = self._calls(node)
            new.append(node)
            queue += [target for target, _, _ in edges if not isinstance(target, str)]
        changed = True
        while changed:
            changed = False
            for node in reversed(new):
                changed |= self._carry(node)

    def _carry(self, node: Node) -> bool:
        best = before = self._found.get(node)
        for target, by, weak in self._edges[node]:
            below = Wait(target, by, 0) if isinstance(target, str) else self._found.get(target)
            most = _WEAKEST + 1 if best is None else best.weak
            if below is not None and below.weak + weak < most:
                best = Wait(below.what, by, below.weak + weak)
        if best is not None:
            self._found[node] = best
        return best is not before

    def _calls(self, node: Node) -> list[Edge]:
        frame = Frame(*node)
        found: list[Edge] = []
        if frame.shape is None:
            return found
        for call in frame.shape.calls:
            values = frame.infer(call.func)
            for value in values:
                found += self._targets(value, 0)
            if not values and isinstance(call.func, ast.Attribute):
                late = self._made_late(frame.infer(call.func.value), call.func.attr)
                found += late or self._by_name(call.func.attr)
        for entered in frame.shape.entered:
            for value in frame.infer(entered):
                if isinstance(value, Object):
                    found += self._method(value.cls, "__enter__", 0)
        return found

    def _made_late(self, receivers: list[Value], name: str) -> list[Edge]:
        """A method of a class that has none in its source, and has them made of a description."""
        for value in receivers:
            for base in value.cls.__mro__ if isinstance(value, Object) else ():
                if f"{base.__module__}.{base.__qualname__}" in primitives.REQUESTS:
                    what = f"{base.__module__}.{base.__qualname__}"
                    return [] if name.startswith(("get_", "can_")) else [(what, what, 0)]
        return []

    def is_plain(self, function: types.FunctionType, cls: type) -> bool:
        """Whether a method only makes or looks at something, as far as its body shows."""
        frame = Frame(function, cls)
        if frame.shape is None:
            return False
        return all(self._only_looks(frame, call) for call in frame.shape.calls)

    def _only_looks(self, frame: Frame, call: ast.Call) -> bool:
        values = frame.infer(call.func)
        if not values:
            name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
            return name in _LOOKS
        for value in values:
            named = value.value if isinstance(value, Static) else None
            top = str(getattr(named, "__module__", "")).partition(".")[0]
            if not isinstance(named, type) and top not in ("builtins", *_SKIPPED):
                return False
        return True

    def _targets(self, value: Value, weak: int) -> list[Edge]:
        """What runs where a value is called."""
        if isinstance(value, Static):
            what = primitives.functions().get(id(value.value))
            if what is not None:
                return [(what, what, weak)]
            if isinstance(value.value, type):
                return self._method(value.value, "__init__", weak)
            return self._function(value.value, None, _named(value.value), weak)
        if isinstance(value, Bound):
            what = primitives.waiting_method(value.cls, value.name)
            by = f"{value.cls.__qualname__}.{value.name}"
            if what is not None:
                return [(what, what, weak)]
            if isinstance(value.value, type):
                return self._method(value.value, "__init__", weak)
            found = self._function(value.value, value.cls, by, weak)
            return [*found, *self._overrides(value, weak)]
        return self._method(value.cls, "__call__", weak)

    def _overrides(self, value: Bound, weak: int) -> list[Edge]:
        """The methods that stand for a method where the object is of a class below."""
        found: list[Edge] = []
        for cls, function in _methods(self.tops).get(value.name, ()):
            if cls is not value.cls and value.cls in cls.__mro__[:-1]:
                by = f"{cls.__qualname__}.{value.name}"
                found += self._function(function, cls, by, weak + 1)
        return found if len(found) <= 4 else []

    def _function(self, value: Any, cls: type | None, by: str, weak: int) -> list[Edge]:
        plain = sources.plain(value)
        if plain is None or str(plain.__module__).partition(".")[0] in _SKIPPED:
            return []
        if inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain):
            return []
        return [((plain, cls), by, weak)]

    def _method(self, cls: type, name: str, weak: int) -> list[Edge]:
        what = primitives.waiting_method(cls, name)
        if what is not None:
            return [(what, what, weak)]
        if str(cls.__module__).partition(".")[0] in _SKIPPED or cls.__module__ == "builtins":
            return []
        values = [value for value in attribute(Object(cls), name) if isinstance(value, Bound)]
        return [edge for value in values for edge in self._targets(value, weak)]

    def _by_name(self, name: str) -> list[Edge]:
        """A method of an object that is not known: one of few in the package with its name."""
        if name in primitives.BY_NAME:
            return [(name, name, 1)]
        candidates = _methods(self.tops).get(name, ())
        if not 0 < len(candidates) <= 3 or len(name) < 5 or name in _COMMON:
            return []
        return [
            edge
            for cls, function in candidates
            for edge in self._function(function, cls, f"{cls.__qualname__}.{name}", 1)
        ]


_COMMON = {
    "append", "extend", "update", "remove", "insert", "setdefault", "items", "values", "encode",
    "decode", "format", "split", "strip", "close", "start", "write", "flush", "copy", "index",
    "count", "lower", "upper", "replace", "debug", "warning", "error", "exception", "register",
}  # fmt: skip


_LOOKS = {
    "get", "items", "keys", "values", "append", "extend", "update", "pop", "copy", "format", "join",
    "split", "strip", "lower", "upper", "startswith", "endswith", "replace", "encode", "decode",
    "isoformat", "setdefault", "debug", "info", "warning", "isdisjoint",
}  # fmt: skip
"""Methods of Python's own values."""


def _named(value: Any) -> str:
    return f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', '')}"


@functools.cache
def _methods(tops: frozenset[str]) -> dict[str, list[tuple[type, types.FunctionType]]]:
    """The methods of the classes of some packages, by name."""
    found: dict[str, list[tuple[type, types.FunctionType]]] = {}
    seen: set[int] = set()
    for name, module in list(sys.modules.items()):
        if not any(name == top or name.startswith(f"{top}.") for top in tops) or module is None:
            continue
        for value in list(vars(module).values()):
            if isinstance(value, type) and id(value) not in seen:
                seen.add(id(value))
                for each, method in list(vars(value).items()):
                    if isinstance(method, types.FunctionType):
                        found.setdefault(each, []).append((value, method))
    return found
