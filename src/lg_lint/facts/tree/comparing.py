"""Whether two texts say the same."""

from __future__ import annotations

from lg_lint.facts.tree.places import Node
from lg_lint.facts.tree.statements import ModuleFacts

_PLACES = {"at", "name_at"}


def same_code(one: ModuleFacts, other: ModuleFacts) -> bool:
    """Whether two files have the same code, wherever in them it stands."""
    stack: list[tuple[object, object]] = [(one.body, other.body), (one.error, other.error)]
    while stack:
        first, second = stack.pop()
        if type(first) is not type(second):
            return False
        if isinstance(first, Node):
            fields = [name for name in first.__struct_fields__ if name not in _PLACES]
            stack += [(getattr(first, name), getattr(second, name)) for name in fields]
        elif isinstance(first, tuple) and isinstance(second, tuple):
            if len(first) != len(second):
                return False
            stack += zip(first, second)  # noqa: B905
        elif first != second:
            return False
    return True
