"""List, tuple, set and dict displays."""

from __future__ import annotations

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.model.state_flow import expressions, held
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import (
    MOST_PLACES,
    OPAQUE,
    Content,
    Entry,
    Mapping,
    Refs,
    concatenate,
)
from lg_lint.model.state_flow.store import Store
from lg_lint.program.scopes import Function
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Const, Container


def sequence(run: Activation, node: t.Sequence, flow: Store) -> Refs:
    """`[*old, x]` holds the old items; `[old]` nests them and holds none."""
    contents: list[Content] = []
    places: list[Refs] | None = []
    for item in node.items:
        if isinstance(item, t.Starred):
            value = expressions.evaluate(run, item.value, flow)
            whole = flow.content(value)
            contents.append(whole)
            if places is not None and whole.parts is not None:
                places += whole.parts
            else:
                places = None
            continue
        value = expressions.evaluate(run, item, flow)
        contents.append(held.put_in(value, flow))
        if places is not None:
            places.append(value)
    content = expressions.join_parts(run, contents, node, flow)
    if not node.items:
        content = replace(content, empty=True)
    if places is not None and len(places) > MOST_PLACES:
        places = None
    tail = next((at for at, part in enumerate(reversed(contents)) if part.reads or part.maybe), 0)
    parts = tuple(places) if places is not None and node.kind != "set" else None
    return run.new(flow, replace(content, shape=node.kind, parts=parts, tail=tail))


def dictionary(run: Activation, node: t.Dict, flow: Store) -> Refs:
    """A dict with literal keys; what it spreads or holds under other keys is its rest."""
    mapping = Mapping()
    literal: dict[str, Entry] = {}
    for key, item in node.items:
        value = expressions.evaluate(run, item, flow)
        if key is None:
            mapping, literal = mapping.with_entries(literal), {}
            mapping = spread(run, mapping, value, node, flow)
            continue
        name = expressions.key_of(run, key, flow)
        if isinstance(name, str):
            literal[name] = run.entry(value, key, item)
        else:
            mapping = with_unknown(run, mapping, key, value, node, flow)
    return run.new(flow, mapping.with_entries(literal))


def spread(run: Activation, mapping: Mapping, value: Refs, node: t.Node, flow: Store) -> Mapping:
    """`{**mapping, **value}`, or what `update(value)` makes of it."""
    sources = flow.mappings(value)
    for _, inner in sources:
        mapping = overlay(mapping, inner, run.site(node))
    if sources:
        return mapping
    content = flow.content(value)
    if not (content.reads or content.maybe or content.held):
        return replace(mapping, open=mapping.open or not content.empty)
    rest = expressions.join_parts(run, [mapping.rest, content], node, flow)
    return replace(mapping, rest=replace(rest, shape="dict"), open=True)


def with_unknown(
    run: Activation, mapping: Mapping, key: t.Expr, value: Refs, node: t.Node, flow: Store
) -> Mapping:
    """`mapping[key] = value` with a key that is not one literal."""
    if mapping.base:
        return replace(mapping, open=True)
    item = held.put_in(value, flow)
    if not item.reads:
        asked = flow.content(expressions.evaluate(run, key, flow))
        if asked.item:
            item = replace(held.element(asked, flow), held=item.held)
    fixed = is_fixed(run, key, flow)
    if fixed and not item.reads:
        return replace(mapping, rest=replace(mapping.rest, held=mapping.rest.held | item.held))
    rest = expressions.join_parts(run, [mapping.rest, item], node, flow)
    rest = replace(rest, shape="dict", empty=False)
    return replace(mapping, rest=rest, open=mapping.open or not fixed)


def is_fixed(run: Activation, key: t.Expr, flow: Store) -> bool:
    """Whether a key can only be one of a few known ones, or one that is there already."""
    values = run.infer(key)
    if flow.content(expressions.evaluate(run, key, flow)).reads and len(values) == 1:
        values = ()
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


def overlay(below: Mapping, above: Mapping, site: Site) -> Mapping:
    """`{**below, **above}`."""
    if above.base:
        return replace(above, is_state=False, open=below.open or above.open)
    made = below.with_entries(above.entries)
    rest = above.rest
    if not below.rest.empty:
        rest = concatenate([below.rest, above.rest], site) if not above.rest.empty else below.rest
    return replace(made, is_state=False, open=below.open or above.open, rest=rest)


def merged(run: Activation, left: Refs, right: Refs, node: t.Node, flow: Store) -> Refs:
    """`left | right` of two dicts with literal keys."""
    found = OPAQUE
    for _, below in flow.mappings(left):
        found |= run.new(flow, replace(spread(run, below, right, node, flow), is_state=False))
    return found
