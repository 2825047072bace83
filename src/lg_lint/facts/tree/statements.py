"""Records of statements, and of a whole file."""

from __future__ import annotations

from typing import Union

from msgspec import Struct

from lg_lint.facts.tree.expressions import Arg, Expr, Name, Param
from lg_lint.facts.tree.places import At, Node, Span, unpacked


class ExprStatement(Node, eq=False, gc=False):
    """An expression that stands alone."""

    value: Expr


class Assign(Node, eq=False, gc=False):
    """`a = b = value`; annotated assignments have one target and an `annotation`.

    `value` is None for a bare annotation. A `type X = ...` statement is an Assign too.
    """

    targets: tuple[Expr, ...]
    value: Expr | None
    annotation: Expr | None = None


class AugAssign(Node, eq=False, gc=False):
    """`target op= value`; `op` is the text without `=`, e.g. "+"."""

    target: Expr
    op: str
    value: Expr


class Delete(Node, eq=False, gc=False):
    """`del targets`."""

    targets: tuple[Expr, ...]


class Return(Node, eq=False, gc=False):
    """`return value`; None where it returns nothing."""

    value: Expr | None


class Raise(Node, eq=False, gc=False):
    """`raise exception from cause`."""

    exception: Expr | None
    cause: Expr | None


class Assert(Node, eq=False, gc=False):
    """`assert test, message`."""

    test: Expr
    message: Expr | None


class Jump(Node, eq=False, gc=False):
    """`kind` is "break", "continue" or "pass"."""

    kind: str


class ScopeDeclaration(Node, eq=False, gc=False):
    """`kind` is "global" or "nonlocal"."""

    kind: str
    names: tuple[str, ...]


class Alias(Node, eq=False, gc=False):
    """`name as asname` of an import."""

    name: str
    asname: str | None


class Import(Node, eq=False, gc=False):
    """`import a.b as c, d`."""

    names: tuple[Alias, ...]


class ImportFrom(Node, eq=False, gc=False):
    """`from ..module import names`; `level` counts the leading dots; a star is one Alias "*"."""

    module: str
    level: int
    names: tuple[Alias, ...]


class If(Node, eq=False, gc=False):
    """`elif` is an If as the only statement of `orelse`."""

    test: Expr
    body: Block
    orelse: Block


class While(Node, eq=False, gc=False):
    """`while test`, with its `else` block."""

    test: Expr
    body: Block
    orelse: Block


class For(Node, eq=False, gc=False):
    """`for target in iterable`, or `async for`, with its `else` block."""

    target: Expr
    iterable: Expr
    body: Block
    orelse: Block
    is_async: bool


class WithItem(Node, eq=False, gc=False):
    """`context as target` in the head of a `with`."""

    context: Expr
    target: Expr | None


class With(Node, eq=False, gc=False):
    """`with items`, or `async with`."""

    items: tuple[WithItem, ...]
    body: Block
    is_async: bool


class Handler(Node, eq=False, gc=False):
    """One `except type as name:`; `type` is None for a bare except."""

    type: Expr | None
    name: str | None
    body: Block


class Try(Node, eq=False, gc=False):
    """`try` with its handlers, `else` and `finally` (`final`)."""

    body: Block
    handlers: tuple[Handler, ...]
    orelse: Block
    final: Block


class Case(Node, eq=False, gc=False):
    """One `case`: the expressions its pattern compares with or names, and what it binds."""

    patterns: tuple[Expr, ...]
    bound: tuple[Name, ...]
    guard: Expr | None
    body: Block


class Match(Node, eq=False, gc=False):
    """`match subject` with its cases."""

    subject: Expr
    cases: tuple[Case, ...]


class FunctionDef(Node, eq=False, gc=False):
    """`span` runs from `def`/`async` to the end of the body; `name_span` is the name alone."""

    name: str
    params: tuple[Param, ...]
    returns: Expr | None
    decorators: tuple[Expr, ...]
    body: Block
    is_async: bool
    name_at: At

    @property
    def name_span(self) -> Span:
        """(row, column, end row, end column) of the name, from 1."""
        return unpacked(self.name_at)


class ClassDef(Node, eq=False, gc=False):
    """`bases` holds positional bases and keywords alike; `name_span` is the name alone."""

    name: str
    bases: tuple[Arg, ...]
    decorators: tuple[Expr, ...]
    body: Block
    name_at: At

    @property
    def name_span(self) -> Span:
        """(row, column, end row, end column) of the name, from 1."""
        return unpacked(self.name_at)


Statement = Union[
    ExprStatement, Assign, AugAssign, Delete, Return, Raise, Assert, Jump, ScopeDeclaration, Import,
    ImportFrom, If, While, For, With, Try, Match, FunctionDef, ClassDef,
]  # fmt: skip
Block = tuple[Statement, ...]


class ModuleFacts(Struct, eq=False, gc=False, array_like=True):
    """What one file says; a pure function of its text.

    `error` is set, and `body` empty, where the text does not parse: `(row, column, message)`.
    """

    body: Block = ()
    error: tuple[int, int, str] | None = None
