"""Methods of dicts and objects with known keys: the state, and updates in the making."""

from __future__ import annotations

import functools
from collections.abc import Callable

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods
from lg_lint.model.state_flow import displays, expressions, held
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Mapping, Mutation, Refs
from lg_lint.model.state_flow.store import Store


def text_key(run: Activation, node: t.Call, flow: Store) -> str | None:
    """The first argument of a call, where it is a text."""
    first = node.args[0].value if node.args else None
    key = expressions.key_of(run, first, flow) if first is not None else None
    return key if isinstance(key, str) else None


def _get(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    key = text_key(run, node, flow)
    if key is None:
        return held.values_of(mapping)
    value = expressions.take(run, frozenset((index,)), key, node, flow)
    default = arguments[1] if len(arguments) > 1 else OPAQUE
    if flow.content(value).reads:
        return value
    return value | default


def _setdefault(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    key = text_key(run, node, flow)
    if key is None:
        given = arguments[1] if len(arguments) > 1 else OPAQUE
        if mapping.base or not node.args:
            return OPAQUE
        before = held.values_of(mapping)
        flow.cells[index] = displays.with_unknown(
            run, mapping, node.args[0].value, given, node, flow
        )
        return before | given
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
        before = flow.cells[index]
        assert isinstance(before, Mapping)
        for _, source in flow.mappings(value) if before.is_state else ():
            for entry_key, entry in source.entries.items():
                flow.note(Mutation(entry_key, "rebound", entry.key))
        after = displays.spread(run, before, value, node, flow)
        if before.base:
            after = replace(after, base=True, rest=before.rest)
        flow.cells[index] = replace(after, is_state=before.is_state)
    return OPAQUE


def _pop(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    key = text_key(run, node, flow)
    if key is None:
        shorten(index, mapping, flow)
        return held.values_of(mapping)
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
                made = displays.overlay(made, source, run.site(node))
        elif arg.keyword == "exclude":
            made = Mapping(open=True)
        elif arg.keyword and node.func and _is_replacing(node):
            made = made.with_entry(arg.keyword, run.entry(value, arg.value, arg.value))
    return run.new(flow, made)


def shorten(index: int, mapping: Mapping, flow: Store) -> None:
    """Takes an entry out of a dict under a key that is not known."""
    if mapping.rest.reads:
        flow.cells[index] = replace(mapping, rest=replace(mapping.rest, bounded=True))


def _emptied(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    if not mapping.base:
        flow.cells[index] = Mapping(makes=mapping.makes, is_object=mapping.is_object)
    return OPAQUE


def _viewed(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    if mapping.base:
        return OPAQUE
    view = replace(mapping.rest, shape="list", held=held.values_of(mapping), empty=mapping.is_empty)
    return run.new(flow, view)


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
def on_mapping(name: str) -> _MappingMethod | None:
    """What a method of this name does with a mapping; None for a name that no dict has."""
    row = container_methods().named(name)
    if row.of.isdisjoint({"dict", "model"}):
        return None
    if name in _STORES:
        return _stored
    if row.adds:
        return _setdefault if row.keyed else _update
    if row.drops:
        return _emptied if row.drops == "all" else _pop
    return _GIVEN.get(row.gives)


def _is_replacing(node: t.Call) -> bool:
    return isinstance(node.func, t.Attribute) and node.func.attr == "_replace"


def _stored(
    run: Activation, index: int, mapping: Mapping, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs:
    if len(arguments) == 2:
        key, value = node.args[0].value, node.args[1].value
        name = expressions.key_of(run, key, flow)
        if isinstance(name, str):
            assign(run, index, name, arguments[1], key, value, flow)
        else:
            flow.cells[index] = displays.with_unknown(run, mapping, key, arguments[1], node, flow)
    return OPAQUE


_STORES = ("__setitem__", "__setattr__")
_GIVEN = {"item": _get, "whole": _copied, "items": _viewed, "values": _viewed, "keys": _viewed}
