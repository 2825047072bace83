"""Outside functions that copy, cut, mark or combine what they are given."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.graph import END
from lg_lint.model.state_flow import (
    container_methods,
    displays,
    expressions,
    held,
    statements,
)
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Command, Content, Entry, Mapping, Refs
from lg_lint.model.state_flow.store import NONE as NO_VALUE
from lg_lint.model.state_flow.store import Store
from lg_lint.program.store import terminal_name
from lg_lint.program.values import NONE

_REMOVE_ALL = "__remove_all__"


def call(
    run: Activation, name: str, node: t.Call, arguments: list[Refs], flow: Store
) -> Refs | None:
    """What a call of an outside function gives; None where it is not known."""
    if name.partition(".")[0].startswith(("langgraph", "langchain")):
        handler = _LANGGRAPH.get(name.rpartition(".")[2])
    else:
        handler = _STANDARD.get(name)
        if name in table("values")["copies"]["functions"]:
            handler = _copy
    return handler(run, node, arguments, flow) if handler is not None else None


def _first(flow: Store, arguments: list[Refs]) -> Content:
    return flow.content(arguments[0]) if arguments else Content()


# --- langgraph and langchain ---------------------------------------------------------------


def _command(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    goto = node.argument("goto")
    ends = goto is not None and _is_end(run, goto)
    given = {arg.keyword: value for arg, value in zip(node.args, arguments, strict=True)}
    update = given["update"] if "update" in given else run.new(flow, Mapping())
    written = node.argument("update")
    if isinstance(written, t.Sequence):
        update = run.new(flow, Mapping().with_entries(_pairs(run, written, update, flow)))
    where = given.get("goto", OPAQUE) if goto is not None else None
    return run.new(flow, Command(update, run.site(node), ends=ends, goto=where))


def _is_end(run: Activation, goto: t.Expr) -> bool:
    values = run.infer(goto)
    return bool(values) and all(
        getattr(value, "name", "") == named("end") or getattr(value, "value", None) == END
        for value in values
    )


def _send(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """No update: what counts is where it goes."""
    target = node.argument("node", 0)
    return run.stands(flow, target) if target is not None else OPAQUE


def _final(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword == "save":
            return run.new(flow, Command(value, run.site(arg.value), saves=True))
    return OPAQUE


def _remove(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    wanted = node.argument("id", 0)
    every = wanted is not None and (
        run.constant(wanted) == _REMOVE_ALL
        or any(
            getattr(value, "name", "").endswith("REMOVE_ALL_MESSAGES")
            for value in run.infer(wanted)
        )
    )
    return run.new(flow, Content(removes=True, clears=every))


def _overwrite(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    return run.new(flow, replace(_first(flow, arguments), clears=True, alias="", parent=None))


def _add_messages(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    parts = [flow.content(value) for value in arguments[:2]]
    content = expressions.join_parts(run, parts, node, flow)
    return run.put(flow, replace(content, merged=True, shape="list"))


def _trimmed(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = _first(flow, arguments)
    if not content.reads:
        return OPAQUE
    trimmed = (*content.trimmed, run.site(node))
    return run.put(flow, replace(content, bounded=True, trimmed=trimmed, alias="", parent=None))


_Handler = Callable[[Activation, t.Call, list[Refs], Store], Refs]
_GIVES: dict[str, _Handler] = {"copy": _trimmed, "removal": _remove, "replacement": _overwrite}
_LANGGRAPH: dict[str, _Handler] = {
    "Command": _command,
    "final": _final,
    "Send": _send,
    "add_messages": _add_messages,
    **{
        name.rpartition(".")[2]: _GIVES[row["gives"]]
        for name, row in table("trimming")["functions"].items()
    },
}


# --- the standard library ------------------------------------------------------------------


def _copy(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    if not arguments:
        return run.new(flow, Content(empty=True))
    mappings = flow.mappings(arguments[0])
    if mappings:
        return run.new(flow, replace(mappings[0][1], is_state=False))
    content = _first(flow, arguments)
    return run.put(flow, replace(content, alias="", parent=None))


def _dict(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    mapping = Mapping()
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword is not None:
            mapping = mapping.with_entry(arg.keyword, run.entry(value, arg.value, arg.value))
        elif isinstance(arg.value, t.Sequence) and (pairs := _pairs(run, arg.value, value, flow)):
            mapping = mapping.with_entries(pairs)
        elif not flow.mappings(value) and len(node.args) == 1 and flow.content(value).reads:
            content = replace(flow.content(value), alias="", parent=None, shape="dict", parts=None)
            return run.put(flow, content)
        else:
            mapping = displays.spread(run, mapping, value, node, flow)
    return run.new(flow, replace(mapping, is_state=False, is_object=False))


def _pairs(run: Activation, node: t.Sequence, value: Refs, flow: Store) -> dict[str, Entry]:
    """The entries of `[("key", value), ...]`; none where a key is not a literal."""
    found: dict[str, Entry] = {}
    parts = [cell.parts for _, cell in flow.contents(value)]
    if len(parts) != 1 or parts[0] is None or len(parts[0]) != len(node.items):
        return {}
    for item, part in zip(node.items, parts[0], strict=True):
        pair = [cell.parts for _, cell in flow.contents(part)]
        if not isinstance(item, t.Sequence) or len(pair) != 1 or len(pair[0] or ()) != 2:
            return {}
        key = run.constant(item.items[0])
        if not isinstance(key, str):
            return {}
        assert pair[0] is not None
        found[key] = run.entry(pair[0][1], item.items[0], item.items[1])
    return found


def _default_dict(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    rest = t.Call(node.at, node.func, node.args[1:])
    made = _dict(run, rest, arguments[1:], flow)
    shapes = [
        getattr(value, "name", "").removeprefix("builtins.")
        for value in (run.infer(node.args[0].value) if node.args else ())
    ]
    for index, mapping in flow.mappings(made):
        flow.cells[index] = replace(mapping, makes=next(iter(shapes), "") or "list")
    return made


def _chain_map(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    made = Mapping()
    for value in reversed(arguments):
        made = displays.spread(run, made, value, node, flow)
    return run.new(flow, replace(made, is_state=False))


def _namespace(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    made = _dict(run, node, arguments, flow)
    for index, mapping in flow.mappings(made):
        flow.cells[index] = replace(mapping, is_object=True)
    return made


def _flat(position: int) -> _Handler:
    """The items of all collections that one holds."""

    def handler(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
        value = arguments[position] if len(arguments) > position else OPAQUE
        whole = held.flat(run, value, node, flow)
        given = [flow.content(each) for each in arguments[position + 1 :]]
        return run.put(flow, expressions.join_parts(run, [*given, whole], node, flow))

    return handler


def _sum(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    if len(arguments) > 1:
        return _flat(0)(run, node, arguments, flow)
    return _number(run, node, arguments, flow)


def _added_in_place(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """`operator.iadd(x, y)`."""
    for index, _ in flow.contents(arguments[0]) if len(arguments) > 1 else ():
        part = flow.content(arguments[1])
        container_methods.add(run, index, [part], node, flow, len(arguments[0]) == 1)
    return arguments[0] if arguments else OPAQUE


def _taken(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """`operator.getitem(x, key)`."""
    if len(node.args) < 2:
        return OPAQUE
    key = run.constant(node.args[1].value)
    if isinstance(key, str):
        return expressions.take(run, arguments[0], key, node, flow)
    return held.item_at(run, arguments[0], node.args[1].value, flow)


def _set(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = _first(flow, arguments)
    return run.put(
        flow,
        replace(
            content, alias="", parent=None, shape="set", empty=not arguments or content.empty,
            unique=content.unique or content.shape not in ("set", ""),
        ),
    )  # fmt: skip


def _filtered(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = flow.content(arguments[1]) if len(arguments) > 1 else Content()
    return run.put(flow, replace(content, partial=True, alias="", parent=None))


def _mapped(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = flow.content(arguments[1]) if len(arguments) > 1 else Content()
    return run.put(flow, replace(content, alias="", parent=None))


def _limited(position: int) -> _Handler:
    def handler(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
        content = flow.content(arguments[position]) if len(arguments) > position else Content()
        return run.put(flow, replace(content, bounded=True, alias="", parent=None))

    return handler


def _deque(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = replace(_first(flow, arguments), alias="", parent=None, shape="list")
    limit = node.argument("maxlen", 1)
    if limit is not None:
        given = expressions.evaluate(run, limit, flow)
        if given != {NO_VALUE} and set(run.infer(limit)) != {NONE}:
            content = replace(content, bounded=True)
    return run.new(flow, content)


def _chain(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    parts = [
        held.flat(run, value, node, flow) if arg.star else flow.content(value)
        for arg, value in zip(node.args, arguments, strict=True)
    ]
    return run.put(flow, expressions.join_parts(run, parts, node, flow))


def _length(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = _first(flow, arguments)
    return run.put(flow, Content(reads=content.reads, shape="length")) if content.reads else OPAQUE


def _asked(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    run.facts.members |= _first(flow, arguments).keys
    return OPAQUE


def _replaced(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    mappings = flow.mappings(arguments[0]) if arguments else []
    if not mappings:
        return OPAQUE
    mapping = replace(mappings[0][1], is_state=False)
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword is not None:
            mapping = mapping.with_entry(arg.keyword, run.entry(value, arg.value, arg.value))
    return run.new(flow, mapping)


def _unchanged(position: int) -> _Handler:
    return lambda run, node, arguments, flow: (
        arguments[position] if len(arguments) > position else OPAQUE
    )


def _listed(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    if not arguments:
        return run.new(flow, Content(empty=True, shape="list"))
    content = replace(_first(flow, arguments), alias="", parent=None)
    if content.reads or content.empty or content.held:
        content = replace(content, shape="list")
    if terminal_name(node.func) not in _ORDERED:
        content = replace(content, parts=None)
    return run.put(flow, content)


def _number(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = _first(flow, arguments)
    shape = content.shape if content.shape == "length" else "number"
    made = Content(reads=content.reads, shape=shape, counts=content.counts, falls=content.falls)
    return run.new(flow, made)


def _text(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = _first(flow, arguments)
    kept = content.shape == "str" or content.shape == ""
    return run.put(flow, replace(content, alias="", parent=None)) if kept else OPAQUE


def _keyed(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = _first(flow, arguments)
    return run.put(flow, replace(content, unique=True, alias="", parent=None))


def _read(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """`getattr(state, "key", default)`."""
    key = run.constant(node.args[1].value) if len(node.args) > 1 else None
    if not isinstance(key, str):
        return OPAQUE
    return expressions.attribute(run, arguments[0], key, node, flow)


def _written(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """`setattr(state, "key", value)`."""
    if len(node.args) == 3:
        owner, key, value = (arg.value for arg in node.args)
        target = t.Subscript(node.at, owner, key)
        statements.store(run, target, arguments[2], value, flow)
    return OPAQUE


_ORDERED = ("list", "tuple", "iter")
_STANDARD: dict[str, _Handler] = {
    "collections.defaultdict": _default_dict,
    "collections.OrderedDict": _dict,
    "collections.Counter": _dict,
    "collections.ChainMap": _chain_map,
    "types.SimpleNamespace": _namespace,
    "builtins.object.__setattr__": _written,
    "operator.setitem": _written,
    "operator.getitem": _taken,
    "functools.reduce": _flat(1),
    "itertools.chain.from_iterable": _flat(0),
    "builtins.str": _text,
    "builtins.repr": _text,
    "builtins.getattr": _read,
    "builtins.setattr": _written,
    "builtins.dict.fromkeys": _keyed,
    "builtins.list": _listed,
    "builtins.tuple": _listed,
    "builtins.sorted": _listed,
    "builtins.reversed": _listed,
    "builtins.iter": _listed,
    "builtins.enumerate": _listed,
    "builtins.set": _set,
    "builtins.frozenset": _set,
    "builtins.dict": _dict,
    "builtins.filter": _filtered,
    "builtins.map": _mapped,
    "builtins.len": _length,
    "builtins.any": _asked,
    "builtins.all": _asked,
    "builtins.bool": _unchanged(0),
    "builtins.int": _number,
    "builtins.float": _number,
    "builtins.sum": _sum,
    "builtins.vars": _unchanged(0),
    "dataclasses.replace": _replaced,
    "typing.cast": _unchanged(1),
    "collections.deque": _deque,
    "itertools.chain": _chain,
    "itertools.islice": _limited(0),
    "heapq.nlargest": _limited(1),
    "heapq.nsmallest": _limited(1),
    "random.sample": _limited(0),
    "operator.add": _chain,
    "operator.concat": _chain,
    "operator.iadd": _added_in_place,
}
