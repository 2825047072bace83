"""List, tuple, set and dict displays."""

from __future__ import annotations

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.model.state_flow import expressions
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Command, Content, Entry, Mapping, Refs
from lg_lint.model.state_flow.store import Store
from lg_lint.program.scopes import Function
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Const, Container


def sequence(run: Activation, node: t.Sequence, flow: Store) -> Refs:
    """`[*old, x]` holds the old items; `[old]` nests them and holds none."""
    parts: list[Content] = []
    held = OPAQUE
    for item in node.items:
        if isinstance(item, t.Starred):
            parts.append(flow.content(expressions.evaluate(run, item.value, flow)))
            continue
        value = expressions.evaluate(run, item, flow)
        held |= frozenset(
            index for index in value if isinstance(flow.cells[index], (Command, Mapping))
        )
        parts.append(element(flow.content(value)))
    content = expressions.join_parts(run, parts, node, flow)
    if not node.items:
        content = replace(content, empty=True)
    return run.new(flow, replace(content, shape=node.kind, held=held))


def element(content: Content) -> Content:
    """What an item of a display is for the whole: an old item, a marker, or something new."""
    if content.item:
        return replace(content, partial=True, shape="")
    return Content(removes=content.removes, clears=content.clears)


def dictionary(run: Activation, node: t.Dict, flow: Store) -> Refs:
    """A dict with literal keys, or one that spreads a value of the state."""
    mapping, parts = Mapping(), []
    literal: dict[str, Entry] = {}
    for key, item in node.items:
        value = expressions.evaluate(run, item, flow)
        if key is None:
            mapping, literal = mapping.with_entries(literal), {}
            spread = flow.mappings(value)
            if spread:
                for _, inner in spread:
                    mapping = overlay(mapping, inner)
            elif flow.content(value).reads:
                parts.append(flow.content(value))
            else:
                mapping = replace(mapping, open=True)
            continue
        expressions.evaluate(run, key, flow)
        name = run.constant(key)
        if isinstance(name, str):
            literal[name] = run.entry(value, key, item)
        elif not is_fixed(run, key, flow):
            mapping = replace(mapping, open=True)
    mapping = mapping.with_entries(literal)
    if not parts:
        return run.new(flow, mapping)
    fixed = run.new(flow, mapping)
    rest = flow.content(fixed)
    if not flow.grows(fixed) and not rest.grown:
        rest = replace(rest, empty=True)
    return run.put(
        flow, replace(expressions.join_parts(run, [*parts, rest], node, flow), shape="dict")
    )


def is_fixed(run: Activation, key: t.Expr, flow: Store) -> bool:
    """Whether a key can only be one of a few known ones, or one that is there already."""
    values = run.infer(key)
    if values and all(isinstance(value, Const) for value in values):
        return True
    if not isinstance(key, t.Name):
        return False
    return key.id in flow.present or _is_key_of_literal(run, key)


def _is_key_of_literal(run: Activation, key: t.Name) -> bool:
    """Whether the function takes an item of a literal dict by the same name."""
    function = run.stack[-1]
    taken = run.program.once("taken", function, lambda: _taken_by_name(function))
    return any(_has_literal_keys(run, container) for container in taken.get(key.id, ()))


def _taken_by_name(function: Function) -> dict[str, list[t.Expr]]:
    """What a function takes items of, by the name that says which."""
    found: dict[str, list[t.Expr]] = {}
    for node in t.walk(function.node):
        if isinstance(node, t.Subscript) and isinstance(node.index, t.Name):
            found.setdefault(node.index.id, []).append(node.value)
    return found


def _has_literal_keys(run: Activation, expr: t.Expr) -> bool:
    values = run.infer(expr)
    if not values or run.program.item_writes(terminal_name(expr) or ""):
        return False
    return all(
        isinstance(value, Container)
        and isinstance(value.node, t.Dict)
        and all(isinstance(name, t.Constant) for name, _ in value.node.items)
        for value in values
    )


def overlay(below: Mapping, above: Mapping) -> Mapping:
    """`{**below, **above}`."""
    if above.base:
        return replace(above, is_state=False, open=below.open or above.open)
    made = below.with_entries(above.entries)
    return replace(made, is_state=False, open=below.open or above.open)


def merged(run: Activation, left: Refs, right: Refs, flow: Store) -> Refs:
    """`left | right` of two dicts with literal keys."""
    found = OPAQUE
    for _, below in flow.mappings(left):
        for _, above in flow.mappings(right):
            found |= run.new(flow, overlay(below, above))
    return found
