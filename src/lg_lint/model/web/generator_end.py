"""Generators that yield while they are closed: in a handler of their own end, or in `finally`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TypeGuard

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.web.error_frames import caught, is_yield, tries
from lg_lint.program.control_flow import own_nodes
from lg_lint.program.scopes import Function

_ENDS = {"BaseException", "CancelledError", "GeneratorExit"}


class EndHandler(Struct, frozen=True):
    """A handler that catches GeneratorExit or CancelledError, yields, and does not raise again.

    `goes_on` where a `while` around it runs on afterwards: then the generator has no end at all.
    """

    node: t.Handler
    goes_on: bool

    @property
    def head(self) -> t.Span:
        """The word `except` itself."""
        row, column = self.node.span[:2]
        return (row, column, row, column + len("except"))


def end_handlers(function: Function) -> Iterator[EndHandler]:
    """Of each `try` in a generator the first handler that catches its end, where it yields."""
    for statement in tries(function):
        for handler in statement.handlers:
            names = caught(handler)
            if names and not names & _ENDS:
                continue
            if _yields(handler.body) and not _raises(handler):
                yield EndHandler(handler, _goes_on(function, statement, handler))
            break


def final_yields(function: Function) -> Iterator[t.Span]:
    """Where a `finally` around a `yield` yields the same, whatever happened: the first place."""
    for statement in tries(function):
        if _yields(statement.body):
            always = (part for part in statement.final if isinstance(part, t.ExprStatement))
            same = (node for node in own_nodes(always) if _is_fixed(function, node))
            yield from (node.span for node in itertools.islice(same, 1))


def _is_fixed(function: Function, node: t.Node) -> TypeGuard[t.Yield]:
    """Whether a node is a `yield` of something that the function has not worked out."""
    return isinstance(node, t.Yield) and not any(
        isinstance(part, t.Name) and part.id in function.bindings for part in t.walk(node)
    )


def _goes_on(function: Function, statement: t.Try, handler: t.Handler) -> bool:
    """Whether a `while` around a handler runs on after it."""
    leaves = any(
        isinstance(part, (t.Return, t.Raise)) or (isinstance(part, t.Jump) and part.kind == "break")
        for part in handler.body
    )
    return not leaves and any(
        isinstance(node, t.While) and t.in_block(node.body, statement)
        for node in t.walk(function.node)
    )


def _yields(body: t.Block) -> bool:
    return any(is_yield(node) for part in body for node in t.walk(part))


def _raises(handler: t.Handler) -> bool:
    return bool(handler.body) and isinstance(handler.body[-1], t.Raise)
