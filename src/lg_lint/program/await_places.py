"""Whether `await` may stand where a call stands, and what awaiting there would do."""

from __future__ import annotations

from functools import lru_cache

from lg_lint.facts import tree as t
from lg_lint.program.blocks import takes_coroutines
from lg_lint.program.scopes import Function
from lg_lint.program.store import terminal_name


def enclosing(function: Function, node: t.Node) -> list[t.Node]:
    """What lies between a function and a node of its body, outermost first; empty if not there."""
    above = _parents(function)
    around = []
    current = above.get(node)
    while current is not None:
        around.append(current)
        current = above.get(current)
    return around[::-1]


@lru_cache(maxsize=1)
def _parents(function: Function) -> dict[t.Node, t.Node]:
    """The parent of each node of a function's body; kept for the next finding in the function."""
    root = function.node
    above: dict[t.Node, t.Node] = {}
    stack: list[tuple[t.Node, t.Node]] = [
        (root, part) for part in (root.body if isinstance(root, t.FunctionDef) else (root.body,))
    ]
    while stack:
        parent, node = stack.pop()
        above[node] = parent
        stack += [(node, child) for child in t.children(node)]
    return above


def may_await(function: Function, around: list[t.Node]) -> bool:
    """Whether `await` may stand inside of `around`, and belongs to the function itself.

    `around` is what `enclosing` gives. Not in a nested function or a generator expression.
    """
    if not function.is_async or not around:
        return False
    inner = around[1:]
    collected = [part for part in inner if isinstance(part, t.Comprehension)]
    return (
        not any(isinstance(part, (t.Lambda, t.FunctionDef, t.ClassDef)) for part in inner)
        and not any(part.kind == "generator" for part in collected)
        and len(collected) <= 1
    )


def is_given_as_coroutine(around: list[t.Node]) -> bool:
    """Whether a call around takes coroutines: `gather(work())`, which awaits by itself."""
    return any(isinstance(part, t.Call) and takes_coroutines(part) for part in around)


def is_iterated(around: list[t.Node], call: t.Node) -> bool:
    """Whether a `for`, a comprehension or `list(...)` iterates the result of a call there."""
    parent = around[-1]
    if isinstance(parent, (t.For, t.Generator)):
        return parent.iterable is call and not parent.is_async
    outer = around[-2] if isinstance(parent, t.Arg) else None
    return (
        isinstance(outer, t.Call)
        and isinstance(outer.func, t.Name)
        and outer.func.id == "list"
        and len(outer.args) == 1
        and not outer.args[0].star
    )


def held_lock(around: list[t.Node]) -> str | None:
    """The name of a lock that is held inside of `around`, which others would wait for.

    Any plain `with` of something that is not called there counts; None where there is none.
    """
    for statement in around:
        if isinstance(statement, t.With) and not statement.is_async:
            for item in statement.items:
                if not isinstance(item.context, t.Call):
                    return terminal_name(item.context) or "a context manager"
    return None
