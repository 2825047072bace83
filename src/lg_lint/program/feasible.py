"""Whether a path of calls can be gone: a branch that asks for an argument needs one."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.execution import Chain
from lg_lint.program.program import terminal_name
from lg_lint.program.scopes import Function


def is_feasible(chain: Chain) -> bool:
    """False where a call on the way leaves an argument None and the next step asks for it."""
    function = chain.start.function
    missing: set[str] = set()
    for edge in chain.edges:
        if _asks_for(function, edge.node, missing):
            return False
        callee = edge.target.function
        missing = _missing(callee, edge.node, missing) if isinstance(edge.node, t.Call) else set()
        function = callee
    return not _asks_for(function, chain.sink, missing)


def _missing(callee: Function, call: t.Call, outer: set[str]) -> set[str]:
    """The parameters that a call leaves None, of those that the callee does not set itself."""
    direct = callee.name in (terminal_name(call.func), "__init__")
    if not direct or any(arg.star for arg in call.args):
        return set()
    skip = 1 if callee.self_name is not None else 0
    found: set[str] = set()
    for position, param in enumerate(callee.params):
        if position < skip or len(callee.bindings.get(param.name, ())) != 1:
            continue
        place = position - skip if param.kind == "positional" else None
        given = call.argument(param.name, place) or param.default
        if _is_none(given) or (isinstance(given, t.Name) and given.id in outer):
            found.add(param.name)
    return found


def _asks_for(function: Function, node: t.Node, missing: set[str]) -> bool:
    """Whether a place stands where one of the names has a value."""
    if not missing:
        return False
    for site in function.calls:
        if site.node is node:
            return any(
                isinstance(statement, t.If) and _needs(statement, node, missing)
                for statement in site.enclosing
            )
    return False


def _needs(statement: t.If, node: t.Node, missing: set[str]) -> bool:
    if t.in_block(statement.body, node):
        return _is_false(statement.test, missing)
    return t.in_block(statement.orelse, node) and _is_true(statement.test, missing)


def _is_false(test: t.Expr, missing: set[str]) -> bool:
    """Whether a test fails where the names are None."""
    if isinstance(test, t.BoolOp):
        parts = [_is_false(side, missing) for side in (test.left, test.right)]
        return any(parts) if test.op == "and" else all(parts)
    if isinstance(test, t.UnaryOp) and test.op == "not":
        return _is_true(test.operand, missing)
    if isinstance(test, t.Compare) and test.ops == ("is not",):
        return _is_missing(test.left, missing) and _is_none(test.comparators[0])
    return _is_missing(test, missing)


def _is_true(test: t.Expr, missing: set[str]) -> bool:
    if isinstance(test, t.BoolOp):
        parts = [_is_true(side, missing) for side in (test.left, test.right)]
        return all(parts) if test.op == "and" else any(parts)
    if isinstance(test, t.UnaryOp) and test.op == "not":
        return _is_false(test.operand, missing)
    if isinstance(test, t.Compare) and test.ops == ("is",):
        return _is_missing(test.left, missing) and _is_none(test.comparators[0])
    return False


def _is_missing(expr: t.Expr, missing: set[str]) -> bool:
    return isinstance(expr, t.Name) and expr.id in missing


def _is_none(expr: t.Expr | None) -> bool:
    return isinstance(expr, t.Constant) and expr.value is None
