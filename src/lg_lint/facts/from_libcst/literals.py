"""Numbers and strings of every sort, lowered to their values."""

from __future__ import annotations

import ast
import math
import re
import warnings
from itertools import groupby
from typing import Any

import libcst as cst

from lg_lint.facts import tree
from lg_lint.facts.from_libcst.walk import Lower, Walk

_string = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")(.*)\2", re.DOTALL).fullmatch
_NEWLINE = re.compile(r"\r\n?")
_MOST_DIGITS = 640  # the least limit that Python can be set to
_SINGLETONS = {"True": True, "False": False, "None": None}


def _name(walk: Walk, node: cst.Name) -> tree.Name | tree.Constant:
    text = node.value
    if text in _SINGLETONS:
        return tree.Constant(walk.leaf(text, node), _SINGLETONS[text])
    return tree.Name(walk.leaf(text, node), text)


def _ellipsis(walk: Walk, node: cst.Ellipsis) -> tree.Constant:
    return tree.Constant(walk.leaf("...", node), ...)


def _number(walk: Walk, node: cst.Integer | cst.Float | cst.Imaginary) -> tree.Constant:
    text = node.value
    at = walk.leaf(text, node)
    if len(text) < _MOST_DIGITS and text.isdecimal():
        return tree.Constant(at, int(text))
    return tree.Constant(at, _evaluated(text, math.inf))


def _simple(walk: Walk, node: cst.SimpleString) -> tree.Constant:
    return tree.Constant(walk.leaf(node.value, node), _string_value(node.value))


def _formatted(walk: Walk, node: Any) -> tree.JoinedString:
    start = walk.seek(node.start)
    quote = node.end
    prefix = "r" if "r" in node.start.lower() else ""
    parts: list[str | tree.Expr] = []
    for part in node.parts:
        if hasattr(part, "value"):
            walk.literal(part.value)
            text = part.value.replace("{{", "{").replace("}}", "}")
            value = str(_string_value(f"{prefix}{quote}{text} {quote}"))  # it may end in a quote
            parts.append(value[:-1])
        else:
            _replacement(walk, part, parts)
    walk.literal(node.end)
    return _joined(walk.span(start, node), parts)


def _replacement(walk: Walk, node: Any, parts: list[str | tree.Expr]) -> None:
    """Adds the expression between braces, and those in its format specification."""
    walk.literal("{")
    if node.equal is not None:
        parts.append(_spelled_out(node))
    parts.append(walk.expression(node.expression))
    if node.equal is not None:
        walk.expect("=")
    if node.conversion is not None:
        walk.expect("!")
        walk.expect(node.conversion)
    if node.format_spec is not None:
        walk.expect(":")
        for part in node.format_spec:
            if hasattr(part, "value"):
                walk.literal(part.value)
            else:
                _replacement(walk, part, parts)
    walk.expect("}")


def _spelled_out(node: Any) -> str:
    """The text that `f"{total = }"` has ahead of the value."""
    written = (node.whitespace_before_expression, node.expression, node.equal)
    return "".join([cst.Module(()).code_for_node(part) for part in written])


def _concatenated(walk: Walk, node: cst.ConcatenatedString) -> tree.Constant | tree.JoinedString:
    pieces: list[Any] = []
    rest: Any = node
    while isinstance(rest, cst.ConcatenatedString):
        pieces.append(walk.expression(rest.left))
        rest = rest.right
    pieces.append(walk.expression(rest))
    at = walk.span(pieces[0].span, node)
    values: list[Any] = [piece.value for piece in pieces if isinstance(piece, tree.Constant)]
    if len(values) < len(pieces):
        return _joined(at, _flattened(pieces))
    empty = b"" if isinstance(values[0], bytes) else ""
    return tree.Constant(at, empty.join(values))


def _joined(at: tree.At, pieces: list[str | tree.Expr]) -> tree.JoinedString:
    """Texts side by side are one part, with the place of the whole."""
    parts: list[tree.Expr] = []
    for is_text, run in groupby(pieces, lambda piece: isinstance(piece, str)):
        found: Any = list(run)
        if not is_text:
            parts += found
        elif text := "".join(found):
            parts.append(tree.Constant(at, text))
    return tree.JoinedString(at, tuple(parts))


def _flattened(pieces: list[Any]) -> list[str | tree.Expr]:
    parts: list[str | tree.Expr] = []
    for piece in pieces:
        if isinstance(piece, tree.Constant):
            parts.append(str(piece.value))
        else:
            parts += [part.value if part.at == piece.at else part for part in piece.parts]
    return parts


def _string_value(token: str) -> object:
    match = _string(token)
    if match is None:
        return token
    prefix, _, inner = match.groups()
    if "\r" in inner:
        inner = _NEWLINE.sub("\n", inner)
    prefix = prefix.lower()
    if "b" in prefix:
        return _evaluated(token, inner.encode("utf-8", "surrogatepass"))
    if "\\" not in inner or "r" in prefix:
        return inner
    return _evaluated(token, inner)


def _evaluated(token: str, otherwise: object) -> object:
    """The value of a literal, or `otherwise` where this Python does not accept it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(token)
    except (SyntaxError, ValueError, MemoryError):
        return otherwise


LITERALS: dict[str, Lower] = {
    "Name": _name,
    "Ellipsis": _ellipsis,
    "Integer": _number,
    "Float": _number,
    "Imaginary": _number,
    "SimpleString": _simple,
    "FormattedString": _formatted,
    "TemplatedString": _formatted,
    "ConcatenatedString": _concatenated,
}
