"""Methods of tracked values: what they read, and what they change in place."""

from __future__ import annotations

import functools
from collections.abc import Callable

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.model.state_flow import displays, expressions, held, mapping_methods
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import MOST_PLACES, OPAQUE, Content, Mapping, Refs
from lg_lint.model.state_flow.store import Store


def method(run: Activation, receiver: Refs, node: t.Call, name: str, flow: Store) -> Refs | None:
    """`receiver.name(...)`; None where the method is not known for what it is called on."""
    receiver = _inside(flow, receiver, name)
    on_mapping, on_content = mapping_methods.on_mapping(name), _on_content(name)
    mappings, contents = flow.mappings(receiver), flow.contents(receiver)
    useful = (on_mapping and mappings) or (on_content and contents)
    if not useful:
        return None
    arguments = [expressions.evaluate(run, arg.value, flow) for arg in node.args]
    found = OPAQUE
    if on_mapping is not None:
        for index, mapping in mappings:
            found |= on_mapping(run, index, mapping, node, arguments, flow)
    if on_content is not None:
        certain = len(receiver) == 1
        for index, content in contents:
            found |= on_content(run, index, content, node, arguments, flow, certain)
    return found


def handles(flow: Store, value: Refs, name: str) -> bool:
    """Whether a name is that of a method which a value has, and is known for."""
    mappings = flow.mappings(value)
    if any(name in mapping.entries for _, mapping in mappings):
        return False
    return bool(
        (mapping_methods.on_mapping(name) and mappings)
        or (
            container_methods().named(name).of
            and any(not content.item for _, content in flow.contents(value))
        )
    )


_DATA = "data"


def _inside(flow: Store, receiver: Refs, name: str) -> Refs:
    """The list or dict of a UserList or UserDict, for methods of such."""
    found = OPAQUE
    for index in receiver:
        cell = flow.cells[index]
        inner = cell.entries.get(_DATA) if isinstance(cell, Mapping) and cell.is_object else None
        found |= inner.value if inner is not None and _on_content(name) else frozenset((index,))
    return found


# --- lists, dicts, sets, strings -----------------------------------------------------------

_ContentMethod = Callable[[Activation, int, Content, t.Call, "list[Refs]", Store, bool], Refs]


def add(
    run: Activation, index: int, parts: list[Content], node: t.Node, flow: Store, certain: bool
) -> None:
    """Adds to a value in place."""
    content = flow.cells[index]
    assert isinstance(content, Content)
    whole = expressions.join_parts(run, [content, *parts], node, flow)
    shape = content.shape or whole.shape
    capped = whole.bounded or (content.bounded and not content.reads)
    made = replace(whole, shape=shape, bounded=capped, partial=whole.partial and bool(whole.reads))
    flow.change(index, made, run.site(node), certain=certain)


def _lengthened(index: int, tail: int, flow: Store) -> None:
    changed = flow.cells[index]
    if isinstance(changed, Content):
        flow.cells[index] = replace(changed, tail=tail)


def _adds_one(position: int) -> _ContentMethod:
    def handler(
        run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs],
        flow: Store, certain: bool,
    ) -> Refs:  # fmt: skip
        value = arguments[position] if len(arguments) > position else OPAQUE
        item = held.put_in(value, flow)
        add(run, index, [item], node, flow, certain)
        if content.reads and position == 0 and not (item.reads or item.maybe):
            _lengthened(index, content.tail + 1, flow)
        if content.parts is not None and certain and position == 0:
            changed = flow.cells[index]
            assert isinstance(changed, Content)
            is_long = len(content.parts) >= MOST_PLACES
            parts = None if is_long else (*content.parts, value)
            flow.cells[index] = replace(changed, parts=parts)
        return OPAQUE

    return handler


def _adds_all(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    for value in arguments:
        part = flow.content(value)
        if content.shape == "dict" and not flow.grows(value):
            part = replace(part, empty=True)
        add(run, index, [part], node, flow, certain)
    return OPAQUE


def _clears(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    flow.change(index, Content(empty=True, shape=content.shape), run.site(node), certain=certain)
    return OPAQUE


def _drops(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    if content.reads:
        shorter = replace(content, bounded=True, tail=0)
        flow.change(index, shorter, run.site(node), certain=certain)
        return run.new(flow, Content(reads=content.reads, item=True))
    return OPAQUE


def _reads(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    if content.item:
        return OPAQUE
    key = mapping_methods.text_key(run, node, flow)
    if key is not None and content.reads:
        nested = Content(reads=content.reads, bounded=content.bounded, parent=index)
        return run.new(flow, nested)
    return OPAQUE


def _defaults(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    if not content.reads or content.item:
        return OPAQUE
    if node.args and not displays.is_fixed(run, node.args[0].value, flow):
        add(run, index, [Content()], node, flow, certain)
    return run.new(flow, Content(reads=content.reads, parent=index))


def _whole(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    if content.item:
        return run.new(flow, content)
    return run.put(flow, replace(content, alias="", parent=None))


def _listed(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    if not content.reads or content.item:
        return OPAQUE
    unique = content.unique or bool(content.grown)
    listed = replace(content, alias="", parent=None, shape="list", unique=unique, parts=None)
    return run.put(flow, listed)


def _joined(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    parts = [content, *(flow.content(value) for value in arguments)]
    return run.put(flow, expressions.join_parts(run, parts, node, flow))


def _ordered(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    if content.tail or content.parts:
        flow.cells[index] = replace(content, tail=0, parts=None)
    return OPAQUE


def _nothing(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    return OPAQUE


def _string_join(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    value = arguments[0] if arguments else OPAQUE
    part = flow.content(value)
    if part.parts is not None or (part.held and not part.reads):
        part = held.flat(run, value, node, flow)
    return run.put(
        flow, replace(part, shape="str", alias="", parent=None, item=False, parts=None, held=OPAQUE)
    )


@functools.cache
def _on_content(name: str) -> _ContentMethod | None:
    row = container_methods().named(name)
    if not row.of:
        return None
    if row.drops:
        return _clears if row.drops == "all" else _drops
    if row.orders:
        return _ordered
    if row.adds == "one":
        return _defaults if row.keyed else _adds_one(row.at)
    return _adds_all if row.adds else _GIVING.get(row.gives, _nothing)


_GIVING: dict[str, _ContentMethod] = {
    "item": _reads,
    "items": _listed,
    "keys": _listed,
    "values": _listed,
    "whole": _whole,
    "joined": _joined,
    "text": _string_join,
}
