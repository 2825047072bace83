"""Which of several objects a process makes, where settings of its environment choose."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.model.hosting.servers.records import Process
from lg_lint.model.hosting.variables import variable_of
from lg_lint.program.blocks import blocks_of, leaves
from lg_lint.program.scopes import Function, Module
from lg_lint.program.store import Program
from lg_lint.program.values import Env, ExternalObject

_OFF = ("false", "0", "no", "off", "f", "n")
"""Texts that a field of settings may read as False."""

Test = tuple[t.Expr, bool]


def is_made(program: Program, process: Process, made: ExternalObject) -> bool | None:
    """Whether a process comes to the place that makes an object; None where that is not known."""
    env, site = made.env, made.site
    if env is None or site is None:
        return None
    scope = env.scope
    body = scope.node.body if isinstance(scope, Function) else ()
    block = scope.body if isinstance(scope, Module) else body if isinstance(body, tuple) else ()
    found: bool | None = True
    for test, wanted in _tests(block, site):
        holds = _holds(program, process, test, env)
        if holds is not None and holds is not wanted:
            return False
        found = None if holds is None else found
    return found


def _tests(block: t.Block, node: t.Node) -> Iterator[Test]:
    """The tests on the way to a node, and how each has to come out."""
    for statement in block:
        if _has(statement, node):
            yield from _inside(statement, node)
            return
        if isinstance(statement, t.If):
            if leaves(statement.body):
                yield statement.test, False
            elif statement.orelse and leaves(statement.orelse):
                yield statement.test, True


def _inside(statement: t.Node, node: t.Node) -> Iterator[Test]:
    if isinstance(statement, t.If):
        for block, wanted in ((statement.body, True), (statement.orelse, False)):
            if any(_has(each, node) for each in block):
                yield statement.test, wanted
                yield from _tests(block, node)
        return
    for block in blocks_of(statement):
        if any(_has(each, node) for each in block):
            yield from _tests(block, node)
            return
    for each in t.walk(statement):
        if isinstance(each, t.IfExp):
            for branch, wanted in ((each.body, True), (each.orelse, False)):
                if _has(branch, node):
                    yield each.test, wanted


def _has(outer: t.Node, node: t.Node) -> bool:
    return any(each is node for each in t.walk(outer))


def _holds(program: Program, process: Process, test: t.Expr, env: Env) -> bool | None:
    """How a test comes out in a process; None where that is not known."""
    if isinstance(test, t.UnaryOp) and test.op == "not":
        inner = _holds(program, process, test.operand, env)
        return None if inner is None else not inner
    if isinstance(test, t.BoolOp):
        both = [_holds(program, process, each, env) for each in (test.left, test.right)]
        ends = test.op == "or"
        if ends in both:
            return ends
        return None if None in both else not ends
    if isinstance(test, t.Compare):
        return _compared(program, process, test, env)
    variable = variable_of(program, test, env)
    if variable is None:
        return None
    is_known, text = variable.in_process(process)
    if not is_known:
        return None
    is_off = not variable.is_exact and (text or "").lower() in _OFF
    return bool(text) and not is_off


def _compared(program: Program, process: Process, test: t.Compare, env: Env) -> bool | None:
    variable = variable_of(program, test.left, env)
    if variable is None or len(test.ops) != 1:
        return None
    is_known, text = variable.in_process(process)
    given = _constants(test.comparators[0])
    if not is_known or given is None:
        return None
    op = test.ops[0]
    if op in ("==", "is", "in"):
        return text in given
    return text not in given if op in ("!=", "is not", "not in") else None


def _constants(expr: t.Expr) -> list[str | None] | None:
    """The texts of a constant, or of a display of constants; None for anything else."""
    nodes = expr.items if isinstance(expr, t.Sequence) else (expr,)
    if not all(isinstance(node, t.Constant) for node in nodes):
        return None
    values = [node.value for node in nodes if isinstance(node, t.Constant)]
    return [None if value is None else str(value) for value in values]
