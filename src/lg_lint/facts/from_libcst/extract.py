"""A text, read by libcst."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider

from lg_lint.facts import tree
from lg_lint.facts.from_libcst.cursor import Cursor, MisplacedError, PlacedCursor
from lg_lint.facts.from_libcst.expressions import EXPRESSIONS
from lg_lint.facts.from_libcst.refusal import nested_too_deeply, refusal, unreadable
from lg_lint.facts.from_libcst.statements import STATEMENTS, block
from lg_lint.facts.from_libcst.walk import Walk, table
from lg_lint.facts.nesting import room_for_nesting

_TABLE = table({**EXPRESSIONS, **STATEMENTS})


def extract(text: str) -> tree.ModuleFacts:
    """What `text` says, or where it cannot be read."""
    error = unreadable(text)
    if error is not None:
        return tree.ModuleFacts(error=error)
    with room_for_nesting():
        try:
            module = cst.parse_module(text)
        except Exception as problem:  # libcst lets slip more than its own kinds
            return tree.ModuleFacts(error=refusal(text, problem))
        try:
            body = _lowered(module, text)
        except RecursionError:
            return tree.ModuleFacts(error=nested_too_deeply(1, 1))
    return tree.ModuleFacts(body=body)


def _lowered(module: cst.Module, text: str) -> tree.Block:
    try:
        return block(Walk(Cursor(text), _TABLE), module.body)
    except MisplacedError:
        return placed(module)


def placed(module: cst.Module) -> tree.Block:
    """The same with libcst's own positions, for a text in which the cursor lost its way."""
    places = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    return block(Walk(PlacedCursor(places), _TABLE), module.body)
