"""The walk that lowers a libcst tree: a cursor in the text and one function for each node class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import libcst as cst

from lg_lint.facts.from_libcst.cursor import Cursor, Start
from lg_lint.facts.tree import Expr, Span

Lower = Callable[["Walk", Any], Any]
Table = Mapping[type[cst.CSTNode], Lower]


class Walk:
    """Lowers nodes in source order.

    The methods of the cursor are the walk's own attributes, since every node calls them.
    """

    __slots__ = ("_outer", "_table", "comma", "expect", "here", "leaf", "literal", "seek", "span")

    def __init__(self, cursor: Cursor, table: Table) -> None:
        self._table = table
        self._outer: dict[Expr, Start] = {}
        self.leaf = cursor.leaf
        self.literal = cursor.literal
        self.seek = cursor.seek
        self.expect = cursor.expect
        self.here = cursor.here
        self.comma = cursor.comma
        self.span = cursor.span

    def expression(self, node: Any) -> Any:
        """An expression lowered, inside of its parentheses."""
        if node.lpar:
            return self._parenthesized(node)
        return self._table[type(node)](self, node)

    def optional(self, node: Any) -> Any:
        """An expression lowered; None for None."""
        return None if node is None else self.expression(node)

    def part(self, node: Any) -> Any:
        """A statement or another node that takes no parentheses of its own."""
        return self._table[type(node)](self, node)

    def start(self, node: Any, lowered: Any) -> Start | Span:
        """Where `node` starts with the parentheses around it, or around what it starts with."""
        while type(node) is cst.Tuple and not node.lpar:
            first = node.elements[0]
            node, lowered = first.value if type(first) is cst.Element else first, lowered.items[0]
        return self._outer[lowered] if node.lpar else lowered.span

    def _parenthesized(self, node: Any) -> Any:
        opened = [self.seek("(") for _ in node.lpar]
        lowered = self._table[type(node)](self, node)
        is_empty = type(node) is cst.Tuple and not node.elements
        for paren in node.rpar:
            self.expect(")")
            if is_empty and paren is node.rpar[0]:
                lowered.at = self.span(opened[-1], node.lpar[-1], paren)
        self._outer[lowered] = opened[0]
        return lowered


def table(lowerings: Mapping[str, Lower]) -> dict[type[cst.CSTNode], Lower]:
    """`lowerings` by node class; names of classes that this libcst does not have are left out."""
    return {getattr(cst, name): lower for name, lower in lowerings.items() if hasattr(cst, name)}
