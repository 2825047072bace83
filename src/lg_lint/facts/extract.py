"""One file's text, lowered: the only door from source text into the program."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from lg_lint.facts import tree
from lg_lint.facts.cursor import Cursor, MisplacedError, PlacedCursor
from lg_lint.facts.expressions import EXPRESSIONS
from lg_lint.facts.statements import STATEMENTS, block, docstring
from lg_lint.facts.syntax import nested_too_deeply, refusal, unreadable
from lg_lint.facts.walk import Walk, table

_TABLE = table({**EXPRESSIONS, **STATEMENTS})
_FRAMES = 6000


def extract(text: str) -> tree.ModuleFacts:
    """What `text` says. It is parsed, never run; the same text always gives the same facts."""
    text = text.removeprefix("\ufeff")
    error = unreadable(text)
    if error is not None:
        return tree.ModuleFacts(error=error)
    with _room_for_nesting():
        try:
            module = cst.parse_module(text)
        except Exception as problem:  # libcst lets slip more than its own kinds
            return tree.ModuleFacts(error=refusal(text, problem))
        try:
            body = _lowered(module, text)
        except RecursionError:
            return tree.ModuleFacts(error=nested_too_deeply(1, 1))
    return tree.ModuleFacts(body=body, docstring=docstring(body))


def _lowered(module: cst.Module, text: str) -> tree.Block:
    try:
        return block(Walk(Cursor(text), _TABLE), module.body)
    except MisplacedError:
        return placed(module)


def placed(module: cst.Module) -> tree.Block:
    """The same with libcst's own positions, for a text in which the cursor lost its way."""
    places = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    return block(Walk(PlacedCursor(places), _TABLE), module.body)


@contextmanager
def _room_for_nesting() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
