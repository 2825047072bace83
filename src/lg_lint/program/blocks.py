"""What is asked of single nodes: their blocks, rival blocks, dead branches, what a call does with
its arguments.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Set

from lg_lint.facts import tree as t
from lg_lint.program.scopes import NOWHERE, Block, ExclusiveBlocks

_AWAITERS = {
    "wait_for", "shield", "gather", "create_task", "ensure_future", "run_coroutine_threadsafe",
}  # fmt: skip

KIND_TESTS = {"iscoroutinefunction", "isasyncgenfunction"}
"""Functions that ask what kind a function is."""


def never_holds(test: t.Expr) -> bool:
    """Whether the branch of an `if` never runs: that of a false literal or for type checkers."""
    if isinstance(test, t.Constant):
        return not test.value
    name = test.attr if isinstance(test, t.Attribute) else getattr(test, "id", None)
    return name == "TYPE_CHECKING"


def exclusive_blocks(bodies: tuple[t.Block, ...] | list[t.Block]) -> list[Block]:
    """Blocks of which at most one runs, such as those of `if` and `else`; each knows its rivals."""
    blocks = [Block(_place(body)) for body in bodies]
    filled = [block for block in blocks if block.at != NOWHERE]
    if len(filled) > 1:
        rivals = ExclusiveBlocks(
            tuple([block.start for block in filled]), tuple([block.end for block in filled])
        )
        for block in filled:
            block.rivals = rivals
    return blocks


def _place(body: t.Block) -> t.At:
    if len(body) < 2:
        return body[0].at if body else NOWHERE
    return t.across(body[0], body[-1])


def blocks_of(statement: t.Node) -> tuple[t.Block, ...]:
    """The blocks of a statement."""
    if isinstance(statement, (t.If, t.For, t.While)):
        return (statement.body, statement.orelse)
    if isinstance(statement, t.With):
        return (statement.body,)
    if isinstance(statement, t.Try):
        handlers = tuple(handler.body for handler in statement.handlers)
        return (statement.body, *handlers, statement.orelse, statement.final)
    if isinstance(statement, t.Match):
        return tuple(case.body for case in statement.cases)
    return ()


def leaves(block: t.Block) -> bool:
    """Whether nothing after a block runs once it has."""
    last = block[-1] if block else None
    return isinstance(last, (t.Return, t.Raise)) or (
        isinstance(last, t.Jump) and last.kind != "pass"
    )


def takes_coroutines(call: t.Call) -> bool:
    """Whether a call takes coroutines: the calls that make them run nothing."""
    return _last_name(call.func) in _AWAITERS


def drained(call: t.Call, drainers: Set[str]) -> Iterator[t.Expr]:
    """The arguments that a call drains: `list(x)`, `next(x)`, `"".join(x)`, `f(*x)`."""
    name = _last_name(call.func)
    for index, arg in enumerate(call.args):
        if arg.star == "*" or (index == 0 and name in drainers and arg.keyword is None):
            yield arg.value


def _last_name(func: t.Expr) -> str:
    return func.id if isinstance(func, t.Name) else getattr(func, "attr", "")


ALWAYS, SOMETIMES, AFTER_FAILURE = range(3)


def rarity(body: t.Block, node: t.Node) -> int:
    """How seldom a block gets to a place in it: always, sometimes, or where something failed."""
    found = ALWAYS
    while body:
        index = bisect_left(body, node.end, key=lambda statement: statement.end)
        if index == len(body):
            return found
        inner = next(
            (
                (_rarity_of(body[index], number), block)
                for number, block in enumerate(blocks_of(body[index]))
                if block and block[0].start <= node.start and node.end <= block[-1].end
            ),
            None,
        )
        if inner is None:
            return found
        found, body = max(found, inner[0]), inner[1]
    return found


def _rarity_of(statement: t.Node, number: int) -> int:
    """How seldom a statement runs one of its blocks."""
    if isinstance(statement, t.Try):
        return AFTER_FAILURE if 0 < number <= len(statement.handlers) else ALWAYS
    if isinstance(statement, t.With):
        return ALWAYS
    if isinstance(statement, t.While) and isinstance(statement.test, t.Constant):
        return ALWAYS
    return SOMETIMES
