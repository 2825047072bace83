"""Records of statements, and of a whole file."""

from __future__ import annotations

from dataclasses import dataclass, field
from inspect import cleandoc
from typing import Union

from lg_lint.facts.tree.expressions import Arg, Constant, Expr, Name, Node, Param, Span


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


def docstring(body: Block) -> str | None:
    """The text that a block begins with, without its indentation."""
    if body and isinstance(body[0], ExprStatement):
        value = body[0].value
        if isinstance(value, Constant) and isinstance(value.value, str):
            return cleandoc(value.value)
    return None


@dataclass(slots=True, eq=False)
class ModuleFacts:
    """What one file says; a pure function of its text.

    `error` is set, and `body` empty, where the text does not parse: `(row, column, message)`.
    """

    body: Block = ()
    error: tuple[int, int, str] | None = None
    docstring: str | None = field(default=None)
