"""Methods of tracked values: what they read, and what they change in place."""

from __future__ import annotations

import functools
from collections.abc import Callable

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.model.state_flow import displays, expressions
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Content, Mapping, Mutation, Refs
from lg_lint.model.state_flow.store import Store


def method(run: Activation, receiver: Refs, node: t.Call, name: str, flow: Store) -> Refs | None:
    """`receiver.name(...)`; None where the method is not known for what it is called on."""
    on_mapping, on_content = _on_mapping(name), _on_content(name)
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


def _key(run: Activation, node: t.Call) -> str | None:
    first = node.args[0].value if node.args else None
    key = run.constant(first) if first is not None else None
    return key if isinstance(key, str) else None


# --- mappings: the state, updates in the making --------------------------------------------


def _get(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    key = _key(run, node)
    if key is None:
        return OPAQUE
    value = run.member(flow, mapping, key, node)
    default = arguments[1] if len(arguments) > 1 else OPAQUE
    if flow.content(value).reads:
        return value
    return value | default


def _setdefault(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    key = _key(run, node)
    if key is None:
        return OPAQUE
    value = run.member(flow, mapping, key, node)
    if not value and len(arguments) > 1:
        entry = run.entry(arguments[1], node, node)
        flow.cells[index] = mapping.with_entry(key, entry)
        return arguments[1]
    return value


def _update(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword is not None:
            assign(run, index, arg.keyword, value, arg.value, arg.value, flow)
            continue
        sources = flow.mappings(value)
        for _, source in sources:
            for key, entry in source.entries.items():
                current = flow.cells[index]
                assert isinstance(current, Mapping)
                flow.cells[index] = current.with_entry(key, entry)
                if current.is_state:
                    flow.note(Mutation(key, "rebound", entry.key))
            if source.base or source.open:
                current = flow.cells[index]
                assert isinstance(current, Mapping)
                flow.cells[index] = replace(
                    current, base=current.base or source.base, open=current.open or source.open
                )
        if not sources:
            current = flow.cells[index]
            assert isinstance(current, Mapping)
            flow.cells[index] = replace(current, open=True)
    return OPAQUE


def _pop(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    key = _key(run, node)
    if key is None:
        return OPAQUE
    value = run.member(flow, mapping, key, node)
    remove(run, index, key, node, flow)
    return value


def _copied(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    made = replace(mapping, is_state=False)
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword == "update":
            for _, source in flow.mappings(value):
                made = displays.overlay(made, source)
        elif arg.keyword == "exclude":
            made = Mapping(open=True)
    return run.new(flow, made)


def assign(
    run: Activation, index: int, key: str, value: Refs, place: t.Node, written: t.Node, flow: Store
) -> None:
    """`mapping["key"] = value`."""
    mapping = flow.cells[index]
    assert isinstance(mapping, Mapping)
    flow.cells[index] = mapping.with_entry(key, run.entry(value, place, written))
    if mapping.is_state:
        flow.note(Mutation(key, "rebound", run.site(place)))


def remove(run: Activation, index: int, key: str, place: t.Node, flow: Store) -> None:
    """`del mapping["key"]`."""
    mapping = flow.cells[index]
    assert isinstance(mapping, Mapping)
    flow.cells[index] = mapping.without(key)
    if mapping.is_state:
        flow.note(Mutation(key, "removed", run.site(place)))


_MappingMethod = Callable[[Activation, int, Mapping, t.Call, "list[Refs]", Store], Refs]


@functools.cache
def _on_mapping(name: str) -> _MappingMethod | None:
    row = container_methods().named(name)
    if row.of.isdisjoint({"dict", "model"}):
        return None
    if row.adds:
        return _setdefault if row.keyed else _update
    if row.drops:
        return _pop if row.keyed else None
    return {"item": _get, "whole": _copied}.get(row.gives)


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
    held = content.held.union(*(part.held for part in parts))
    flow.change(index, replace(whole, shape=shape, held=held), run.site(node), certain=certain)


def _adds_one(position: int) -> _ContentMethod:
    def handler(
        run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs],
        flow: Store, certain: bool,
    ) -> Refs:  # fmt: skip
        value = arguments[position] if len(arguments) > position else OPAQUE
        item = displays.element(flow.content(value))
        held = frozenset(cell for cell in value if not isinstance(flow.cells[cell], Content))
        add(run, index, [replace(item, held=held)], node, flow, certain)
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
        flow.change(index, replace(content, bounded=True), run.site(node), certain=certain)
        return run.new(flow, Content(reads=content.reads, item=True))
    return OPAQUE


def _reads(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    if content.item:
        return OPAQUE
    key = _key(run, node)
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
    return run.put(flow, replace(content, alias="", parent=None, shape="list", unique=unique))


def _joined(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    parts = [content, *(flow.content(value) for value in arguments)]
    return run.put(flow, expressions.join_parts(run, parts, node, flow))


def _nothing(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    return OPAQUE


def _string_join(
    run: Activation, index: int, content: Content, node: t.Call, arguments: list[Refs], flow: Store,
    certain: bool,
) -> Refs:  # fmt: skip
    part = flow.content(arguments[0]) if arguments else Content()
    return run.put(flow, replace(part, shape="str", alias="", parent=None, item=False))


@functools.cache
def _on_content(name: str) -> _ContentMethod | None:
    row = container_methods().named(name)
    if not row.of:
        return None
    if row.drops:
        return _clears if row.drops == "all" else _drops
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
