"""Which modules share a process: several applications of one repository use the same names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from lg_lint.program.scopes import Module
from lg_lint.program.store import Program

T = TypeVar("T")


def meet(program: Program, first: Module, second: Module) -> bool:
    """Whether some module, be it one of the two, imports both."""
    if first is second:
        return True
    return not program.users_of(first).isdisjoint(program.users_of(second))


def near(
    program: Program, items: Iterable[T], module_of: Callable[[T], Module], here: Module
) -> list[T]:
    """The items whose modules meet `here`; all of them where none does.

    What is imported by a text alone, as plugins are, meets nothing that its application has.
    """
    found = list(items)
    if len({module_of(each).path for each in found} - {here.path}) == 0:
        return found
    return [each for each in found if meet(program, module_of(each), here)] or found
