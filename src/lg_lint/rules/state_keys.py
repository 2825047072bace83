"""What counts as a write to the state: what nodes return, and the Commands of tools."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.model.graph import Node
from lg_lint.model.updates import FunctionUpdates, Update
from lg_lint.program.program import terminal_name


def is_write(node: Node, functions: FunctionUpdates, update: Update) -> bool:
    """Whether an update reaches the state; a tool's plain result becomes a message instead."""
    made = update.returned.node
    command = isinstance(made, t.Call) and terminal_name(made.func) == "Command"
    if command:
        assert isinstance(made, t.Call)
        return made.argument("graph") is None
    return functions.ref in node.functions or functions.ref in node.hooks
