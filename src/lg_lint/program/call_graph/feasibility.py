"""Whether code can be reached: branches that are never taken, and paths that lead through them."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.blocks import blocks_of, leaves
from lg_lint.program.call_graph.definite_values import Activation, MustValues
from lg_lint.program.call_graph.execution import CallNode, CallPath
from lg_lint.program.scopes import Function


def is_feasible(must_values: MustValues, chain: CallPath) -> bool:
    """False where what a call on the way gives closes the branch that the next step stands in."""
    where = Activation(chain.start.env)
    for edge in chain.edges:
        if _is_closed(must_values, edge.node, where):
            return False
        call = edge.node if isinstance(edge.node, t.Call) else None
        where = Activation(edge.target.env, call, where)
    return not _is_closed(must_values, chain.sink, where)


def is_reachable(must_values: MustValues, state: CallNode, node: t.Node) -> bool:
    """Whether a place in a function is reached, as far as all calls of it say."""
    return not _is_closed(must_values, node, Activation(state.env))


def is_called(must_values: MustValues, function: Function) -> bool:
    """False where each call of a function stands in a branch that is never taken."""
    calls = must_values.calls_of(function)
    return not calls or any(
        not _is_closed(must_values, call.node, Activation(call.env)) for call in calls
    )


def _is_closed(must_values: MustValues, node: t.Node, where: Activation) -> bool:
    function = where.env.scope.node if isinstance(where.env.scope, Function) else None
    return isinstance(function, t.FunctionDef) and _is_unreachable(
        must_values, function.body, node, where
    )


def _is_unreachable(
    must_values: MustValues, block: t.Block, node: t.Node, where: Activation
) -> bool:
    """Whether a block never gets to a place in it."""
    end = node.end
    for statement in block:
        if statement.end >= end:
            return _is_unreachable_in(must_values, statement, node, where)
        if isinstance(statement, t.If) and _always_exits(must_values, statement, where):
            return True
    return False


def _is_unreachable_in(
    must_values: MustValues, statement: t.Node, node: t.Node, where: Activation
) -> bool:
    for block in blocks_of(statement):
        if t.in_block(block, node):
            if isinstance(statement, t.If):
                taken = must_values.truth(statement.test, where)
                if taken is not None and taken is (block is statement.orelse):
                    return True
            return _is_unreachable(must_values, block, node, where)
    return False


def _always_exits(must_values: MustValues, statement: t.If, where: Activation) -> bool:
    """Whether an `if` always takes a branch that ends the block around it."""
    if not (leaves(statement.body) or leaves(statement.orelse)):
        return False
    truth = must_values.truth(statement.test, where)
    return truth is not None and leaves(statement.body if truth else statement.orelse)
