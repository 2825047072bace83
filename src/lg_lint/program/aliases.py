"""The names under which a container may be spoken of, and where targets of an assignment stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.facts import tree as t
from lg_lint.program.scopes import Function, Scope, owner

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


def name_in(scope: Scope, expr: t.Node | None) -> str | None:
    """What an expression goes by in a scope: its last name, variables of functions told apart."""
    name = spoken(expr)
    root = expr
    while isinstance(root, (t.Subscript, t.Await, t.Call)):
        is_call = isinstance(root, t.Call)
        root = root.func if isinstance(root, t.Call) else root.value
        if is_call and isinstance(root, t.Attribute) and root.attr in _READS:
            root = root.value
    if name is None or not isinstance(root, t.Name):
        return name
    return variable(name, owner(scope, root.id))


def variable(name: str, holder: Scope | None) -> str:
    """The name of a variable of a scope; those of modules and classes are used from elsewhere."""
    return f"{name}@{id(holder):x}" if isinstance(holder, Function) else name


def result_of(function: Function) -> str:
    """What the result of a call of a function goes by."""
    return variable(f"{function.name}()", function.parent)


def plain(name: str) -> str:
    """A name without the function that it is a variable of."""
    return name.partition("@")[0]


def unpacking(targets: Sequence[t.Expr]) -> Iterator[tuple[t.Expr, int | tuple[int, int]]]:
    """The targets of an unpacking with their places: from the end behind a star."""
    stars = [at for at, item in enumerate(targets) if isinstance(item, t.Starred)]
    star = stars[0] if stars else len(targets)
    for at, item in enumerate(targets):
        if isinstance(item, t.Starred):
            yield item.value, (at, len(targets) - at - 1)
        else:
            yield item, at if at < star else at - len(targets)
