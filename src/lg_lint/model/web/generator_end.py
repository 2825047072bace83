"""Generators that cannot be closed: handlers that catch the end of the generator, and yield."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.model.web.error_frames import caught, is_yield, tries
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
