"""The lowered syntax tree: what a module says, without the way it is laid out.

Expressions and statements are small slotted records. Every record has a `span`:
`(row, column, end_row, end_column)`, rows and columns 1-based, columns in code points,
the end exclusive. Parentheses around an expression are not part of its span.
Records compare by identity, so that they can key memo tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, Union

Span = tuple[int, int, int, int]


@dataclass(slots=True, eq=False)
class Node:
    """Anything with a place in the file."""

    span: Span

    @property
    def row(self) -> int:
        return self.span[0]


# --- expressions ---------------------------------------------------------------------------


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


# --- statements ----------------------------------------------------------------------------


@dataclass(slots=True, eq=False)
class ExprStatement(Node):
    value: Expr


@dataclass(slots=True, eq=False)
class Assign(Node):
    """`a = b = value`; annotated assignments have one target and an `annotation`.

    `value` is None for a bare annotation. A `type X = ...` statement is an Assign too.
    """

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None = None


@dataclass(slots=True, eq=False)
class AugAssign(Node):
    """`target op= value`; `op` is the text without `=`, e.g. "+"."""

    target: Expr
    op: str
    value: Expr


@dataclass(slots=True, eq=False)
class Delete(Node):
    targets: tuple[Expr, ...]


@dataclass(slots=True, eq=False)
class Return(Node):
    value: Expr | None


@dataclass(slots=True, eq=False)
class Raise(Node):
    exception: Expr | None
    cause: Expr | None


@dataclass(slots=True, eq=False)
class Assert(Node):
    test: Expr
    message: Expr | None


@dataclass(slots=True, eq=False)
class Jump(Node):
    """`kind` is "break", "continue" or "pass"."""

    kind: str


@dataclass(slots=True, eq=False)
class ScopeDeclaration(Node):
    """`kind` is "global" or "nonlocal"."""

    kind: str
    names: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Alias(Node):
    """`name as asname` of an import."""

    name: str
    asname: str | None


@dataclass(slots=True, eq=False)
class Import(Node):
    """`import a.b as c, d`."""

    names: tuple[Alias, ...]


@dataclass(slots=True, eq=False)
class ImportFrom(Node):
    """`from ..module import names`; `level` counts the leading dots; a star is one Alias "*"."""

    module: str
    level: int
    names: tuple[Alias, ...]


@dataclass(slots=True, eq=False)
class If(Node):
    """`elif` is an If as the only statement of `orelse`."""

    test: Expr
    body: Block
    orelse: Block


@dataclass(slots=True, eq=False)
class While(Node):
    test: Expr
    body: Block
    orelse: Block


@dataclass(slots=True, eq=False)
class For(Node):
    target: Expr
    iterable: Expr
    body: Block
    orelse: Block
    is_async: bool


@dataclass(slots=True, eq=False)
class WithItem(Node):
    context: Expr
    target: Expr | None


@dataclass(slots=True, eq=False)
class With(Node):
    items: tuple[WithItem, ...]
    body: Block
    is_async: bool


@dataclass(slots=True, eq=False)
class Handler(Node):
    """One `except type as name:`; `type` is None for a bare except."""

    type: Expr | None
    name: str | None
    body: Block


@dataclass(slots=True, eq=False)
class Try(Node):
    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block


@dataclass(slots=True, eq=False)
class Case(Node):
    """One `case`: the expressions its pattern compares with or names, and what it binds."""

    patterns: tuple[Expr, ...]
    bound: tuple[Name, ...]
    guard: Expr | None
    body: Block


@dataclass(slots=True, eq=False)
class Match(Node):
    subject: Expr
    cases: tuple[Case, ...]


@dataclass(slots=True, eq=False)
class FunctionDef(Node):
    """`span` runs from `def`/`async` to the end of the body; `name_span` is the name alone."""

    name: str
    params: tuple[Param, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    body: Block
    is_async: bool
    docstring: str | None
    name_span: Span


@dataclass(slots=True, eq=False)
class ClassDef(Node):
    """`bases` holds positional bases and keywords alike; `name_span` is the name alone."""

    name: str
    bases: tuple[Arg, ...]
    decorators: tuple[Expr, ...]
    body: Block
    docstring: str | None
    name_span: Span


Statement = Union[
    ExprStatement, Assign, AugAssign, Delete, Return, Raise, Assert, Jump, ScopeDeclaration, Import,
    ImportFrom, If, While, For, With, Try, Match, FunctionDef, ClassDef,
]  # fmt: skip
Block = tuple[Statement, ...]


@dataclass(slots=True, eq=False)
class ModuleFacts:
    """What one file says; a pure function of its text.

    `error` is set, and `body` empty, where the text does not parse: `(row, column, message)`.
    """

    body: Block = ()
    error: tuple[int, int, str] | None = None
    docstring: str | None = field(default=None)


# --- walking -------------------------------------------------------------------------------


def children(node: Node) -> tuple[Node, ...]:
    """The records directly below `node`, in source order as far as the fields give it."""
    return _CHILDREN[type(node)](node)


def walk(node: Node, *, into_functions: bool = False) -> Iterator[Node]:
    """`node` and all records below it, parents first.

    Bodies of nested functions, lambdas and classes are left out unless `into_functions` is set;
    their defaults and decorators run where they stand and are walked.
    """
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        kind = type(current)
        if kind in _OWN_FRAME and not into_functions and current is not node:
            stack += tuple(outer_parts(current))[::-1]
        elif kind not in _LEAVES:
            stack += _CHILDREN[kind](current)[::-1]


def outer_parts(node: Node) -> Iterator[Node]:
    """The parts of a function, lambda or class that are evaluated by the enclosing frame."""
    if isinstance(node, (FunctionDef, ClassDef)):
        yield from node.decorators
    if isinstance(node, (FunctionDef, Lambda)):
        for param in node.params:
            if param.default is not None:
                yield param.default
    if isinstance(node, ClassDef):
        yield from node.bases
        yield from node.body


_OWN_FRAME = {FunctionDef, Lambda, ClassDef}
_LEAVES = {Name, Constant}


def _below(kind: type[Node]) -> Callable[[Any], tuple[Node, ...]]:
    """The function that gives the children of a record of this kind."""
    hints = {part.name: str(part.type) for part in fields(kind) if part.name != "span"}
    names = [name for name, hint in hints.items() if not _PLAIN(hint)]
    shape = ["one" if hints[name] in _ONE else _MANY(hints[name]) and "many" for name in names]
    if not names:
        return lambda _: ()
    first = attrgetter(names[0])
    if shape == ["many"]:
        return first
    if shape == ["one"]:
        return lambda node: (first(node),)
    if shape == ["one", "many"]:
        rest = attrgetter(names[1])
        return lambda node: (first(node), *rest(node))
    if set(shape) == {"one"}:
        return attrgetter(*names)
    return lambda node: _parts(node, names)


def _parts(node: Node, names: list[str]) -> tuple[Node, ...]:
    found: list[Node] = []
    for name in names:
        value = getattr(node, name)
        for item in value if isinstance(value, tuple) else (value,):
            found += [part for part in (item if isinstance(item, tuple) else (item,)) if part]
    return tuple(found)


_ONE = ("Expr", "Name")
_MANY = re.compile(r"tuple\[\w+, \.\.\.\]|Block").fullmatch
_PLAIN = re.compile(r"str|int|bool|object|Span|tuple\[str, \.\.\.\]|str \| None").fullmatch
_CHILDREN = {
    kind: _below(kind)
    for kind in list(globals().values())
    if isinstance(kind, type) and issubclass(kind, Node) and kind is not Node
}
