"""Statements, lowered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import libcst as cst

from lg_lint.facts import tree
from lg_lint.facts.from_libcst.expressions import BINARY, arguments, parameters
from lg_lint.facts.from_libcst.patterns import Pattern
from lg_lint.facts.from_libcst.walk import Lower, Walk


def block(walk: Walk, nodes: Iterable[Any]) -> tree.Block:
    """Statements in source order; those of one line, between semicolons, one by one."""
    statements: list[tree.Statement] = []
    for node in nodes:
        if type(node) is cst.SimpleStatementLine:
            statements += [walk.part(small) for small in node.body]
        else:
            statements.append(walk.part(node))
    return tuple(statements)


def _suite(walk: Walk, body: Any) -> tree.Block:
    walk.expect(":")
    return block(walk, body.body)


def _orelse(walk: Walk, node: cst.Else | None) -> tree.Block:
    return () if node is None else _after(walk, "else", node)


def _after(walk: Walk, keyword: str, node: Any) -> tree.Block:
    walk.expect(keyword)
    return _suite(walk, node.body)


# --- simple statements ---------------------------------------------------------------------


def _expr(walk: Walk, node: cst.Expr) -> tree.ExprStatement:
    value = walk.expression(node.value)
    return tree.ExprStatement(walk.span(walk.start(node.value, value), node), value)


def _assign(walk: Walk, node: cst.Assign) -> tree.Assign:
    targets = tuple([walk.expression(target.target) for target in node.targets])
    start = walk.start(node.targets[0].target, targets[0])
    value = walk.expression(node.value)
    return tree.Assign(walk.span(start, node), targets, value)


def _ann_assign(walk: Walk, node: cst.AnnAssign) -> tree.Assign:
    target = walk.expression(node.target)
    start = walk.start(node.target, target)
    annotation = walk.expression(node.annotation.annotation)
    value = walk.optional(node.value)
    return tree.Assign(walk.span(start, node), (target,), value, annotation)


def _type_alias(walk: Walk, node: cst.TypeAlias) -> tree.Assign:
    start = walk.expect("type")
    target = walk.expression(node.name)
    _skip_type_parameters(walk, node.type_parameters)
    value = walk.expression(node.value)
    return tree.Assign(walk.span(start, node), (target,), value)


def _skip_type_parameters(walk: Walk, node: cst.TypeParameters | None) -> None:
    if node is None:
        return
    walk.expect("[")
    for parameter in node.params:
        param = parameter.param
        if isinstance(param, cst.TypeVarTuple):
            walk.seek("*")
        elif isinstance(param, cst.ParamSpec):
            walk.seek("**")
        walk.seek(param.name.value)
        if isinstance(param, cst.TypeVar):
            walk.optional(param.bound)
        if parameter.star and isinstance(parameter.star, str):
            walk.seek(parameter.star)
        walk.optional(parameter.default)
    walk.expect("]")


def _aug_assign(walk: Walk, node: cst.AugAssign) -> tree.AugAssign:
    target = walk.expression(node.target)
    start = walk.start(node.target, target)
    op = _AUGMENTED[type(node.operator)]
    walk.expect(op + "=")
    value = walk.expression(node.value)
    return tree.AugAssign(walk.span(start, node), target, op, value)


def _delete(walk: Walk, node: cst.Del) -> tree.Delete:
    start = walk.expect("del")
    targets: list[tree.Expr] = []
    pending: list[tree.Expr] = [walk.expression(node.target)]
    while pending:
        target = pending.pop()
        if isinstance(target, tree.Sequence):
            pending.extend(reversed(target.items))
        else:
            targets.append(target)
    return tree.Delete(walk.span(start, node), tuple(targets))


def _return(walk: Walk, node: cst.Return) -> tree.Return:
    start = walk.expect("return")
    value = walk.optional(node.value)
    return tree.Return(walk.span(start, node), value)


def _raise(walk: Walk, node: cst.Raise) -> tree.Raise:
    start = walk.expect("raise")
    exception = walk.optional(node.exc)
    cause = None if node.cause is None else walk.expression(node.cause.item)
    return tree.Raise(walk.span(start, node), exception, cause)


def _assert(walk: Walk, node: cst.Assert) -> tree.Assert:
    start = walk.expect("assert")
    test = walk.expression(node.test)
    message = walk.optional(node.msg)
    return tree.Assert(walk.span(start, node), test, message)


def _jump(walk: Walk, node: cst.Break | cst.Continue | cst.Pass) -> tree.Jump:
    kind = type(node).__name__.lower()
    return tree.Jump(walk.span(walk.expect(kind), node), kind)


def _scope(walk: Walk, node: cst.Global | cst.Nonlocal) -> tree.ScopeDeclaration:
    kind = type(node).__name__.lower()
    start = walk.expect(kind)
    names = tuple([item.name.value for item in node.names])
    for name in names:
        walk.expect(name)
    return tree.ScopeDeclaration(walk.span(start, node), kind, names)


def _import(walk: Walk, node: Any) -> tree.Import:
    start = walk.expect("lazy" if type(node) is not cst.Import else "import")
    names = tuple([_alias(walk, alias) for alias in node.names])
    return tree.Import(walk.span(start, node), names)


def _import_from(walk: Walk, node: Any) -> tree.ImportFrom:
    start = walk.expect("lazy" if type(node) is not cst.ImportFrom else "from")
    for _ in node.relative:
        walk.seek(".")
    module = "" if node.module is None else walk.expression(node.module)
    parenthesized = isinstance(node.lpar, cst.LeftParen)
    if parenthesized:
        walk.seek("(")
    if isinstance(node.names, cst.ImportStar):
        names: tuple[tree.Alias, ...] = (tree.Alias(walk.leaf("*", node.names), "*", None),)
    else:
        names = tuple([_alias(walk, alias) for alias in node.names])
    if parenthesized:
        walk.expect(")")
    return tree.ImportFrom(walk.span(start, node), _dotted(module), len(node.relative), names)


def _alias(walk: Walk, node: cst.ImportAlias) -> tree.Alias:
    name = walk.expression(node.name)
    asname = None if node.asname is None else walk.expression(node.asname.name).id
    return tree.Alias(walk.span(name.span, node), _dotted(name), asname)


def _dotted(name: Any) -> str:
    parts = []
    while isinstance(name, tree.Attribute):
        parts.append(name.attr)
        name = name.value
    parts.append(name.id if isinstance(name, tree.Name) else "")
    return ".".join(reversed(parts))


# --- compound statements -------------------------------------------------------------------


def _if(walk: Walk, node: cst.If, keyword: str = "if") -> tree.If:
    start = walk.expect(keyword)
    test = walk.expression(node.test)
    body = _suite(walk, node.body)
    if isinstance(node.orelse, cst.If):
        orelse: tree.Block = (_if(walk, node.orelse, "elif"),)
    else:
        orelse = _orelse(walk, node.orelse)
    return tree.If(walk.span(start, node), test, body, orelse)


def _while(walk: Walk, node: cst.While) -> tree.While:
    start = walk.expect("while")
    test = walk.expression(node.test)
    body = _suite(walk, node.body)
    orelse = _orelse(walk, node.orelse)
    return tree.While(walk.span(start, node), test, body, orelse)


def _for(walk: Walk, node: cst.For) -> tree.For:
    is_async = node.asynchronous is not None
    start = walk.expect("async" if is_async else "for")
    target = walk.expression(node.target)
    iterable = walk.expression(node.iter)
    body = _suite(walk, node.body)
    orelse = _orelse(walk, node.orelse)
    return tree.For(walk.span(start, node), target, iterable, body, orelse, is_async)


def _with(walk: Walk, node: cst.With) -> tree.With:
    is_async = node.asynchronous is not None
    start = walk.expect("async" if is_async else "with")
    parenthesized = isinstance(node.lpar, cst.LeftParen)
    if parenthesized:
        walk.seek("(")
    items = tuple([_with_item(walk, item) for item in node.items])
    if parenthesized:
        walk.expect(")")
    body = _suite(walk, node.body)
    return tree.With(walk.span(start, node), items, body, is_async)


def _with_item(walk: Walk, node: cst.WithItem) -> tree.WithItem:
    context = walk.expression(node.item)
    target = None if node.asname is None else walk.expression(node.asname.name)
    return tree.WithItem(tree.across(context, target or context), context, target)


def _try(walk: Walk, node: cst.Try | cst.TryStar) -> tree.Try:
    start = walk.expect("try")
    body = _suite(walk, node.body)
    handlers = tuple([_handler(walk, handler) for handler in node.handlers])
    orelse = _orelse(walk, node.orelse)
    final = () if node.finalbody is None else _after(walk, "finally", node.finalbody)
    return tree.Try(walk.span(start, node), body, handlers, orelse, final)


def _handler(walk: Walk, node: cst.ExceptHandler | cst.ExceptStarHandler) -> tree.Handler:
    start = walk.expect("except")
    if isinstance(node, cst.ExceptStarHandler):
        walk.expect("*")
    kind = walk.optional(node.type)
    name = None if node.name is None else walk.expression(node.name.name).id
    body = _suite(walk, node.body)
    return tree.Handler(walk.span(start, node), kind, name, body)


def _match(walk: Walk, node: cst.Match) -> tree.Match:
    start = walk.expect("match")
    subject = walk.expression(node.subject)
    walk.expect(":")
    cases = tuple([_case(walk, case) for case in node.cases])
    return tree.Match(walk.span(start, node), subject, cases)


def _case(walk: Walk, node: cst.MatchCase) -> tree.Case:
    start = walk.expect("case")
    pattern = Pattern(walk)
    pattern.add(node.pattern)
    guard = walk.optional(node.guard)
    body = _suite(walk, node.body)
    values, bound = tuple(pattern.values), tuple(pattern.bound)
    return tree.Case(walk.span(start, node), values, bound, guard, body)


def _decorators(walk: Walk, nodes: Iterable[cst.Decorator]) -> tuple[tree.Expr, ...]:
    decorators = []
    for node in nodes:
        walk.expect("@")
        decorators.append(walk.expression(node.decorator))
    return tuple(decorators)


def _function(walk: Walk, node: cst.FunctionDef) -> tree.FunctionDef:
    decorators = _decorators(walk, node.decorators)
    is_async = node.asynchronous is not None
    start = walk.expect("async" if is_async else "def")
    name_at = walk.leaf(node.name.value, node.name)
    _skip_type_parameters(walk, node.type_parameters)
    walk.expect("(")
    params = parameters(walk, node.params)
    walk.expect(")")
    returns = None
    if node.returns is not None:
        walk.expect("->")
        returns = walk.expression(node.returns.annotation)
    body = _suite(walk, node.body)
    return tree.FunctionDef(
        at=walk.span(start, node),
        name=node.name.value,
        params=params,
        returns=returns,
        decorators=decorators,
        body=body,
        is_async=is_async,
        name_at=name_at,
    )


def _class(walk: Walk, node: cst.ClassDef) -> tree.ClassDef:
    decorators = _decorators(walk, node.decorators)
    start = walk.expect("class")
    name_at = walk.leaf(node.name.value, node.name)
    _skip_type_parameters(walk, node.type_parameters)
    bases: tuple[tree.Arg, ...] = ()
    if isinstance(node.lpar, cst.LeftParen):
        walk.expect("(")
        bases = arguments(walk, [*node.bases, *node.keywords])
        walk.expect(")")
    body = _suite(walk, node.body)
    return tree.ClassDef(
        at=walk.span(start, node),
        name=node.name.value,
        bases=bases,
        decorators=decorators,
        body=body,
        name_at=name_at,
    )


_AUGMENTED = {getattr(cst, f"{kind.__name__}Assign"): op for kind, op in BINARY.items()}

STATEMENTS: dict[str, Lower] = {
    "Expr": _expr,
    "Assign": _assign,
    "AnnAssign": _ann_assign,
    "TypeAlias": _type_alias,
    "AugAssign": _aug_assign,
    "Del": _delete,
    "Return": _return,
    "Raise": _raise,
    "Assert": _assert,
    "Break": _jump,
    "Continue": _jump,
    "Pass": _jump,
    "Global": _scope,
    "Nonlocal": _scope,
    "Import": _import,
    "LazyImport": _import,
    "ImportFrom": _import_from,
    "LazyImportFrom": _import_from,
    "If": _if,
    "While": _while,
    "For": _for,
    "With": _with,
    "Try": _try,
    "TryStar": _try,
    "Match": _match,
    "FunctionDef": _function,
    "ClassDef": _class,
}
