"""The names under which a container may be spoken of, and where targets of an assignment stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.facts import tree as t

_READS = {"get", "setdefault", "pop"}


def spoken(expr: t.Node | None) -> str | None:
    """The last name of what an expression is or is taken out of: "d" for `self.d["a"]`.

    What a call gives is "make()", but for `d.get("a")` and its like.
    """
    calls = 0
    while True:
        if isinstance(expr, t.Name):
            return expr.id + "()" * calls
        if isinstance(expr, t.Attribute):
            return expr.attr + "()" * calls
        if isinstance(expr, (t.Subscript, t.Await)):
            expr = expr.value
        elif isinstance(expr, t.Call):
            func = expr.func
            is_read = isinstance(func, t.Attribute) and func.attr in _READS
            expr = func.value if isinstance(func, t.Attribute) and is_read else func
            calls += not is_read
        else:
            return None


def depth(expr: t.Node) -> int:
    """Out of how many containers, one in another, an expression takes what it is."""
    found = 0
    while True:
        if isinstance(expr, t.Subscript):
            expr, found = expr.value, found + 1
        elif isinstance(expr, t.Call) and isinstance(expr.func, t.Attribute):
            found += expr.func.attr in _READS
            expr = expr.func.value
        else:
            return found


def unpacking(targets: Sequence[t.Expr]) -> Iterator[tuple[t.Expr, int | tuple[int, int]]]:
    """The targets of an unpacking with their places: from the end behind a star."""
    stars = [at for at, item in enumerate(targets) if isinstance(item, t.Starred)]
    star = stars[0] if stars else len(targets)
    for at, item in enumerate(targets):
        if isinstance(item, t.Starred):
            yield item.value, (at, len(targets) - at - 1)
        else:
            yield item, at if at < star else at - len(targets)
