"""HCL to records: blocks, attributes and expressions with their lines, nothing looked up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from lg_lint.deploy.place import Unread
from lg_lint.deploy.yaml_nodes import MOST_BYTES, decoded

DEEPEST = 60
"""Levels of blocks and expressions; what lies deeper is unknown."""
_OPERATIONS = {"==": "equal", "!=": "unequal", "!": "not"}
_escape = re.compile(r'\\(["\\nrt])')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


class Expression(Struct, frozen=True):
    """An expression.

    `kind` is "literal" (`text` is its value), "reference" (`text` is as written: `var.x`,
    `module.a.b["c"]`), "list" (`items`), "object" (`entries`), "call" (`text` is the function's
    name, `items` its arguments), "conditional" (`items` are the condition and both values), "equal"
    and "unequal" (`items` are both sides), "not" (`items` is what is denied), "heredoc" or "other".
    """

    kind: str
    line: int
    text: str = ""
    items: tuple[Expression, ...] = ()
    entries: Mapping[str, Expression] = {}


class Block(Struct, frozen=True):
    """A block: `resource "aws_lb" "main" { ... }`, the last of two attributes counting."""

    kind: str
    line: int
    labels: tuple[str, ...] = ()
    attributes: Mapping[str, Expression] = {}
    blocks: tuple[Block, ...] = ()

    def inner(self, *kinds: str) -> tuple[Block, ...]:
        """The blocks behind the kinds, one inside the other."""
        found: tuple[Block, ...] = (self,)
        for kind in kinds:
            found = tuple(each for block in found for each in block.blocks if each.kind == kind)
        return found

    def dynamic(self, kind: str) -> bool:
        """Whether blocks of a kind are made from a collection, and not written down."""
        return any(each.kind == "dynamic" and kind in each.labels for each in self.blocks)


class Hcl(Struct, frozen=True):
    """A `.tf` file has `blocks`, a `.tfvars` file has `attributes`."""

    path: str = ""
    blocks: tuple[Block, ...] = ()
    attributes: Mapping[str, Expression] = {}
    unread: tuple[Unread, ...] = ()


def read(data: bytes, path: str = "") -> Hcl:
    """The blocks and attributes of a file. What is no HCL is told, and the rest is read."""
    if len(data) > MOST_BYTES:
        return Hcl(path, unread=(Unread(1, f"larger than {MOST_BYTES // 1024} KiB"),))
    if b"\0" in data:
        return Hcl(path, unread=(Unread(1, "not a text"),))
    import tree_sitter
    import tree_sitter_hcl

    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language()))
    root = parser.parse(decoded(data).encode()).root_node
    unread: tuple[Unread, ...] = ()
    if root.has_error:
        unread = (Unread(_first_error(root), "no HCL"),)
    for child in root.named_children:
        if child.type == "body":
            body = _body(child, 0)
            return Hcl(path, body.blocks, body.attributes, unread)
        if child.type == "object" and not unread:
            return Hcl(path, unread=(Unread(1, "no blocks"),))
    return Hcl(path, unread=unread)


def _first_error(root: Any) -> int:
    node = root
    for _ in range(1000):
        inner = next((each for each in node.children if each.has_error), None)
        if inner is None or node.type == "ERROR":
            break
        node = inner
    return int(node.start_point[0]) + 1


def _line(node: Any) -> int:
    return int(node.start_point[0]) + 1


def _text(node: Any) -> str:
    return bytes(node.text).decode("utf-8", "replace")


def _body(node: Any, depth: int) -> Block:
    attributes: dict[str, Expression] = {}
    blocks: list[Block] = []
    for child in node.named_children:
        if child.type == "attribute":
            parts = child.named_children
            if len(parts) == 2 and parts[0].type == "identifier":
                attributes[_text(parts[0])] = _expression(parts[1], depth + 1)
        elif child.type == "block" and depth < DEEPEST:
            blocks.append(_block(child, depth + 1))
    return Block("", _line(node), (), attributes, tuple(blocks))


def _block(node: Any, depth: int) -> Block:
    words: list[str] = []
    inner: Block | None = None
    for child in node.named_children:
        if child.type == "identifier":
            words.append(_text(child))
        elif child.type == "string_lit":
            words.append(_text(child).strip('"'))
        elif child.type == "body":
            inner = _body(child, depth)
    return Block(
        words[0] if words else "",
        _line(node),
        tuple(words[1:]),
        inner.attributes if inner is not None else {},
        inner.blocks if inner is not None else (),
    )


def _expression(node: Any, depth: int) -> Expression:
    named = [child for child in node.named_children if child.type != "comment"]
    if node.has_error or depth > DEEPEST:
        return Expression("other", _line(node))
    return _joined(named, _line(node), depth)


def _joined(parts: list[Any], line: int, depth: int) -> Expression:
    """A term, or a name with what follows it: `var`, `.x`, `["y"]`."""
    if not parts:
        return Expression("other", line)
    first = parts[0]
    if first.type == "variable_expr" and all(
        part.type in ("get_attr", "index") for part in parts[1:]
    ):
        text = "".join("".join(_text(part).split()) for part in parts)
        return Expression("reference", line, text[:500])
    if len(parts) > 1:
        return Expression("other", line)
    if first.type == "expression":
        return _expression(first, depth + 1)
    return _term(first, line, depth)


def _term(node: Any, line: int, depth: int) -> Expression:
    if node.type == "literal_value":
        return Expression("literal", line, _literal(node))
    if node.type == "operation":
        return _operation(node, line, depth)
    if node.type == "template_expr":
        return _template(node, line, depth)
    if node.type == "collection_value":
        return _collection(node, line, depth)
    if node.type == "function_call":
        name = next((_text(each) for each in node.named_children if each.type == "identifier"), "")
        given = [each for each in node.named_children if each.type == "function_arguments"]
        items = [
            _expression(each, depth + 1)
            for each in (given[0].named_children if given else ())
            if each.type == "expression"
        ]
        return Expression("call", line, name, tuple(items))
    if node.type == "conditional":
        parts = [each for each in node.named_children if each.type == "expression"]
        items = [_expression(each, depth + 1) for each in parts]
        return Expression("conditional" if len(items) == 3 else "other", line, items=tuple(items))
    return Expression("other", line)


def _operation(node: Any, line: int, depth: int) -> Expression:
    text = _text(node)[:500]
    if re.fullmatch(r"-\s*\d+(\.\d+)?", text):
        return Expression("literal", line, text)
    inner = node.named_children[0] if node.named_children else node
    signs = [each for each in inner.children if not each.is_named]
    if depth > DEEPEST or len(signs) != 1:
        return Expression("other", line, text)
    kind = _OPERATIONS.get(_text(signs[0]), "other")
    at = inner.children.index(signs[0])
    sides = [side for side in (inner.children[:at], inner.children[at + 1 :]) if side]
    items = tuple(_joined(side, line, depth + 1) for side in sides) if kind != "other" else ()
    return Expression(kind, line, text, items)


def _literal(node: Any) -> str:
    inner = node.named_children[0] if node.named_children else node
    if inner.type == "null_lit":
        return ""
    text = _text(inner)
    if inner.type == "string_lit":
        return _escape.sub(lambda match: _ESCAPES.get(match[1], match[1]), text[1:-1])
    return text


def _template(node: Any, line: int, depth: int) -> Expression:
    """A text with parts put in: `"${var.x}"` alone is what it puts in."""
    inner = node.named_children[0] if node.named_children else node
    parts = [each for each in inner.named_children if not each.type.startswith("quoted_template_")]
    if inner.type == "quoted_template" and len(parts) == 1:
        held = [each for each in parts[0].named_children if each.type == "expression"]
        if parts[0].type == "template_interpolation" and len(held) == 1:
            return _expression(held[0], depth + 1)
        if parts[0].type == "template_literal":
            return Expression("literal", line, _text(parts[0]))
    if inner.type == "heredoc_template":
        return Expression("heredoc", line, _text(inner)[:100_000])
    return Expression("other", line, _text(inner)[:500])


def _collection(node: Any, line: int, depth: int) -> Expression:
    inner = node.named_children[0] if node.named_children else node
    if inner.type == "tuple":
        items = [
            _expression(each, depth + 1)
            for each in inner.named_children
            if each.type == "expression"
        ]
        return Expression("list", line, items=tuple(items))
    entries: dict[str, Expression] = {}
    for each in inner.named_children:
        parts = [part for part in each.named_children if part.type == "expression"]
        if each.type == "object_elem" and len(parts) == 2:
            entries[_text(parts[0]).strip('"')] = _expression(parts[1], depth + 1)
    return Expression("object", line, entries=entries)
