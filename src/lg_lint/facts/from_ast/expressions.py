"""Expressions, lowered."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from lg_lint.facts import tree
from lg_lint.facts.from_ast.source import Lowering, Source
from lg_lint.facts.from_ast.strings import STRINGS

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_BOOLEAN = {ast.And: "and", ast.Or: "or"}
_UNARY = {ast.Not: "not", ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}
_COMPARE = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Is: "is",
    ast.IsNot: "is not",
}


def _name(source: Source, node: ast.Name) -> tree.Name:
    return tree.Name(source.at(node), node.id)


def _constant(source: Source, node: ast.Constant) -> tree.Constant:
    return tree.Constant(source.at(node), node.value)


def _attribute(source: Source, node: ast.Attribute) -> tree.Attribute:
    return tree.Attribute(source.at(node), source.lower(node.value), node.attr)


def _call(source: Source, node: ast.Call) -> tree.Call:
    func = source.lower(node.func)
    args = arguments(source, node.args)
    if node.keywords:
        named = keywords(source, node.keywords)
        is_mixed = args and args[-1].span > named[0].span
        args = sorted(args + named, key=_start) if is_mixed else args + named
    return tree.Call(source.at(node), func, tuple(args))


def _start(record: tree.Arg) -> tree.Span:
    return record.span


def arguments(source: Source, nodes: Iterable[ast.expr]) -> list[tree.Arg]:
    """The positional arguments of a call, with `*` where it unpacks."""
    return [_arg(source, node) for node in nodes]


def _arg(source: Source, node: ast.expr) -> tree.Arg:
    if type(node) is ast.Starred:
        return tree.Arg(source.at(node), source.lower(node.value), None, "*")
    value = source.lower(node)
    return tree.Arg(value.at, value)


def keywords(source: Source, nodes: Iterable[ast.keyword]) -> list[tree.Arg]:
    """The keyword arguments of a call or class, with `**` where it unpacks."""
    return [
        tree.Arg(source.at(node), source.lower(node.value), node.arg, "" if node.arg else "**")
        for node in nodes
    ]


def _starred(source: Source, node: ast.Starred) -> tree.Starred:
    return tree.Starred(source.at(node), source.lower(node.value))


def _tuple(source: Source, node: ast.Tuple) -> tree.Sequence:
    items = tuple([source.lower(item) for item in node.elts])
    if not items:
        return tree.Sequence(source.at(node), "tuple", items)
    return tree.Sequence(tree.across(items[0], items[-1]), "tuple", items)


def _list(source: Source, node: ast.List) -> tree.Sequence:
    return tree.Sequence(source.at(node), "list", tuple([source.lower(item) for item in node.elts]))


def _set(source: Source, node: ast.Set) -> tree.Sequence:
    return tree.Sequence(source.at(node), "set", tuple([source.lower(item) for item in node.elts]))


def _dict(source: Source, node: ast.Dict) -> tree.Dict:
    items = [
        (source.optional(key), source.lower(value))
        for key, value in zip(node.keys, node.values, strict=True)
    ]
    return tree.Dict(source.at(node), tuple(items))


def _subscript(source: Source, node: ast.Subscript) -> tree.Subscript:
    value = source.lower(node.value)
    return tree.Subscript(source.at(node), value, source.lower(node.slice))


def _slice(source: Source, node: ast.Slice) -> tree.Slice:
    lower, upper = source.optional(node.lower), source.optional(node.upper)
    return tree.Slice(source.at(node), lower, upper, source.optional(node.step))


def _binary(source: Source, node: ast.BinOp) -> tree.Expr:
    chain = [node]
    while type(chain[-1].left) is ast.BinOp:
        chain.append(chain[-1].left)
    result: tree.Expr = source.lower(chain[-1].left)
    for link in reversed(chain):
        right = source.lower(link.right)
        result = tree.BinOp(source.at(link), result, BINARY[type(link.op)], right)
    return result


def _boolean(source: Source, node: ast.BoolOp) -> tree.Expr:
    start = source.span(node)[:2]
    op = _BOOLEAN[type(node.op)]
    result: tree.Expr = source.lower(node.values[0])
    for value in node.values[1:]:
        right = source.lower(value)
        result = tree.BoolOp(tree.packed(*start, *right.span[2:]), result, op, right)
    result.at = source.at(node)
    return result


def _unary(source: Source, node: ast.UnaryOp) -> tree.UnaryOp:
    return tree.UnaryOp(source.at(node), _UNARY[type(node.op)], source.lower(node.operand))


def _compare(source: Source, node: ast.Compare) -> tree.Compare:
    left = source.lower(node.left)
    ops = tuple([_COMPARE[type(op)] for op in node.ops])
    comparators = tuple([source.lower(item) for item in node.comparators])
    return tree.Compare(source.at(node), left, ops, comparators)


def _if_exp(source: Source, node: ast.IfExp) -> tree.IfExp:
    body = source.lower(node.body)
    test = source.lower(node.test)
    return tree.IfExp(source.at(node), test, body, source.lower(node.orelse))


def _await(source: Source, node: ast.Await) -> tree.Await:
    return tree.Await(source.at(node), source.lower(node.value))


def _yield(source: Source, node: ast.Yield | ast.YieldFrom) -> tree.Yield:
    return tree.Yield(source.at(node), source.optional(node.value), type(node) is ast.YieldFrom)


def _named(source: Source, node: ast.NamedExpr) -> tree.NamedExpr:
    return tree.NamedExpr(source.at(node), source.lower(node.target), source.lower(node.value))


def _generator_exp(source: Source, node: ast.GeneratorExp) -> tree.Comprehension:
    element = source.lower(node.elt)
    generators = _generators(source, node.generators)
    at = tree.across(element, generators[-1])
    return tree.Comprehension(at, "generator", None, element, generators)


def _list_comp(source: Source, node: ast.ListComp) -> tree.Comprehension:
    element = source.lower(node.elt)
    generators = _generators(source, node.generators)
    return tree.Comprehension(source.at(node), "list", None, element, generators)


def _set_comp(source: Source, node: ast.SetComp) -> tree.Comprehension:
    element = source.lower(node.elt)
    generators = _generators(source, node.generators)
    return tree.Comprehension(source.at(node), "set", None, element, generators)


def _dict_comp(source: Source, node: ast.DictComp) -> tree.Comprehension:
    key, element = source.lower(node.key), source.lower(node.value)
    generators = _generators(source, node.generators)
    return tree.Comprehension(source.at(node), "dict", key, element, generators)


def _generators(source: Source, nodes: list[ast.comprehension]) -> tuple[tree.Generator, ...]:
    generators = []
    for node in nodes:
        target, iterable = source.lower(node.target), source.lower(node.iter)
        conditions = tuple([source.lower(test) for test in node.ifs])
        at = tree.across(target, conditions[-1] if conditions else iterable)
        generators.append(tree.Generator(at, target, iterable, conditions, bool(node.is_async)))
    return tuple(generators)


def parameters(source: Source, node: ast.arguments) -> tuple[tree.Param, ...]:
    """The parameters of a function in source order."""
    plain = [*node.posonlyargs, *node.args]
    defaults: list[Any] = [None] * (len(plain) - len(node.defaults)) + node.defaults
    params = [
        _param(source, param, "positional", default)
        for param, default in zip(plain, defaults, strict=True)
    ]
    if node.vararg is not None:
        params.append(_param(source, node.vararg, "*"))
    params += [
        _param(source, param, "keyword", default)
        for param, default in zip(node.kwonlyargs, node.kw_defaults, strict=True)
    ]
    if node.kwarg is not None:
        params.append(_param(source, node.kwarg, "**"))
    return tuple(params)


def _param(source: Source, node: ast.arg, kind: str, default: Any = None) -> tree.Param:
    if kind.startswith("*"):
        at = source.starred(node, kind)
    else:
        row, column = source.span(node)[:2]
        at = tree.packed(row, column, row, column + len(node.arg))
    annotation = source.optional(node.annotation)
    return tree.Param(at, node.arg, kind, annotation, source.optional(default))


def _lambda(source: Source, node: ast.Lambda) -> tree.Lambda:
    params = parameters(source, node.args)
    return tree.Lambda(source.at(node), params, source.lower(node.body))


EXPRESSIONS: dict[str, Lowering] = {
    **STRINGS,
    "Name": _name,
    "Constant": _constant,
    "Attribute": _attribute,
    "Call": _call,
    "Starred": _starred,
    "Tuple": _tuple,
    "List": _list,
    "Set": _set,
    "Dict": _dict,
    "Subscript": _subscript,
    "Slice": _slice,
    "BinOp": _binary,
    "BoolOp": _boolean,
    "UnaryOp": _unary,
    "Compare": _compare,
    "IfExp": _if_exp,
    "Await": _await,
    "Yield": _yield,
    "YieldFrom": _yield,
    "NamedExpr": _named,
    "GeneratorExp": _generator_exp,
    "ListComp": _list_comp,
    "SetComp": _set_comp,
    "DictComp": _dict_comp,
    "Lambda": _lambda,
}
