"""Dataclasses that cost little to define and to make.

Two hundred of them are defined in a run, and that took a seventh of its time. What compares and
hashes them is compiled when it is first called. That a frozen one is not assigned to is for the
type checker to see: at run time it is made like any other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, **options):
        """As `dataclasses.dataclass`."""
        if cls is None:
            return lambda made: _defined(made, **options)
        return _defined(cls, **options)


def _defined(
    cls: type, *, frozen: bool = False, eq: bool = True, order: bool = False, **options: Any
) -> Any:
    if order:  # needs what compares at once
        return dataclasses.dataclass(cls, frozen=frozen, eq=eq, order=order, **options)
    own = vars(cls).keys()
    cls.__doc__ = cls.__doc__ or cls.__name__
    made: Any = dataclasses.dataclass(cls, eq=False, repr=False, **options)
    if "__repr__" not in own:
        made.__repr__ = _repr
    if eq and "__eq__" not in own:
        _compile_later(made, "__eq__", _equality)
    if eq and "__hash__" not in own:
        if frozen:
            _compile_later(made, "__hash__", _hash)
        else:
            made.__hash__ = None
    return made


def _compile_later(cls: type, name: str, code: Callable[[type], str]) -> None:
    def first(*arguments: object) -> object:
        found: dict[str, Any] = {}
        exec(code(cls), found)
        setattr(cls, name, found[name])
        return found[name](*arguments)

    setattr(cls, name, first)


def _equality(cls: type) -> str:
    names = [each.name for each in dataclasses.fields(cls) if each.compare]
    return (
        "def __eq__(self, other):\n"
        f"    if other.__class__ is not self.__class__:\n        return NotImplemented\n"
        f"    return {_tuple('self', names)} == {_tuple('other', names)}\n"
    )


def _hash(cls: type) -> str:
    names = [
        each.name
        for each in dataclasses.fields(cls)
        if (each.compare if each.hash is None else each.hash)
    ]
    return f"def __hash__(self):\n    return hash({_tuple('self', names)})\n"


def _tuple(owner: str, names: list[str]) -> str:
    return f"({''.join(f'{owner}.{name}, ' for name in names)})"


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (
        f"{each.name}={getattr(self, each.name)!r}"
        for each in dataclasses.fields(self)
        if each.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"
