"""The keys of a state class: its annotated fields, and those of the classes above it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.graph import ReducerKind
from lg_lint.program import inference
from lg_lint.program.scopes import Binding, Class
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import External

Key = tuple[str, ReducerKind, str, str]
"""A key of a state class: its name, how it is merged, the reducer's name, the value's shape."""


def _key(name: str) -> Key:
    kind, reducer, shape = table("graphs")["state_class_keys"][name]
    return name, ReducerKind[kind], reducer, shape


MESSAGE_STATES: dict[str, tuple[Key, ...]] = {
    cls: tuple(map(_key, keys)) for cls, keys in table("graphs")["state_classes"].items()
}
REMAINING_STEPS = f"{named('react_state').rpartition('.')[0]}."
_MANAGED = {"IsLastStep", "RemainingSteps", "IsLastStepManager", "RemainingStepsManager"}


class Field(NamedTuple):
    """A field of a state class: what binds it, its annotation, and the class that has it."""

    binding: Binding
    annotation: t.Expr
    owner: Class


def parts(program: Program, cls: Class) -> Iterator[Field | str]:
    """The fields of a class and of those above it, its own first.

    In between are the names of state classes of LangGraph among the bases, each of which is a key
    of `MESSAGE_STATES`. A field that a class below has again is given once more.
    """
    for owner in inference.lineage(program, cls):
        for bindings in owner.bindings.values():
            for binding in bindings:
                annotation = binding.annotation
                if annotation is not None and not _is_no_channel(annotation):
                    yield Field(binding, annotation, owner)
        for base in inference.base_classes(program, owner):
            if isinstance(base, External) and base.name in MESSAGE_STATES:
                yield base.name


def keys(program: Program, cls: Class) -> list[str]:
    """The keys of a class, its own first."""
    found: dict[str, None] = {}
    for part in parts(program, cls):
        names = (
            [row[0] for row in MESSAGE_STATES[part]]
            if isinstance(part, str)
            else [part.binding.name]
        )
        found.update(dict.fromkeys(names))
    return list(found)


def managed_keys(program: Program, cls: Class) -> set[str]:
    """The keys of a schema class that LangGraph fills itself."""
    found = {
        binding.name
        for owner in inference.lineage(program, cls)
        for bindings in owner.bindings.values()
        for binding in bindings
        if binding.annotation is not None and _is_managed(binding.annotation)
    }
    if any(base.startswith(REMAINING_STEPS) for base in inference.external_bases(program, cls)):
        found.add("remaining_steps")
    return found


def _is_managed(annotation: t.Expr) -> bool:
    return any(
        terminal_name(part) in _MANAGED
        for part in t.walk(annotation)
        if isinstance(part, (t.Name, t.Attribute))
    )


def _is_no_channel(annotation: t.Expr) -> bool:
    return terminal_name(_head(annotation)) == "ClassVar" or _is_managed(annotation)


def _head(annotation: t.Expr) -> t.Expr:
    return annotation.value if isinstance(annotation, t.Subscript) else annotation


def is_dict(program: Program, cls: Class) -> bool:
    """Whether a state of the class is a dict, whose keys are items and no attributes."""
    bases = inference.external_bases(program, cls)
    return any(base.endswith(("TypedDict", "State")) for base in bases)
