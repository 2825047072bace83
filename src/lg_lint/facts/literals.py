"""Numbers and strings of every sort, lowered to their values."""

from __future__ import annotations

import ast
import math
import re
import warnings
from typing import Any

import libcst as cst

from lg_lint.facts import tree
from lg_lint.facts.walk import Lower, Walk

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
    span = walk.leaf(text, node)
    if len(text) < _MOST_DIGITS and text.isdecimal():
        return tree.Constant(span, int(text))
    return tree.Constant(span, _evaluated(text, math.inf))


def _simple(walk: Walk, node: cst.SimpleString) -> tree.Constant:
    return tree.Constant(walk.leaf(node.value, node), _string_value(node.value))


def _formatted(walk: Walk, node: Any) -> tree.JoinedString:
    start = walk.seek(node.start)
    quote = node.end
    prefix = "r" if "r" in node.start.lower() else ""
    parts: list[tree.Expr] = []
    for part in node.parts:
        if hasattr(part, "value"):
            text = part.value.replace("{{", "{").replace("}}", "}")
            value = _string_value(f"{prefix}{quote}{text}{quote}")
            parts.append(tree.Constant(walk.literal(part.value, part), value))
        else:
            _replacement(walk, part, parts)
    walk.literal(node.end)
    return tree.JoinedString(walk.span(start, node), tuple(parts))


def _replacement(walk: Walk, node: Any, parts: list[tree.Expr]) -> None:
    """Adds the expression between braces, and those in its format specification."""
    walk.literal("{")
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


def _concatenated(walk: Walk, node: cst.ConcatenatedString) -> tree.Constant | tree.JoinedString:
    pieces: list[Any] = []
    rest: Any = node
    while isinstance(rest, cst.ConcatenatedString):
        pieces.append(walk.expression(rest.left))
        rest = rest.right
    pieces.append(walk.expression(rest))
    span = walk.span(pieces[0].span, node)
    values: list[Any] = [piece.value for piece in pieces if isinstance(piece, tree.Constant)]
    if len(values) < len(pieces):
        return tree.JoinedString(span, tuple(_flattened(pieces)))
    empty = b"" if isinstance(values[0], bytes) else ""
    return tree.Constant(span, empty.join(values))


def _flattened(pieces: list[tree.Constant | tree.JoinedString]) -> list[tree.Expr]:
    parts: list[tree.Expr] = []
    for piece in pieces:
        if isinstance(piece, tree.JoinedString):
            parts.extend(piece.parts)
        else:
            parts.append(piece)
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
