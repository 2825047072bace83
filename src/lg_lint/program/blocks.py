"""What the index asks of single nodes: rival blocks, branches that never run."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.scopes import END, Block


def never_holds(test: t.Expr) -> bool:
    """Whether the branch of an `if` never runs: that of a false literal or for type checkers."""
    if isinstance(test, t.Constant):
        return not test.value
    name = test.attr if isinstance(test, t.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"


def rival_blocks(bodies: tuple[t.Block, ...] | list[t.Block]) -> list[Block]:
    blocks = [Block(body[0].start, body[-1].end) if body else Block(END, END) for body in bodies]
    for block in blocks:
        block.rivals = tuple(other for other in blocks if other is not block)
    return blocks


def last_name(func: t.Expr) -> str:
    return func.id if isinstance(func, t.Name) else getattr(func, "attr", "")
