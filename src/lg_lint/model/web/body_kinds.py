"""Of which kind the body of a streaming response is: iterated by `for` or by `async for`."""

from __future__ import annotations

from collections.abc import Iterable

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.program import inference
from lg_lint.program.store import Program
from lg_lint.program.values import Container, ExternalObject, GeneratorOf, Instance, Value


def body_is_async(program: Program, values: Iterable[Value]) -> bool | None:
    """Whether a body is iterated by `async for`; None where its values differ or are not known."""
    kinds = {_kind(program, value) for value in values}
    return kinds.pop() if len(kinds) == 1 else None


def _kind(program: Program, value: Value) -> bool | None:
    if isinstance(value, GeneratorOf):
        return value.function.function.is_async
    if isinstance(value, Container) and isinstance(value.node, t.Comprehension):
        is_generator = value.node.kind == "generator"
        return any(each.is_async for each in value.node.generators) if is_generator else None
    if isinstance(value, Instance):
        for name, is_async in (("__iter__", False), ("__aiter__", True)):
            if inference.find_method(program, value.cls, name) is not None:
                return is_async
    if isinstance(value, ExternalObject):
        kinds: dict[str, bool] = table("web")["live"]["graph_types"]
        return kinds.get(value.type)
    return None
