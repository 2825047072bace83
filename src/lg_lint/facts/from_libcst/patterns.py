"""The patterns of `case`: the expressions they compare with and the names they bind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from lg_lint.facts import tree
from lg_lint.facts.from_libcst.walk import Walk


class Pattern:
    """Gathers what one pattern says while its nodes are walked."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self.values: list[tree.Expr] = []
        self.bound: list[tree.Name] = []

    def add(self, node: Any) -> None:
        """Gathers what a part of the pattern says, inside of its parentheses."""
        for _ in node.lpar:
            self._walk.seek("(")
        _PARTS[type(node)](self, node)
        for _ in node.rpar:
            self._walk.expect(")")

    def _value(self, node: cst.MatchValue | cst.MatchSingleton) -> None:
        self.values.append(self._walk.expression(node.value))

    def _bind(self, name: cst.Name | None, wildcard: bool = True) -> None:
        if name is not None:
            self.bound.append(self._walk.expression(name))
        elif wildcard:
            self._walk.seek("_")

    def _sequence(self, node: cst.MatchList | cst.MatchTuple) -> None:
        bracketed = isinstance(node, cst.MatchList) and node.lbracket is not None
        if bracketed:
            self._walk.seek("[")
        for element in node.patterns:
            if isinstance(element, cst.MatchStar):
                self._walk.seek("*")
                self._bind(element.name)
            else:
                self.add(element.value)
        if bracketed:
            self._walk.expect("]")

    def _mapping(self, node: cst.MatchMapping) -> None:
        self._walk.seek("{")
        for element in node.elements:
            self.values.append(self._walk.expression(element.key))
            self.add(element.pattern)
        if node.rest is not None:
            self._walk.expect("**")
            self._bind(node.rest)
        self._walk.expect("}")

    def _class(self, node: cst.MatchClass) -> None:
        self.values.append(self._walk.expression(node.cls))
        self._walk.expect("(")
        for element in node.patterns:
            self.add(element.value)
        for keyword in node.kwds:
            self._walk.seek(keyword.key.value)
            self.add(keyword.pattern)
        self._walk.expect(")")

    def _as(self, node: cst.MatchAs) -> None:
        if node.pattern is not None:
            self.add(node.pattern)
        self._bind(node.name, wildcard=node.pattern is None)

    def _or(self, node: cst.MatchOr) -> None:
        for element in node.patterns:
            self.add(element.pattern)


_PARTS: dict[type[cst.CSTNode], Callable[[Pattern, Any], None]] = {
    cst.MatchValue: Pattern._value,
    cst.MatchSingleton: Pattern._value,
    cst.MatchList: Pattern._sequence,
    cst.MatchTuple: Pattern._sequence,
    cst.MatchMapping: Pattern._mapping,
    cst.MatchClass: Pattern._class,
    cst.MatchAs: Pattern._as,
    cst.MatchOr: Pattern._or,
}
