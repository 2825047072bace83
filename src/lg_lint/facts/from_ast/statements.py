"""Statements, lowered."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import Any

from lg_lint.facts import tree
from lg_lint.facts.from_ast.expressions import BINARY, arguments, keywords, parameters
from lg_lint.facts.from_ast.patterns import Pattern
from lg_lint.facts.from_ast.source import Lowering, Source


def block(source: Source, nodes: Iterable[ast.stmt]) -> tree.Block:
    """Statements in source order."""
    return tuple([source.lower(node) for node in nodes])


# --- simple statements ---------------------------------------------------------------------


def _expr(source: Source, node: ast.Expr) -> tree.ExprStatement:
    return tree.ExprStatement(source.at(node), source.lower(node.value))


def _assign(source: Source, node: ast.Assign) -> tree.Assign:
    targets = tuple([source.lower(target) for target in node.targets])
    return tree.Assign(source.at(node), targets, source.lower(node.value))


def _ann_assign(source: Source, node: ast.AnnAssign) -> tree.Assign:
    target = source.lower(node.target)
    annotation = source.lower(node.annotation)
    return tree.Assign(source.at(node), (target,), source.optional(node.value), annotation)


def _type_alias(source: Source, node: Any) -> tree.Assign:
    return tree.Assign(source.at(node), (source.lower(node.name),), source.lower(node.value))


def _aug_assign(source: Source, node: ast.AugAssign) -> tree.AugAssign:
    target = source.lower(node.target)
    value = source.lower(node.value)
    return tree.AugAssign(source.at(node), target, BINARY[type(node.op)], value)


def _delete(source: Source, node: ast.Delete) -> tree.Delete:
    targets: list[tree.Expr] = []
    pending: list[ast.expr] = node.targets[::-1]
    while pending:
        target = pending.pop()
        if isinstance(target, (ast.Tuple, ast.List)):
            pending += target.elts[::-1]
        else:
            targets.append(source.lower(target))
    return tree.Delete(source.at(node), tuple(targets))


def _return(source: Source, node: ast.Return) -> tree.Return:
    return tree.Return(source.at(node), source.optional(node.value))


def _raise(source: Source, node: ast.Raise) -> tree.Raise:
    exception = source.optional(node.exc)
    return tree.Raise(source.at(node), exception, source.optional(node.cause))


def _assert(source: Source, node: ast.Assert) -> tree.Assert:
    test = source.lower(node.test)
    return tree.Assert(source.at(node), test, source.optional(node.msg))


def _jump(source: Source, node: ast.Break | ast.Continue | ast.Pass) -> tree.Jump:
    return tree.Jump(source.at(node), type(node).__name__.lower())


def _scope(source: Source, node: ast.Global | ast.Nonlocal) -> tree.ScopeDeclaration:
    kind = type(node).__name__.lower()
    return tree.ScopeDeclaration(source.at(node), kind, tuple(node.names))


def _import(source: Source, node: ast.Import) -> tree.Import:
    return tree.Import(source.at(node), _aliases(source, node.names))


def _import_from(source: Source, node: ast.ImportFrom) -> tree.ImportFrom:
    names = _aliases(source, node.names)
    return tree.ImportFrom(source.at(node), node.module or "", node.level, names)


def _aliases(source: Source, nodes: Iterable[ast.alias]) -> tuple[tree.Alias, ...]:
    return tuple([tree.Alias(source.at(node), node.name, node.asname) for node in nodes])


# --- compound statements -------------------------------------------------------------------


def _through(source: Source, node: Any, last: Sequence[tree.Node]) -> tree.At:
    """From the start of a statement to the end of its last part, without a semicolon there."""
    return tree.packed(*source.span(node)[:2], *last[-1].span[2:])


def _if(source: Source, node: ast.If) -> tree.If:
    test = source.lower(node.test)
    body, orelse = block(source, node.body), block(source, node.orelse)
    return tree.If(_through(source, node, orelse or body), test, body, orelse)


def _while(source: Source, node: ast.While) -> tree.While:
    test = source.lower(node.test)
    body, orelse = block(source, node.body), block(source, node.orelse)
    return tree.While(_through(source, node, orelse or body), test, body, orelse)


def _for(source: Source, node: ast.For | ast.AsyncFor) -> tree.For:
    target, iterable = source.lower(node.target), source.lower(node.iter)
    body, orelse = block(source, node.body), block(source, node.orelse)
    at = _through(source, node, orelse or body)
    return tree.For(at, target, iterable, body, orelse, type(node) is ast.AsyncFor)


def _with(source: Source, node: ast.With | ast.AsyncWith) -> tree.With:
    items = tuple([_with_item(source, item) for item in node.items])
    body = block(source, node.body)
    return tree.With(_through(source, node, body), items, body, type(node) is ast.AsyncWith)


def _with_item(source: Source, node: ast.withitem) -> tree.WithItem:
    context = source.lower(node.context_expr)
    target = source.optional(node.optional_vars)
    return tree.WithItem(tree.across(context, target or context), context, target)


def _try(source: Source, node: Any) -> tree.Try:
    body = block(source, node.body)
    handlers = tuple([_handler(source, handler) for handler in node.handlers])
    orelse, final = block(source, node.orelse), block(source, node.finalbody)
    at = _through(source, node, final or orelse or handlers or body)
    return tree.Try(at, body, handlers, orelse, final)


def _handler(source: Source, node: ast.ExceptHandler) -> tree.Handler:
    kind = source.optional(node.type)
    body = block(source, node.body)
    return tree.Handler(_through(source, node, body), kind, node.name, body)


def _match(source: Source, node: ast.Match) -> tree.Match:
    subject = source.lower(node.subject)
    cases = tuple([_case(source, case) for case in node.cases])
    return tree.Match(_through(source, node, cases), subject, cases)


def _case(source: Source, node: ast.match_case) -> tree.Case:
    pattern = Pattern(source)
    pattern.add(node.pattern)
    start = source.case(node.pattern)
    guard = source.optional(node.guard)
    body = block(source, node.body)
    at = tree.packed(*start, *body[-1].span[2:])
    return tree.Case(at, tuple(pattern.values), tuple(pattern.bound), guard, body)


def _function(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> tree.FunctionDef:
    decorators = tuple([source.lower(decorator) for decorator in node.decorator_list])
    params = parameters(source, node.args)
    returns = source.optional(node.returns)
    body = block(source, node.body)
    return tree.FunctionDef(
        at=_through(source, node, body),
        name=node.name,
        params=params,
        returns=returns,
        decorators=decorators,
        body=body,
        is_async=type(node) is ast.AsyncFunctionDef,
        name_at=source.name_at(node),
    )


def _class(source: Source, node: ast.ClassDef) -> tree.ClassDef:
    decorators = tuple([source.lower(decorator) for decorator in node.decorator_list])
    bases = arguments(source, node.bases) + keywords(source, node.keywords)
    body = block(source, node.body)
    return tree.ClassDef(
        at=_through(source, node, body),
        name=node.name,
        bases=tuple(bases),
        decorators=decorators,
        body=body,
        name_at=source.name_at(node),
    )


STATEMENTS: dict[str, Lowering] = {
    "Expr": _expr,
    "Assign": _assign,
    "AnnAssign": _ann_assign,
    "TypeAlias": _type_alias,
    "AugAssign": _aug_assign,
    "Delete": _delete,
    "Return": _return,
    "Raise": _raise,
    "Assert": _assert,
    "Break": _jump,
    "Continue": _jump,
    "Pass": _jump,
    "Global": _scope,
    "Nonlocal": _scope,
    "Import": _import,
    "ImportFrom": _import_from,
    "If": _if,
    "While": _while,
    "For": _for,
    "AsyncFor": _for,
    "With": _with,
    "AsyncWith": _with,
    "Try": _try,
    "TryStar": _try,
    "Match": _match,
    "FunctionDef": _function,
    "AsyncFunctionDef": _function,
    "ClassDef": _class,
}
