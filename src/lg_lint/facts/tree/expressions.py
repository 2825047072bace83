"""Records of expressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

Span = tuple[int, int, int, int]


@dataclass(slots=True, eq=False)
class Node:
    """Anything with a place in the file."""

    span: Span

    @property
    def row(self) -> int:
        return self.span[0]


@dataclass(slots=True, eq=False)
class Name(Node):
    id: str


@dataclass(slots=True, eq=False)
class Constant(Node):
    """A literal: str, bytes, int, float, complex, bool, None or Ellipsis."""

    value: object


@dataclass(slots=True, eq=False)
class Attribute(Node):
    value: Expr
    attr: str


@dataclass(slots=True, eq=False)
class Arg(Node):
    """One argument of a call or base of a class; `star` is "", "*" or "**"."""

    value: Expr
    keyword: str | None = None
    star: str = ""


@dataclass(slots=True, eq=False)
class Call(Node):
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


@dataclass(slots=True, eq=False)
class Sequence(Node):
    """A list, tuple or set display; `kind` is "list", "tuple" or "set"."""

    kind: str
    items: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Starred(Node):
    """`*value` in a display, an assignment target or a subscript."""

    value: Expr


@dataclass(slots=True, eq=False)
class Dict(Node):
    """A dict display; a `None` key is a `**value` spread."""

    items: tuple[tuple[Expr | None, Expr], ...]


@dataclass(slots=True, eq=False)
class Subscript(Node):
    """`value[index]`; several indices make `index` a tuple display."""

    value: Expr
    index: Expr


@dataclass(slots=True, eq=False)
class Slice(Node):
    lower: Expr | None
    upper: Expr | None
    step: Expr | None


@dataclass(slots=True, eq=False)
class BinOp(Node):
    """Arithmetic and bitwise operations; `op` is the operator's text, e.g. "+" or "|"."""

    left: Expr
    op: str
    right: Expr


@dataclass(slots=True, eq=False)
class BoolOp(Node):
    """`op` is "and" or "or"; chains nest to the left."""

    left: Expr
    op: str
    right: Expr


@dataclass(slots=True, eq=False)
class UnaryOp(Node):
    """`op` is "-", "+", "~" or "not"."""

    op: str
    operand: Expr


@dataclass(slots=True, eq=False)
class Compare(Node):
    """`left ops[0] comparators[0] ops[1] ...`; operators as text, e.g. "not in"."""

    left: Expr
    ops: tuple[str, ...]
    comparators: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class IfExp(Node):
    test: Expr
    body: Expr
    orelse: Expr


@dataclass(slots=True, eq=False)
class Await(Node):
    value: Expr


@dataclass(slots=True, eq=False)
class Yield(Node):
    """`yield value`, or `yield from value` where `delegates` is set."""

    value: Expr | None
    delegates: bool


@dataclass(slots=True, eq=False)
class JoinedString(Node):
    """An f-string (or t-string, or a concatenation that holds one).

    Literal parts are `Constant` strings; everything else is the expression between braces.
    """

    parts: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class NamedExpr(Node):
    target: Name
    value: Expr


@dataclass(slots=True, eq=False)
class Generator(Node):
    """One `for target in iterable if ...` clause of a comprehension."""

    target: Expr
    iterable: Expr
    conditions: tuple[Expr, ...]
    is_async: bool


@dataclass(slots=True, eq=False)
class Comprehension(Node):
    """`kind` is "list", "set", "dict" or "generator"; `key` is set for dicts alone."""

    kind: str
    key: Expr | None
    element: Expr
    generators: tuple[Generator, ...]


@dataclass(slots=True, eq=False)
class Param(Node):
    """One parameter; `kind` is "positional", "keyword", "*" or "**".

    `kind` "positional" covers positional-only parameters and ordinary ones, "keyword" is
    keyword-only.
    """

    name: str
    kind: str
    annotation: Expr | None = None
    default: Expr | None = None


@dataclass(slots=True, eq=False)
class Lambda(Node):
    params: tuple[Param, ...]
    body: Expr


Expr = Union[
    Name, Constant, Attribute, Call, Sequence, Starred, Dict, Subscript, Slice, BinOp, BoolOp,
    UnaryOp, Compare, IfExp, Await, Yield, JoinedString, NamedExpr, Comprehension, Lambda,
]  # fmt: skip
