"""What the index finds in the code of one frame, before the frame has been read to its end."""

from __future__ import annotations

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program.scopes import (
    Binding,
    Block,
    CallSite,
    Class,
    Function,
    ItemWrite,
    Iteration,
    Scope,
)


class ScopeBuilder(Struct, eq=False):
    """Lists to add to, each for the tuple of the same name that a scope keeps.

    `kinds` are those of the expressions, but for the commonest, and `If` where there is one.
    """

    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    calls: list[CallSite] = field(default_factory=list)
    returns: list[t.Return] = field(default_factory=list)
    yields: list[t.Yield] = field(default_factory=list)
    iterations: list[Iteration] = field(default_factory=list)
    withs: list[t.With] = field(default_factory=list)
    loops: list[t.For | t.While] = field(default_factory=list)
    item_writes: list[ItemWrite] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    classes: list[Class] = field(default_factory=list)
    kinds: set[type[t.Node]] = field(default_factory=set)

    def freeze(self, scope: Scope) -> None:
        """Give a scope what was found; most of it is nothing, which takes no memory there."""
        if self.bindings:
            scope.bindings = {name: _in_order(found) for name, found in self.bindings.items()}
        if self.declared:
            scope.declared = self.declared
        scope.blocks = tuple(self.blocks)
        scope.loop_blocks = tuple(block for block in self.blocks if block.is_loop)
        scope.calls = tuple(self.calls)
        scope.returns = tuple(self.returns)
        scope.yields = tuple(self.yields)
        scope.iterations = tuple(self.iterations)
        scope.withs = tuple(self.withs)
        scope.loops = tuple(self.loops)
        scope.item_writes = tuple(self.item_writes)
        scope.functions = tuple(self.functions)
        scope.classes = tuple(self.classes)
        scope.has_tests = not _TESTING.isdisjoint(self.kinds)


_TESTING = {t.If, t.IfExp, t.BoolOp, t.Comprehension}


def _in_order(bindings: list[Binding]) -> tuple[Binding, ...]:
    if len(bindings) > 1:
        bindings.sort(key=lambda binding: binding.position)
    return tuple(bindings)
