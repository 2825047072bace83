"""Ways through the tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from operator import attrgetter
from typing import Any

from lg_lint.facts.tree import expressions, statements
from lg_lint.facts.tree.expressions import Constant, Dict, Lambda, Name
from lg_lint.facts.tree.places import At, Node, packed
from lg_lint.facts.tree.statements import ClassDef, FunctionDef


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


def holds(outer: Node, inner: Node) -> bool:
    """Whether one record lies within another, by their places in the file."""
    return outer.start <= inner.start and inner.end <= outer.end


def across(first: Node, last: Node) -> At:
    """The place from the start of one record to the end of another."""
    return packed(*first.span[:2], *last.span[2:])


def in_block(block: Iterable[Node], node: Node) -> bool:
    """Whether a record is part of a block."""
    return any(holds(statement, node) for statement in block)


_OWN_FRAME = {FunctionDef, Lambda, ClassDef}
_LEAVES = {Name, Constant}


def _below(kind: type[Node]) -> Callable[[Any], tuple[Node, ...]]:
    """The function that gives the children of a record of this kind."""
    hints = {name: str(hint) for name, hint in kind.__annotations__.items()}
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
    if kind is Dict:
        return lambda node: tuple([part for pair in node.items for part in pair if part])
    plan = tuple(
        (attrgetter(name), each == "many") for name, each in zip(names, shape, strict=True)
    )
    return lambda node: _parts(node, plan)


def _parts(node: Node, plan: Iterable[tuple[Callable[[Any], Any], bool]]) -> tuple[Node, ...]:
    """The values of fields that hold several records, one, or perhaps none."""
    found: list[Node] = []
    for field, has_many in plan:
        value = field(node)
        if has_many:
            found += value
        elif value is not None:
            found.append(value)
    return tuple(found)


_ONE = ("Expr", "Name")
_MANY = re.compile(r"tuple\[\w+, \.\.\.\]|Block").fullmatch
_PLAIN = re.compile(r"str|int|bool|object|At|tuple\[str, \.\.\.\]|str \| None").fullmatch
_CHILDREN = {
    kind: _below(kind)
    for module in (expressions, statements)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Node) and kind is not Node
}
