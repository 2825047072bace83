"""Whether a function uses its state object: a key of it, or what it has written to it before."""

from __future__ import annotations

from functools import lru_cache

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.model.state_flow.lattice import Mutation
from lg_lint.program.scopes import Function, enclosing_function


class _Uses:
    """What one function reads, by name of the key, and the statements that it is made of."""

    def __init__(self, function: Function) -> None:
        self.by_key: dict[str, list[t.Node]] = {}
        self.by_name: dict[str, list[t.Node]] = {}
        self.statements: list[t.Node] = []
        written: set[t.Node] = set()
        for node in t.walk(function.node):
            if isinstance(node, (t.Assign, t.Delete)):
                written.update(node.targets)
            if isinstance(node, (t.Assign, t.AugAssign, t.ExprStatement, t.Delete)):
                self.statements.append(node)
        parts: set[t.Node] = set()  # names that only lead to a part of what they stand for
        names: list[t.Name] = []
        for node in t.walk(function.node, into_functions=True):
            if isinstance(node, t.Name):
                names.append(node)
            elif isinstance(node, (t.Subscript, t.Attribute)):
                parts.add(node.value)
            key = _key(node)
            if key is not None and node not in written:
                self.by_key.setdefault(key, []).append(node)
        for name in names:
            if name not in parts:
                self.by_name.setdefault(name.id, []).append(name)

    def statement(self, place: t.Node) -> t.Node:
        """The simple statement that a place is part of."""
        covering = (item for item in self.statements if _covers(item, place.start))
        return next(covering, place)


@lru_cache(maxsize=256)
def _uses(function: Function) -> _Uses:
    return _Uses(function)


def may_read(function: Function, key: str, name: str) -> bool:
    """Whether a function reads a key of something, or uses what a name stands for as a whole."""
    uses = _uses(function)
    return key in uses.by_key or name in uses.by_name


def is_read_later(function: Function, mutation: Mutation) -> bool:
    """Whether the key, or the state as a whole, is used after a change of it.

    A change in a helper is used where the helper's caller reads the key at all.
    """
    place = mutation.site.node
    writer = enclosing_function(mutation.site.env.scope)
    if writer is None:
        return True
    if writer is not function and mutation.key in _uses(function).by_key:
        return True
    uses = _uses(writer)
    statement = uses.statement(place)
    loops = [item for item in writer.loop_blocks if item.holds(place.start)]
    whole = [use for name in _containers(writer, place) for use in uses.by_name.get(name, ())]
    return any(
        use.start >= statement.end
        or (not _covers(statement, use.start) and any(loop.holds(use.start) for loop in loops))
        for use in (*uses.by_key.get(mutation.key, ()), *whole)
    )


def counts_up(mutation: Mutation) -> bool:
    """Whether the change adds a number to the old value: `+= 1` and its kin."""
    writer = enclosing_function(mutation.site.env.scope)
    statement = _uses(writer).statement(mutation.site.node) if writer is not None else None
    if isinstance(statement, t.AugAssign):
        return _is_number(statement.value)
    if not isinstance(statement, t.Assign) or not isinstance(statement.value, t.BinOp):
        return False
    return _is_number(statement.value.left) or _is_number(statement.value.right)


def _is_number(expr: t.Expr) -> bool:
    return isinstance(expr, t.Constant) and isinstance(expr.value, (int, float))


def _covers(node: t.Node, position: t.Position) -> bool:
    return node.start <= position < node.end


def _key(node: t.Node) -> str | None:
    """The key that a node reads, of whichever object."""
    expr: t.Expr | None = None
    if isinstance(node, t.Attribute):
        return node.attr
    if isinstance(node, t.Subscript):
        expr = node.index
    elif isinstance(node, t.Call) and isinstance(node.func, t.Attribute) and node.args:
        expr = node.args[0].value if container_methods().of(node).reads_key else None
    if isinstance(expr, t.Constant) and isinstance(expr.value, str):
        return expr.value
    return None


def _containers(function: Function, place: t.Node) -> set[str]:
    """The names that the changed state goes by."""
    names = {param.name for param in function.params}
    if isinstance(place, (t.Subscript, t.Attribute)) and isinstance(place.value, t.Name):
        return {place.value.id}
    return names
