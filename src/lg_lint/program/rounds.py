"""How often a place is come to: again in a round of a loop, or not where another place is."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.program.blocks import blocks_of, leaves
from lg_lint.program.scopes import Binding, CallSite, Function, Scope


class Use(Struct, frozen=True, eq=False):
    """A place that a value is made at, or passes."""

    node: t.Node
    scope: Scope


def only_call(scope: Function) -> CallSite | None:
    """The call of a nested function, where its name means nothing else than that one call."""
    outer = scope.parent
    if not isinstance(outer, Function) or not isinstance(scope.node, t.FunctionDef):
        return None
    name = scope.node.name
    uses = [
        node
        for statement in _body(outer)
        for node in t.walk(statement, into_functions=True)
        if isinstance(node, t.Name) and node.id == name
    ]
    if len(uses) != 1 or scope.node.decorators:
        return None
    return next((site for site in outer.calls if site.node.func is uses[0]), None)


def is_kept(scope: Scope, binding: Binding, use: t.Name) -> bool:
    """Whether a loop comes back to a use, and not to what binds the name."""
    return any(
        start <= use.start <= end and not start <= binding.position <= end
        for start, end in _repeated(scope, use)
    )


def _repeated(scope: Scope, use: t.Node) -> Iterator[tuple[t.Position, t.Position]]:
    """What loops around a place run again and again: the first iterable is asked for once."""
    for loop in scope.loops:
        start = loop.test.start if isinstance(loop, t.While) else loop.body[0].start
        yield start, loop.body[-1].end
    for statement in _body(scope):
        if statement.start <= use.start <= statement.end:
            for node in t.walk(statement):
                if isinstance(node, t.Comprehension):
                    first = node.generators[0].iterable
                    if not first.start <= use.start <= first.end:
                        yield node.start, node.end


def _body(scope: Scope) -> t.Block:
    if isinstance(scope, Function):
        return scope.node.body if isinstance(scope.node, t.FunctionDef) else ()
    return scope.module.body


def is_rival(one: Use, other: Use) -> bool:
    """Whether at most one of two places of a function is come to."""
    if one.scope is not other.scope:
        return False
    first, second = sorted((one.node, other.node), key=lambda node: node.start)
    if any(block.holds(first.start) and block.excludes(second.start) for block in one.scope.blocks):
        return True
    return _is_left_after(_body(one.scope), first, second)


def _is_left_after(body: t.Block, first: t.Node, second: t.Node) -> bool:
    """Whether a block that holds the first place, and not the second, leaves the function."""
    for statement in body:
        if statement.start <= first.start <= statement.end:
            return any(
                _is_left_after(block, first, second)
                or (leaves(block) and isinstance(block[-1], (t.Return, t.Raise)))
                for block in blocks_of(statement)
                if block and block[0].start <= first.start <= block[-1].end < second.start
            )
    return False
