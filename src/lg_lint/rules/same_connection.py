"""Which calls in a function use one connection, and which open one that is kept for later."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program.program import terminal_name
from lg_lint.program.scopes import CallSite, Function, reaching

_OPENERS = {"connect", "begin", "connection", "session", "acquire", "getconn", "Session"}


def connection_of(function: Function, call: t.Call) -> object:
    """An identity that statements on one connection share within a function."""
    root = _root(function, call, 0)
    return (id(function), root if isinstance(root, str) else id(root or call))


def connections_given(function: Function, call: t.Node) -> Iterator[object]:
    """The connections that a call hands on: what it does with one is done on that connection."""
    for arg in call.args if isinstance(call, t.Call) else ():
        if isinstance(arg.value, (t.Name, t.Attribute)):
            root = _root(function, arg.value, 1)
            yield (id(function), root if isinstance(root, str) else id(root))


def opens(call: t.Node) -> bool:
    """Whether a call gives a connection."""
    return isinstance(call, t.Call) and terminal_name(call.func) in _OPENERS


def opening_of(function: Function, call: t.Node) -> t.Node | None:
    """The call in the same function that opens the connection which a statement uses."""
    root = _root(function, call, 0) if isinstance(call, t.Call) else None
    return root if isinstance(root, t.Call) else None


def _root(function: Function, expr: t.Expr, depth: int) -> t.Node | str | None:
    """Where a receiver comes from: the call that opens it, a parameter, a dotted name."""
    if depth > 12:
        return None
    if isinstance(expr, (t.Await, t.Subscript)):
        return _root(function, expr.value, depth + 1)
    if isinstance(expr, t.Attribute):
        owner = _root(function, expr.value, depth + 1)
        return f"{owner}.{expr.attr}" if isinstance(owner, str) else owner
    if isinstance(expr, t.Name):
        return _named(function, expr, depth)
    if isinstance(expr, t.Call):
        return _called(function, expr, depth)
    return None


def _called(function: Function, call: t.Call, depth: int) -> t.Node | str | None:
    if not isinstance(call.func, t.Attribute):
        return call
    owner = _root(function, call.func.value, depth + 1)
    if not isinstance(owner, str):
        return owner or call
    return owner if depth == 0 and call.func.attr not in _OPENERS else call


def _named(function: Function, expr: t.Name, depth: int) -> t.Node | str | None:
    if expr.id == function.self_name:
        return expr.id
    for binding in reaching(function, expr.id, expr.start):
        if isinstance(binding.node, t.Param):
            return binding.node
        if binding.value is not None:
            return _root(function, binding.value, depth + 1)
    return expr.id


# --- kept for later ------------------------------------------------------------------------


def is_kept(function: Function, site: CallSite) -> bool:
    """Whether a call runs once for the process: what it gives is kept, and looked for first.

    `if self.pool is None: self.pool = connect()`, `global engine; engine = connect()`.
    """
    for statement in site.enclosing:
        if isinstance(statement, t.If) and _is_kept_if_missing(function, statement):
            return True
    return _opens(site.node) and _is_stored(function, site.node)


def _is_kept_if_missing(function: Function, statement: t.If) -> bool:
    name = _missing(statement.test)
    if name is None or not _outlives(function, name):
        return False
    text = _dotted(name)
    return any(
        isinstance(node, t.Assign) and any(_dotted(target) == text for target in node.targets)
        for inner in statement.body
        for node in t.walk(inner)
    )


def _missing(test: t.Expr) -> t.Expr | None:
    """The name that `x is None` or `not x` asks for."""
    if isinstance(test, t.UnaryOp) and test.op == "not":
        return test.operand
    if isinstance(test, t.Compare) and test.ops == ("is",):
        right = test.comparators[0]
        return test.left if isinstance(right, t.Constant) and right.value is None else None
    return None


def _outlives(function: Function, expr: t.Expr) -> bool:
    if isinstance(expr, t.Name):
        return function.declared.get(expr.id) == "global"
    return isinstance(expr, t.Attribute)


def _opens(call: t.Call) -> bool:
    name = call.func.attr if isinstance(call.func, t.Attribute) else ""
    return name in ("connect", "from_env") or (
        isinstance(call.func, t.Name) and call.func.id == "connect"
    )


def _is_stored(function: Function, call: t.Call) -> bool:
    for write in function.module.attribute_writes:
        if write.scope is function and write.kind == "assign" and write.value is call:
            return True
    return any(
        binding.value is call and function.declared.get(name) == "global"
        for name, bindings in function.bindings.items()
        for binding in bindings
    )


def _dotted(expr: t.Expr) -> str | None:
    if isinstance(expr, t.Name):
        return expr.id
    if isinstance(expr, t.Attribute):
        owner = _dotted(expr.value)
        return f"{owner}.{expr.attr}" if owner else None
    return None
