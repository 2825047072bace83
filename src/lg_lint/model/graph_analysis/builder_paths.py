"""Which calls on a builder one run of the code that builds a graph makes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from lg_lint.facts import tree as t
from lg_lint.model.graph import Edge
from lg_lint.program.control_flow import statements_after
from lg_lint.program.scopes import Scope
from lg_lint.program.site import Site

_MAX_ALTERNATIVES = 64


def exclude(first: Site, second: Site) -> bool:
    """Whether of two calls at most one is made: they stand in different arms of a branch, or one
    comes after a branch that the other leaves with a return.
    """
    if first.env.scope is not second.env.scope or first.env.frame is not second.env.frame:
        return False
    if not is_conditional(first) and not is_conditional(second):
        return False
    body, one, other = _body(first.env.scope), first.node, second.node
    return not (
        t.holds(one, other)
        or t.holds(other, one)
        or t.in_block(statements_after(body, one), other)
        or t.in_block(statements_after(body, other), one)
    )


def is_conditional(site: Site) -> bool:
    """Whether a branch or a loop holds a place."""
    return _in_branch(site.env.scope, site.node)


@lru_cache(maxsize=1 << 16)
def _in_branch(scope: Scope, node: t.Node) -> bool:
    _, *inner = scope.blocks
    return any(block.holds(node.start) for block in inner)


def _body(scope: Scope) -> t.Block:
    body = scope.body if scope is scope.module else scope.node.body  # type: ignore[attr-defined]
    return body if isinstance(body, tuple) else (body,)


def coexist(edges: Iterable[Edge]) -> bool:
    """Whether one graph may have all of some edges."""
    known: list[Edge] = []
    conditional: list[Edge] = []
    for edge in edges:
        if any(exclude(edge.site, other.site) for other in rivals(edge, known, conditional)):
            return False
        known.append(edge)
        if is_conditional(edge.site):
            conditional.append(edge)
    return True


def rivals(edge: Edge, known: list[Edge], conditional: list[Edge]) -> list[Edge]:
    """Those of the known edges that may exclude one; `conditional` are those of a branch."""
    return known if is_conditional(edge.site) else conditional


def alternatives(edges: Iterable[Edge]) -> list[list[Edge]]:
    """The edges that one graph may have together: all of them, where none excludes another."""
    edges = list(edges)
    if not any(is_conditional(edge.site) for edge in edges):
        return [edges]
    found: list[list[Edge]] = [[]]
    for edge in edges:
        grown: list[list[Edge]] = []
        for group in found:
            fitting = [other for other in group if not exclude(edge.site, other.site)]
            if len(fitting) < len(group):
                grown.append(group)
            if [*fitting, edge] not in grown:
                grown.append([*fitting, edge])
        found = grown[:_MAX_ALTERNATIVES]
    return found
