"""Expressions, lowered."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

import libcst as cst

from lg_lint.facts import tree
from lg_lint.facts.from_libcst.literals import LITERALS
from lg_lint.facts.from_libcst.walk import Lower, Walk

BINARY = {
    cst.Add: "+",
    cst.Subtract: "-",
    cst.Multiply: "*",
    cst.Divide: "/",
    cst.FloorDivide: "//",
    cst.Modulo: "%",
    cst.Power: "**",
    cst.MatrixMultiply: "@",
    cst.BitAnd: "&",
    cst.BitOr: "|",
    cst.BitXor: "^",
    cst.LeftShift: "<<",
    cst.RightShift: ">>",
}
_BOOLEAN = {cst.And: "and", cst.Or: "or"}
_UNARY = {cst.Not: "not", cst.Minus: "-", cst.Plus: "+", cst.BitInvert: "~"}
_COMPARE = {
    cst.Equal: "==",
    cst.NotEqual: "!=",
    cst.LessThan: "<",
    cst.LessThanEqual: "<=",
    cst.GreaterThan: ">",
    cst.GreaterThanEqual: ">=",
    cst.In: "in",
    cst.NotIn: "not in",
    cst.Is: "is",
    cst.IsNot: "is not",
}


def _attribute(walk: Walk, node: cst.Attribute) -> tree.Attribute:
    value = walk.expression(node.value)
    start = walk.start(node.value, value)
    attr = node.attr.value
    walk.expect(".")
    walk.expect(attr)
    return tree.Attribute(walk.span(start, node), value, attr)


def _call(walk: Walk, node: cst.Call) -> tree.Call:
    func = walk.expression(node.func)
    start = walk.start(node.func, func)
    walk.expect("(")
    args = arguments(walk, node.args)
    walk.expect(")")
    return tree.Call(walk.span(start, node), func, args)


def arguments(walk: Walk, nodes: Iterable[cst.Arg]) -> tuple[tree.Arg, ...]:
    """The arguments of a call or class, with `*` or `**` where one unpacks."""
    return tuple([_arg(walk, node) for node in nodes])


def _arg(walk: Walk, node: cst.Arg) -> tree.Arg:
    if node.star:
        start, keyword = walk.seek(node.star), None
    elif node.keyword is not None:
        keyword = node.keyword.value
        start = walk.seek(keyword)
    else:
        value = walk.expression(node.value)
        return tree.Arg(value.at, value)
    value = walk.expression(node.value)
    return tree.Arg(walk.span(start, node), value, keyword, node.star)


def _elements(walk: Walk, nodes: Iterable[Any]) -> tuple[tree.Expr, ...]:
    return tuple(
        [
            walk.expression(node.value) if type(node) is cst.Element else walk.expression(node)
            for node in nodes
        ]
    )


def _starred(walk: Walk, node: cst.StarredElement) -> tree.Starred:
    start = walk.seek("*")
    value = walk.expression(node.value)
    return tree.Starred(walk.span(start, node), value)


def _tuple(walk: Walk, node: cst.Tuple) -> tree.Sequence:
    if not node.elements:  # the walk gives it the place of its parentheses
        return tree.Sequence(walk.span(walk.here(), node), "tuple", ())
    items = _elements(walk, node.elements)
    if isinstance(node.elements[-1].comma, cst.Comma):
        walk.comma()
    return _tuple_of(items)


def _tuple_of(items: tuple[tree.Expr, ...]) -> tree.Sequence:
    return tree.Sequence(tree.across(items[0], items[-1]), "tuple", items)


def _list(walk: Walk, node: cst.List) -> tree.Sequence:
    start = walk.seek("[")
    items = _elements(walk, node.elements)
    walk.expect("]")
    return tree.Sequence(walk.span(start, node), "list", items)


def _set(walk: Walk, node: cst.Set) -> tree.Sequence:
    start = walk.seek("{")
    items = _elements(walk, node.elements)
    walk.expect("}")
    return tree.Sequence(walk.span(start, node), "set", items)


def _dict(walk: Walk, node: cst.Dict) -> tree.Dict:
    start = walk.seek("{")
    items = tuple([_dict_item(walk, element) for element in node.elements])
    walk.expect("}")
    return tree.Dict(walk.span(start, node), items)


def _dict_item(walk: Walk, node: Any) -> tuple[tree.Expr | None, tree.Expr]:
    if type(node) is cst.StarredDictElement:
        walk.expect("**")
        return (None, walk.expression(node.value))
    key = walk.expression(node.key)
    return (key, walk.expression(node.value))


def _subscript(walk: Walk, node: cst.Subscript) -> tree.Subscript:
    value = walk.expression(node.value)
    start = walk.start(node.value, value)
    walk.expect("[")
    index = _index(walk, node.slice)
    walk.expect("]")
    return tree.Subscript(walk.span(start, node), value, index)


def _index(walk: Walk, nodes: Any) -> tree.Expr:
    items = tuple([walk.part(node.slice) for node in nodes])
    is_alone = len(items) == 1 and not isinstance(nodes[0].comma, cst.Comma)
    if is_alone and not isinstance(items[0], tree.Starred):
        return items[0]  # type: ignore[no-any-return]
    return _tuple_of(items)


def _plain_index(walk: Walk, node: cst.Index) -> tree.Expr:
    if not node.star:
        return walk.expression(node.value)  # type: ignore[no-any-return]
    start = walk.expect("*")
    value = walk.expression(node.value)
    return tree.Starred(walk.span(start, node), value)


def _slice(walk: Walk, node: cst.Slice) -> tree.Slice:
    start = walk.here()
    lower = walk.optional(node.lower)
    walk.expect(":")
    upper = walk.optional(node.upper)
    if isinstance(node.second_colon, cst.Colon):
        walk.expect(":")
    step = walk.optional(node.step)
    return tree.Slice(walk.span(start, node), lower, upper, step)


def _binary(walk: Walk, node: cst.BinaryOperation) -> tree.Expr:
    chain, left = _left_chain(node)
    lowered: tree.Expr = walk.expression(left)
    start = walk.start(left, lowered)
    for link in chain:
        op = BINARY[type(link.operator)]
        walk.expect(op)
        right = walk.expression(link.right)
        lowered = tree.BinOp(walk.span(start, link), lowered, op, right)
    return lowered


def _boolean(walk: Walk, node: cst.BooleanOperation) -> tree.Expr:
    chain, left = _left_chain(node)
    lowered: tree.Expr = walk.expression(left)
    start = walk.start(left, lowered)
    for link, outer in zip_longest(chain, chain[1:]):
        right = walk.expression(link.right)
        op = _BOOLEAN[type(link.operator)]
        at = walk.span(start, link)
        if outer is not None and _BOOLEAN[type(outer.operator)] == op:  # not an end of its own
            at = tree.packed(*start[:2], *right.span[2:])
        lowered = tree.BoolOp(at, lowered, op, right)
    return lowered


def _left_chain(node: Any) -> tuple[list[Any], Any]:
    """The operations of `a + b + c`, innermost first, and the operand that they start from."""
    kind = type(node)
    chain = [node]
    left = node.left
    while type(left) is kind and not left.lpar:
        chain.append(left)
        left = left.left
    chain.reverse()
    return chain, left


def _unary(walk: Walk, node: cst.UnaryOperation) -> tree.UnaryOp:
    op = _UNARY[type(node.operator)]
    start = walk.seek(op)
    operand = walk.expression(node.expression)
    return tree.UnaryOp(walk.span(start, node), op, operand)


def _compare(walk: Walk, node: cst.Comparison) -> tree.Compare:
    left = walk.expression(node.left)
    start = walk.start(node.left, left)
    ops = []
    comparators = []
    for target in node.comparisons:
        op = _COMPARE[type(target.operator)]
        if "not" in op:
            walk.seek("not")
        ops.append(op)
        comparators.append(walk.expression(target.comparator))
    return tree.Compare(walk.span(start, node), left, tuple(ops), tuple(comparators))


def _if_exp(walk: Walk, node: cst.IfExp) -> tree.IfExp:
    body = walk.expression(node.body)
    start = walk.start(node.body, body)
    test = walk.expression(node.test)
    orelse = walk.expression(node.orelse)
    return tree.IfExp(walk.span(start, node), test, body, orelse)


def _await(walk: Walk, node: cst.Await) -> tree.Await:
    start = walk.seek("await")
    value = walk.expression(node.expression)
    return tree.Await(walk.span(start, node), value)


def _yield(walk: Walk, node: cst.Yield) -> tree.Yield:
    start = walk.seek("yield")
    delegates = isinstance(node.value, cst.From)
    value = walk.optional(node.value.item if isinstance(node.value, cst.From) else node.value)
    return tree.Yield(walk.span(start, node), value, delegates)


def _named(walk: Walk, node: cst.NamedExpr) -> tree.NamedExpr:
    target = walk.expression(node.target)
    start = walk.start(node.target, target)
    value = walk.expression(node.value)
    return tree.NamedExpr(walk.span(start, node), target, value)


def _generator_exp(walk: Walk, node: cst.GeneratorExp) -> tree.Comprehension:
    element = walk.expression(node.elt)
    generators = _generators(walk, node.for_in)
    at = tree.across(element, generators[-1])
    return tree.Comprehension(at, "generator", None, element, generators)


def _list_comp(walk: Walk, node: cst.ListComp) -> tree.Comprehension:
    start = walk.seek("[")
    element = walk.expression(node.elt)
    generators = _generators(walk, node.for_in)
    walk.expect("]")
    return tree.Comprehension(walk.span(start, node), "list", None, element, generators)


def _set_comp(walk: Walk, node: cst.SetComp) -> tree.Comprehension:
    start = walk.seek("{")
    element = walk.expression(node.elt)
    generators = _generators(walk, node.for_in)
    walk.expect("}")
    return tree.Comprehension(walk.span(start, node), "set", None, element, generators)


def _dict_comp(walk: Walk, node: Any) -> tree.Comprehension:
    start = walk.seek("{")
    key = None
    if isinstance(node, cst.DictComp):
        key = walk.expression(node.key)
    else:
        walk.expect("**")
    element = walk.expression(node.value)
    generators = _generators(walk, node.for_in)
    walk.expect("}")
    return tree.Comprehension(walk.span(start, node), "dict", key, element, generators)


def _generators(walk: Walk, node: cst.CompFor | None) -> tuple[tree.Generator, ...]:
    generators = []
    while node is not None:
        is_async = node.asynchronous is not None
        walk.expect("async" if is_async else "for")
        target = walk.expression(node.target)
        iterable = walk.expression(node.iter)
        conditions = tuple([walk.expression(clause.test) for clause in node.ifs])
        at = tree.across(target, conditions[-1] if conditions else iterable)
        generators.append(tree.Generator(at, target, iterable, conditions, is_async))
        node = node.inner_for_in
    return tuple(generators)


def parameters(walk: Walk, node: cst.Parameters) -> tuple[tree.Param, ...]:
    """The parameters of a function in source order."""
    params = [_param(walk, param, "positional") for param in node.posonly_params]
    if isinstance(node.posonly_ind, cst.ParamSlash):
        walk.seek("/")
    params += [_param(walk, param, "positional") for param in node.params]
    if isinstance(node.star_arg, cst.ParamStar):
        walk.seek("*")
    elif isinstance(node.star_arg, cst.Param):
        params.append(_param(walk, node.star_arg, "*"))
    params += [_param(walk, param, "keyword") for param in node.kwonly_params]
    if node.star_kwarg is not None:
        params.append(_param(walk, node.star_kwarg, "**"))
    return tuple(params)


def _param(walk: Walk, node: cst.Param, kind: str) -> tree.Param:
    name = node.name.value
    start = walk.seek(node.star if isinstance(node.star, str) and node.star else name)
    if kind.startswith("*"):
        walk.expect(name)
    at = walk.span(start, node)
    annotation = None if node.annotation is None else walk.expression(node.annotation.annotation)
    default = walk.optional(node.default)
    return tree.Param(at, name, kind, annotation, default)


def _lambda(walk: Walk, node: cst.Lambda) -> tree.Lambda:
    start = walk.seek("lambda")
    params = parameters(walk, node.params)
    walk.expect(":")
    body = walk.expression(node.body)
    return tree.Lambda(walk.span(start, node), params, body)


EXPRESSIONS: dict[str, Lower] = {
    **LITERALS,
    "Attribute": _attribute,
    "Call": _call,
    "StarredElement": _starred,
    "Tuple": _tuple,
    "List": _list,
    "Set": _set,
    "Dict": _dict,
    "Subscript": _subscript,
    "Index": _plain_index,
    "Slice": _slice,
    "BinaryOperation": _binary,
    "BooleanOperation": _boolean,
    "UnaryOperation": _unary,
    "Comparison": _compare,
    "IfExp": _if_exp,
    "Await": _await,
    "Yield": _yield,
    "NamedExpr": _named,
    "GeneratorExp": _generator_exp,
    "ListComp": _list_comp,
    "SetComp": _set_comp,
    "DictComp": _dict_comp,
    "StarredDictComp": _dict_comp,
    "Lambda": _lambda,
}
