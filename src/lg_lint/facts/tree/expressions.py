"""Records of expressions."""

from __future__ import annotations

from typing import Union

from lg_lint.facts.tree.places import Node


class Name(Node, eq=False, gc=False):
    """A name that is read or bound."""

    id: str


class Constant(Node, eq=False, gc=False):
    """A literal: str, bytes, int, float, complex, bool, None or Ellipsis."""

    value: object


class Attribute(Node, eq=False, gc=False):
    """`value.attr`."""

    value: Expr
    attr: str


class Arg(Node, eq=False, gc=False):
    """One argument of a call or base of a class; `star` is "", "*" or "**"."""

    value: Expr
    keyword: str | None = None
    star: str = ""


class Call(Node, eq=False, gc=False):
    """`func(*args)`, with all arguments in source order."""

    func: Expr
    args: tuple[Arg, ...]

    def argument(self, keyword: str, position: int | None = None) -> Expr | None:
        """The value given for a parameter by keyword, else by position where no `*` precedes it."""
        for arg in self.args:
            if arg.keyword == keyword:
                return arg.value
        if position is None:
            return None
        for index, arg in enumerate(self.args):
            if arg.star or arg.keyword is not None:
                return None
            if index == position:
                return arg.value
        return None


class Sequence(Node, eq=False, gc=False):
    """A list, tuple or set display; `kind` is "list", "tuple" or "set"."""

    kind: str
    items: tuple[Expr, ...]


class Starred(Node, eq=False, gc=False):
    """`*value` in a display, an assignment target or a subscript."""

    value: Expr


class Dict(Node, eq=False, gc=False):
    """A dict display; a `None` key is a `**value` spread."""

    items: tuple[tuple[Expr | None, Expr], ...]


class Subscript(Node, eq=False, gc=False):
    """`value[index]`; several indices make `index` a tuple display."""

    value: Expr
    index: Expr


class Slice(Node, eq=False, gc=False):
    """`lower:upper:step` inside of a subscript."""

    lower: Expr | None
    upper: Expr | None
    step: Expr | None


class BinOp(Node, eq=False, gc=False):
    """Arithmetic and bitwise operations; `op` is the operator's text, e.g. "+" or "|"."""

    left: Expr
    op: str
    right: Expr


class BoolOp(Node, eq=False, gc=False):
    """`op` is "and" or "or"; chains nest to the left."""

    left: Expr
    op: str
    right: Expr


class UnaryOp(Node, eq=False, gc=False):
    """`op` is "-", "+", "~" or "not"."""

    op: str
    operand: Expr


class Compare(Node, eq=False, gc=False):
    """`left ops[0] comparators[0] ops[1] ...`; operators as text, e.g. "not in"."""

    left: Expr
    ops: tuple[str, ...]
    comparators: tuple[Expr, ...]


class IfExp(Node, eq=False, gc=False):
    """`body if test else orelse`."""

    test: Expr
    body: Expr
    orelse: Expr


class Await(Node, eq=False, gc=False):
    """`await value`."""

    value: Expr


class Yield(Node, eq=False, gc=False):
    """`yield value`, or `yield from value` where `delegates` is set."""

    value: Expr | None
    delegates: bool


class JoinedString(Node, eq=False, gc=False):
    """An f-string (or t-string, or a concatenation that holds one).

    Literal parts are `Constant` strings; everything else is the expression between braces.
    """

    parts: tuple[Expr, ...]


class NamedExpr(Node, eq=False, gc=False):
    """`target := value`."""

    target: Name
    value: Expr


class Generator(Node, eq=False, gc=False):
    """One `for target in iterable if ...` clause of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool


class Comprehension(Node, eq=False, gc=False):
    """`kind` is "list", "set", "dict" or "generator"; `key` is set for dicts alone."""

    kind: str
    key: Expr | None
    element: Expr
    generators: tuple[Generator, ...]


class Param(Node, eq=False, gc=False):
    """One parameter; `kind` is "positional", "keyword", "*" or "**".

    `kind` "positional" covers positional-only parameters and ordinary ones, "keyword" is
    keyword-only.
    """

    name: str
    kind: str
    annotation: Expr | None = None
    default: Expr | None = None


class Lambda(Node, eq=False, gc=False):
    """`lambda params: body`."""

    params: tuple[Param, ...]
    body: Expr


Expr = Union[
    Name, Constant, Attribute, Call, Sequence, Starred, Dict, Subscript, Slice, BinOp, BoolOp,
    UnaryOp, Compare, IfExp, Await, Yield, JoinedString, NamedExpr, Comprehension, Lambda,
]  # fmt: skip
