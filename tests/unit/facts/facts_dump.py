"""Records as plain tuples, so that two trees can be compared."""

from __future__ import annotations

from lg_lint.facts import tree


def dump(value: object) -> object:
    if isinstance(value, (tree.Node, tree.ModuleFacts)):
        parts = [dump(getattr(value, name)) for name in value.__struct_fields__]
        return (type(value).__name__, *parts)
    if isinstance(value, tuple):
        return tuple(dump(item) for item in value)
    return (type(value).__name__, repr(value))


def walk_all(body: tree.Block) -> list[tree.Node]:
    return [node for statement in body for node in tree.walk(statement, into_functions=True)]
