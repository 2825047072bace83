"""What an expression in a live function may be: its module's values, and objects of classes."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import types
from dataclasses import dataclass, field
from typing import Any

from . import hints, sources

_MISSING = object()
_DEPTH = 5


@dataclass(frozen=True)
class Object:
    """An instance of a class."""

    cls: type


@dataclass(frozen=True)
class Bound:
    """A method of an instance, or of a class whose `super()` was asked."""

    cls: type
    name: str
    value: Any = field(hash=False, compare=False)


@dataclass(frozen=True)
class Static:
    """A live value: a module, a class, a function."""

    value: Any = field(hash=False)

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Static) and other.value is self.value


Value = Object | Bound | Static


class Frame:
    """One function, the class whose method it is, and what its names may be."""

    def __init__(self, function: types.FunctionType, cls: type | None, depth: int = 0) -> None:
        self.function, self.cls, self.depth = function, cls, depth
        self.shape = sources.shape(function)
        self.written: dict[str, list[ast.expr]] = {}
        self.parameters: dict[str, list[Value]] = {}
        self._memo: dict[int, list[Value]] = {}
        if self.shape is not None:
            self._bind(self.shape)

    def _bind(self, shape: sources.Shape) -> None:
        given = hints.of_function(self.function)
        taken = shape.node.args
        arguments = [*taken.posonlyargs, *taken.args, *taken.kwonlyargs]
        for argument in arguments:
            found = [Object(cls) for cls in hints.classes(given.get(argument.arg))]
            self.parameters[argument.arg] = list(found)
        if self.cls is not None and arguments and arguments[0].arg in ("self", "cls"):
            own = Static(self.cls) if arguments[0].arg == "cls" else Object(self.cls)
            self.parameters[arguments[0].arg] = [own]
        for target, value, _ in shape.writes:
            if value is not None:
                self._write(target, value)
        for node in shape.imports:
            self._import(node)

    def _write(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.written.setdefault(target.id, []).append(value)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        names = {
            "__name__": self.function.__module__,
            "__package__": self.function.__globals__.get("__package__"),
        }
        try:
            exec(compile(ast.Module([node], []), "<import>", "exec"), names)
        except Exception:
            return
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if name in names:
                self.parameters.setdefault(name, []).append(Static(names[name]))

    def infer(self, node: ast.expr) -> list[Value]:
        if id(node) not in self._memo:
            self._memo[id(node)] = []
            if self.depth <= _DEPTH:
                self._memo[id(node)] = list(dict.fromkeys(self._infer(node)))[:6]
        return self._memo[id(node)]

    def _infer(self, node: ast.expr) -> list[Value]:
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Attribute):
            name = self._mangled(node.attr)
            return [
                found
                for value in self.infer(node.value)
                for found in attribute(value, name, self.depth)
            ]
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, ast.BoolOp):
            return [found for value in node.values for found in self.infer(value)]
        if isinstance(node, ast.IfExp):
            return [*self.infer(node.body), *self.infer(node.orelse)]
        if isinstance(node, (ast.Await, ast.NamedExpr, ast.Starred)):
            return self.infer(node.value)
        return []

    def _mangled(self, name: str) -> str:
        """A private name as the class stores it."""
        owner = self.function.__qualname__.rpartition(".")[0].rpartition(".")[2]
        private = name.startswith("__") and not name.endswith("__") and owner
        return f"_{owner.lstrip('_')}{name}" if private else name

    def _name(self, name: str) -> list[Value]:
        if name in self.parameters or name in self.written:
            written = [item for node in self.written.get(name, ()) for item in self.infer(node)]
            return [*self.parameters.get(name, ()), *written]
        code = self.function.__code__
        if name in code.co_freevars and self.function.__closure__:
            try:
                cell = self.function.__closure__[code.co_freevars.index(name)].cell_contents
            except ValueError:
                return []
            return [lifted(cell)]
        value = self.function.__globals__.get(name, getattr(builtins, name, _MISSING))
        return [] if value is _MISSING else [lifted(value)]

    def _called(self, node: ast.Call) -> list[Value]:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and self.cls is not None:
            return [Object(_above(self.function, self.cls))]
        if isinstance(node.func, ast.Name) and node.func.id == "cast" and len(node.args) == 2:
            return self.infer(node.args[1])
        return [item for value in self.infer(node.func) for item in result(value, self.depth)]


def _above(function: types.FunctionType, cls: type) -> type:
    """The class whose methods `super()` gives first."""
    owner = function.__qualname__.rpartition(".")[0].rpartition(".")[2]
    order = [base.__name__ for base in cls.__mro__]
    at = order.index(owner) if owner in order else 0
    return cls.__mro__[min(at + 1, len(cls.__mro__) - 1)]


def lifted(value: Any) -> Value:
    """A live value; an object of a class is one like any other of it."""
    if isinstance(value, types.MethodType) and not isinstance(value.__self__, type):
        return Bound(type(value.__self__), value.__name__, value.__func__)
    simple = isinstance(value, (type, types.ModuleType)) or callable(value)
    return Static(value) if simple else Object(type(value))


def attribute(value: Value, name: str, depth: int = 0) -> list[Value]:
    if isinstance(value, Static):
        if isinstance(value.value, type):
            found = inspect.getattr_static(value.value, name, _MISSING)
            if found is None:
                return list(fields(value.value, name, depth))
            return [] if found is _MISSING else [Bound(value.value, name, found)]
        try:
            return [lifted(getattr(value.value, name))]
        except Exception:
            return []
    if isinstance(value, Object):
        found = inspect.getattr_static(value.cls, name, _MISSING)
        if found is _MISSING or found is None or isinstance(found, types.MemberDescriptorType):
            return list(fields(value.cls, name, depth))
        if isinstance(found, (types.FunctionType, staticmethod, classmethod)):
            return [Bound(value.cls, name, found)]
        function = sources.plain(found)
        if function is not None and not callable(found):
            return list(returns(function, value.cls, depth))
        typed = fields(value.cls, name, depth)
        return list(typed) or [Bound(value.cls, name, found)]
    return []


def result(value: Value, depth: int = 0) -> list[Value]:
    """What calling a value gives."""
    if isinstance(value, Static):
        if isinstance(value.value, type):
            return [Object(value.value)]
        function = sources.plain(value.value)
        return list(returns(function, None, depth)) if function else []
    if isinstance(value, Bound):
        if isinstance(value.value, type):
            return [Object(value.value)]
        function = sources.plain(value.value)
        return list(returns(function, value.cls, depth)) if function else []
    return []


def returns(function: types.FunctionType, cls: type | None, depth: int = 0) -> tuple[Value, ...]:
    """What a function returns: by its annotation, else by its return statements."""
    return _returns(function, cls) if depth <= 2 else ()


def guarded(function: Any) -> Any:
    """Keep what a function gives; while it is being found out, it gives nothing."""
    kept: dict[Any, Any] = {}

    @functools.wraps(function)
    def wrapper(*arguments: Any) -> Any:
        if arguments not in kept:
            kept[arguments] = _NOTHING.get(function.__name__, ())
            kept[arguments] = function(*arguments)
        return kept[arguments]

    return wrapper


_NOTHING: dict[str, Any] = {"_assigned": {}}


@guarded
def _returns(function: types.FunctionType, cls: type | None) -> tuple[Value, ...]:
    hint = hints.of_function(function).get("return")
    if cls is not None and getattr(hint, "__name__", "") in ("Self", "Self_"):
        return (Object(cls),)
    found = hints.classes(hint)
    own = [
        each for each in found if each.__module__ not in ("builtins", "typing", "collections.abc")
    ]
    if found and (own or any(each in (str, bytes, int, bool, dict, list) for each in found)):
        if cls is not None:
            own = [cls if each in cls.__mro__[:-1] else each for each in own]
        return tuple(Object(each) for each in own)
    frame = Frame(function, cls, 2)
    given = frame.shape.returns if frame.shape else ()
    return tuple(dict.fromkeys(value for node in given for value in frame.infer(node)))[:4]


def fields(cls: type, name: str, depth: int = 0) -> tuple[Value, ...]:
    """What an attribute of the instances of a class may be."""
    if depth > 3:
        return ()
    for base in cls.__mro__:
        found = hints.classes(hints.of_class(base).get(name))
        if found:
            return tuple(Object(each) for each in found)
    for base in cls.__mro__:
        made = _assigned(base, cls).get(name) or _set_later(base, cls, name)
        if made:
            return made
    return ()


@guarded
def _set_later(base: type, cls: type, name: str) -> tuple[Value, ...]:
    """What other methods than the constructor give an attribute: `cls._default = Client()`."""
    found: list[Value] = []
    for function in map(sources.plain, list(vars(base).values())):
        if function is None or name not in function.__code__.co_names:
            continue
        frame = Frame(function, cls, 1)
        for target, value, _ in frame.shape.writes if frame.shape else ():
            if isinstance(target, ast.Attribute) and target.attr == name and value is not None:
                owner = target.value
                if isinstance(owner, ast.Name) and owner.id in ("self", "cls", base.__name__):
                    found += frame.infer(value)
    return tuple(dict.fromkeys(found))[:4]


@guarded
def _assigned(base: type, cls: type) -> dict[str, tuple[Value, ...]]:
    function = sources.plain(base.__dict__.get("__init__"))
    if function is None:
        return {}
    frame = Frame(function, cls, 1)
    found: dict[str, tuple[Value, ...]] = {}
    for target, value, annotation in frame.shape.writes if frame.shape else ():
        if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            if target.value.id != "self":
                continue
            values = _annotated(annotation, function) or (
                tuple(frame.infer(value)) if value is not None else ()
            )
            found[target.attr] = (*found.get(target.attr, ()), *values)
    return found


def _annotated(annotation: ast.expr | None, function: types.FunctionType) -> tuple[Value, ...]:
    if annotation is None:
        return ()
    hint = hints._evaluated(ast.unparse(annotation), function.__globals__)
    return tuple(Object(each) for each in hints.classes(hint))
