"""Objects by which one request reaches another one, and what holds them: events, sockets."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.program import inference
from lg_lint.program.scopes import Class, enclosing_function
from lg_lint.program.store import Program
from lg_lint.program.values import Container, ExternalObject, Instance, Values

_DEPTH = 2


def holds_signal(program: Program, values: Values, depth: int = _DEPTH) -> bool:
    """Whether one of the values is a signal, or has one: as an item, or as an attribute."""
    rows = table("process_state")["types"]
    types = {*rows["signals"], *rows["queues"], *rows["sockets"]}
    for value in values:
        if isinstance(value, ExternalObject) and value.type in types:
            return True
        for inner in _held(program, value) if depth and _may_hold(value) else ():
            if holds_signal(program, inner, depth - 1):
                return True
    return False


def _may_hold(value: object) -> bool:
    return isinstance(value, (Container, Instance))


def _held(program: Program, value: object) -> Iterator[Values]:
    if isinstance(value, Instance):
        for owner in inference.lineage(program, value.cls):
            for name in _attributes(owner):
                yield inference.instance_attribute(program, value, name)
    elif isinstance(value, Container):
        if value.kind == "dict":
            yield from (item for _, item in inference.entries_of(program, value))
        else:
            yield from inference.items_of(program, value)


def _attributes(cls: Class) -> set[str]:
    """The names that a class and its methods bind on its objects."""
    found = {name for name in cls.bindings if cls.method(name) is None}
    for write in cls.module.attribute_writes:
        method = enclosing_function(write.scope)
        receiver = write.target.value
        if method is not None and method.cls is cls and isinstance(receiver, t.Name):
            found |= {write.target.attr} if receiver.id == method.self_name else set()
    return found
