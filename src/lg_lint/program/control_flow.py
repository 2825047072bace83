"""How control leaves a run of statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.facts import tree as t
from lg_lint.program.blocks import blocks_of
from lg_lint.program.store import terminal_name

Ways = frozenset[str]
"""Some of "next" (falls out at the end), "continue", "break", "return" and "raise"."""

NEXT: Ways = frozenset({"next"})
_EXITS = {"exit", "_exit"}


def outcomes(block: Iterable[t.Statement]) -> Ways:
    """The ways in which control can leave a block that starts at its top."""
    found: Ways = frozenset()
    for statement in block:
        ways = _statement(statement)
        found |= ways - NEXT
        if "next" not in ways:
            return found
    return found | NEXT


def following(block: t.Block, node: t.Node) -> Ways:
    """The ways in which control can leave `block` once `node`, somewhere in it, has succeeded."""
    for index, statement in enumerate(block):
        if t.holds(statement, node):
            ways = NEXT if statement is node else _inside(statement, node)
            return _then(ways, outcomes(block[index + 1 :]))
    return NEXT


def _then(first: Ways, second: Ways) -> Ways:
    return (first - NEXT) | second if "next" in first else first


def _statement(node: t.Statement) -> Ways:
    if isinstance(node, t.Return):
        return frozenset({"return"})
    if isinstance(node, t.Raise):
        return frozenset({"raise"})
    if isinstance(node, t.Jump):
        return NEXT if node.kind == "pass" else frozenset({node.kind})
    if isinstance(node, t.If):
        return outcomes(node.body) | outcomes(node.orelse)
    if isinstance(node, (t.While, t.For)):
        return _loop(node, outcomes(node.body))
    if isinstance(node, t.With):
        return outcomes(node.body)
    if isinstance(node, t.Try):
        ways = _then(outcomes(node.body), outcomes(node.orelse))
        for handler in node.handlers:
            ways |= outcomes(handler.body)
        return _finally(node, ways)
    if isinstance(node, t.Match):
        return NEXT.union(*(outcomes(case.body) for case in node.cases))
    if isinstance(node, t.ExprStatement) and isinstance(node.value, t.Call):
        return frozenset({"raise"}) if terminal_name(node.value.func) in _EXITS else NEXT
    return NEXT


def _loop(node: t.While | t.For, body: Ways) -> Ways:
    endless = isinstance(node, t.While) and _is_true(node.test) and "break" not in body
    ways = body & {"return", "raise"}
    return ways if endless else ways | NEXT


def _is_true(test: t.Expr) -> bool:
    return isinstance(test, t.Constant) and bool(test.value)


def _finally(node: t.Try, ways: Ways) -> Ways:
    last = outcomes(node.final)
    return ways | (last - NEXT) if "next" in last else last


def _inside(statement: t.Statement, node: t.Node) -> Ways:
    """The ways out of a statement after a node within it."""
    if isinstance(statement, t.Try):
        if t.in_block(statement.body, node):
            ways = _then(following(statement.body, node), outcomes(statement.orelse))
            return _finally(statement, ways)
        blocks = [statement.orelse, statement.final, *(item.body for item in statement.handlers)]
        return _finally(statement, _in_one_of(blocks, node))
    if isinstance(statement, (t.While, t.For)):
        if t.in_block(statement.body, node):
            return _loop(statement, following(statement.body, node) | NEXT)
        return _in_one_of([statement.orelse], node)
    if isinstance(statement, t.If):
        blocks = [block for block in (statement.body, statement.orelse) if t.in_block(block, node)]
        return _in_one_of(blocks, node) if blocks else _statement(statement)
    if isinstance(statement, t.With):
        if t.in_block(statement.body, node):
            return following(statement.body, node)
        return outcomes(statement.body)
    if isinstance(statement, t.Match):
        return _in_one_of([case.body for case in statement.cases], node)
    return _statement(statement)


def _in_one_of(blocks: list[t.Block], node: t.Node) -> Ways:
    for block in blocks:
        if t.in_block(block, node):
            return following(block, node)
    return NEXT


def statements_after(block: t.Block, node: t.Node) -> Iterator[t.Statement]:
    """The statements of a block that may run after `node`, somewhere in it, has succeeded."""
    for index, statement in enumerate(block):
        if not t.holds(statement, node):
            continue
        yield from _after_inside(statement, node)
        if statement is node or "next" in _inside(statement, node):
            for later in block[index + 1 :]:
                yield later
                if "next" not in _statement(later):
                    return
        return


def _after_inside(statement: t.Statement, node: t.Node) -> Iterator[t.Statement]:
    if isinstance(statement, (t.For, t.While)) and t.in_block(statement.body, node):
        if following(statement.body, node) & {"next", "continue"}:
            yield from statement.body
        else:
            yield from statements_after(statement.body, node)
        return
    for block in blocks_of(statement):
        if t.in_block(block, node):
            yield from statements_after(block, node)
    if isinstance(statement, t.Try):
        if t.in_block(statement.body, node) and "next" in following(statement.body, node):
            yield from statement.orelse
        yield from statement.final


def own_nodes(block: Iterable[t.Node]) -> Iterator[t.Node]:
    """The nodes of a block, without those of functions and classes defined in it."""
    for statement in block:
        if not isinstance(statement, (t.FunctionDef, t.ClassDef)):
            yield from t.walk(statement)
