"""Whether a function goes on to use what it has written to its state object."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model.updates import Mutation
from lg_lint.program.scopes import Function, Position, enclosing_function

_READERS = {"get", "pop", "setdefault"}


def is_read_later(function: Function, mutation: Mutation) -> bool:
    """Whether the key, or the state as a whole, is used after a change of it.

    A change in a helper is used where the helper's caller reads the key at all.
    """
    place = mutation.site.node
    writer = enclosing_function(mutation.site.env.scope)
    if writer is None:
        return True
    if writer is not function and any(_reads(function, mutation.key)):
        return True
    statement = _statement(writer, place)
    loops = [item for item in writer.blocks if item.is_loop and item.holds(place.span[:2])]
    return any(
        use.span[:2] >= statement.span[2:]
        or (
            not _covers(statement, use.span[:2]) and any(loop.holds(use.span[:2]) for loop in loops)
        )
        for use in (*_reads(writer, mutation.key), *_whole(writer, _containers(writer, place)))
    )


def counts_up(mutation: Mutation) -> bool:
    """Whether the change adds a number to the old value: `+= 1` and its kin."""
    writer = enclosing_function(mutation.site.env.scope)
    statement = _statement(writer, mutation.site.node) if writer is not None else None
    if isinstance(statement, t.AugAssign):
        return _is_number(statement.value)
    if not isinstance(statement, t.Assign) or not isinstance(statement.value, t.BinOp):
        return False
    return _is_number(statement.value.left) or _is_number(statement.value.right)


def _is_number(expr: t.Expr) -> bool:
    return isinstance(expr, t.Constant) and isinstance(expr.value, (int, float))


def _statement(function: Function, place: t.Node) -> t.Node:
    """The simple statement that a place is part of."""
    kinds = (t.Assign, t.AugAssign, t.ExprStatement, t.Delete)
    for node in t.walk(function.node):
        if isinstance(node, kinds) and _covers(node, place.span[:2]):
            return node
    return place


def _covers(node: t.Node, position: Position) -> bool:
    return node.span[:2] <= position < node.span[2:]


def _reads(function: Function, key: str) -> Iterator[t.Node]:
    """Where a key is read, of whichever object."""
    written = {
        id(target)
        for node in t.walk(function.node)
        if isinstance(node, (t.Assign, t.Delete))
        for target in node.targets
    }
    for node in t.walk(function.node, into_functions=True):
        if id(node) not in written and _reads_key(node, key):
            yield node


def _reads_key(node: t.Node, key: str) -> bool:
    if isinstance(node, t.Subscript):
        return _is_key(node.index, key)
    if isinstance(node, t.Attribute):
        return node.attr == key
    if not isinstance(node, t.Call) or not isinstance(node.func, t.Attribute) or not node.args:
        return False
    return node.func.attr in _READERS and _is_key(node.args[0].value, key)


def _is_key(expr: t.Expr, key: str) -> bool:
    return isinstance(expr, t.Constant) and expr.value == key


def _containers(function: Function, place: t.Node) -> set[str]:
    """The names that the changed state goes by."""
    names = {param.name for param in function.params}
    if isinstance(place, (t.Subscript, t.Attribute)) and isinstance(place.value, t.Name):
        return {place.value.id}
    return names


def _whole(function: Function, names: set[str]) -> Iterator[t.Node]:
    """Where one of the names stands for itself: handed on, spread, looped over."""
    parts = {
        id(node.value)
        for node in t.walk(function.node, into_functions=True)
        if isinstance(node, (t.Subscript, t.Attribute))
    }
    for node in t.walk(function.node, into_functions=True):
        if isinstance(node, t.Name) and node.id in names and id(node) not in parts:
            yield node
