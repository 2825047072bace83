"""What counts as a write to the state: what nodes return, and the Commands of tools."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.model.graph import Node
from lg_lint.model.state_flow.function_summary import FunctionUpdates, Update
from lg_lint.program.scopes import Function
from lg_lint.program.store import terminal_name

_MADE_OF_ARGUMENTS = ("Command", "dict", "Send")


def is_write(node: Node, functions: FunctionUpdates, update: Update) -> bool:
    """Whether an update reaches the state; a tool's plain result becomes a message instead."""
    made = update.returned.node
    if is_command(update):
        assert isinstance(made, t.Call)
        return made.argument("graph") is None
    return functions.ref in node.functions or functions.ref in node.hooks


def is_command(update: Update) -> bool:
    """Whether a Command carries the key."""
    made = update.returned.node
    return isinstance(made, t.Call) and terminal_name(made.func) == "Command"


def is_given_back(update: Update) -> bool:
    """Whether the dict that holds the key is what its function returns, not one that it uses.

    A generator gives what it yields last.
    """
    site, scope = update.key_site, update.key_site.env.scope
    if not isinstance(scope, Function):
        return True
    roots, parts = _result(scope)
    return site.node in parts or any(node in roots for node in t.walk(site.node))


@lru_cache(maxsize=256)
def _result(scope: Function) -> tuple[frozenset[t.Node], frozenset[t.Node]]:
    """The expressions that a function's result is made of, and all their parts."""
    roots: list[t.Node] = list(_given(scope))
    names = {node.id for root in roots for node in _walk(root) if isinstance(node, t.Name)}
    for _ in range(3):
        held = [part for name in sorted(names) for part in _put_into(scope, name)]
        roots += held
        names |= {node.id for root in held for node in _walk(root) if isinstance(node, t.Name)}
    every = frozenset(roots)
    return every, frozenset(node for root in every for node in t.walk(root))


def is_yielded(update: Update) -> bool:
    """Whether a generator makes the dict, which then may be an event and no write."""
    scope = update.key_site.env.scope
    return isinstance(scope, Function) and scope.is_generator


def _given(scope: Function) -> Iterator[t.Expr]:
    if scope.is_generator:
        values = [item.value for item in scope.yields if item.value is not None]
        yield from sorted(values, key=lambda value: value.span)[-1:]
    else:
        yield from scope.result_exprs()


def _walk(root: t.Node) -> Iterator[t.Node]:
    """The parts of an expression that become part of its value: arguments of calls do not."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, t.Call) or terminal_name(node.func) in _MADE_OF_ARGUMENTS:
            stack += t.children(node)


def _put_into(scope: Function, name: str) -> Iterator[t.Node]:
    """What a name is bound to, and what is set on it."""
    for binding in scope.bindings.get(name, ()):
        if binding.value is not None:
            yield binding.value
    for write in scope.item_writes:
        if isinstance(write.container, t.Name) and write.container.id == name:
            yield write.key
    for site in scope.calls:
        func = site.node.func
        named = isinstance(func, t.Attribute) and terminal_name(func.value) == name
        row = container_methods().of(site.node)
        if named and row.adds and "dict" in row.of:
            yield from (arg.value for arg in site.node.args)
