"""One file's text, lowered: the only door from source text into the program."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Sequence

from lg_lint.base.nesting import TOO_DEEP, too_much
from lg_lint.facts import tree
from lg_lint.facts.from_ast.expressions import EXPRESSIONS
from lg_lint.facts.from_ast.source import Source, UnclearError, table
from lg_lint.facts.from_ast.statements import STATEMENTS, block
from lg_lint.facts.nesting import room_for_nesting

_TABLE = table({**EXPRESSIONS, **STATEMENTS})
_UNFIT = (SyntaxError, ValueError, MemoryError, LookupError, UnclearError)


def extract(text: str) -> tree.ModuleFacts:
    """What `text` says. It is parsed, never run; the same text always gives the same facts.

    Python's own parser is several times faster than libcst's, and refuses syntax that is newer
    than itself. What it refuses, or tells too little of, libcst reads, with the same result. What
    nests more deeply than every parser bears is given to none.
    """
    facts = extract_quickly(text)
    if facts is None:
        from lg_lint.facts.from_libcst.extract import extract as extract_by_libcst

        facts = extract_by_libcst(text.removeprefix("\ufeff"))
    return facts


def extract_quickly(text: str) -> tree.ModuleFacts | None:
    """The same by Python's own parser; None where it takes libcst."""
    text = text.removeprefix("\ufeff")
    error = too_much(text)
    if error is not None:
        return tree.ModuleFacts(error=error)
    try:
        body = abstract(text)
    except RecursionError:
        return tree.ModuleFacts(error=(1, 1, TOO_DEEP))
    except _UNFIT:
        return None
    return tree.ModuleFacts(body=body)


def extract_cells(text: str, starts: Sequence[int]) -> tree.ModuleFacts | None:
    """What the cells of a notebook say that hold Python: each runs without the others.

    `starts` are the rows of the text where the cells begin. None where that takes libcst.
    """
    lines = text.split("\n")
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        cell = lines[start - 1 : end - 1]
        if not _is_python("\n".join(cell)):
            lines[start - 1 : end - 1] = [""] * len(cell)
    return extract_quickly("\n".join(lines))


def _is_python(text: str) -> bool:
    if too_much(text) is not None:
        return False
    try:
        _parsed(text)
    except (*_UNFIT, RecursionError):
        return False
    return True


def abstract(text: str) -> tree.Block:
    """The statements of `text`, by Python's own parser. Raises one of several errors."""
    module = _parsed(text)
    with room_for_nesting():
        return block(Source(text, _TABLE), module.body)


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of strings that the next Python will not like
        return ast.parse(text)
