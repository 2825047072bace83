"""Outside functions that copy, cut, mark or combine what they are given."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.graph import END
from lg_lint.model.state_flow import displays, expressions, statements
from lg_lint.model.state_flow.activation import Activation
from lg_lint.model.state_flow.lattice import OPAQUE, Command, Content, Mapping, Refs
from lg_lint.model.state_flow.store import Store

_REMOVE_ALL = "__remove_all__"


def call(run: Activation, name: str, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """What a call of an outside function gives."""
    module, _, last = name.rpartition(".")
    root = name.partition(".")[0]
    if root.startswith(("langgraph", "langchain")):
        handler = _LANGGRAPH.get(last)
    else:
        handler = _STANDARD.get(f"{module.rpartition('.')[2]}.{last}")
    return handler(run, node, arguments, flow) if handler is not None else OPAQUE


def _first(flow: Store, arguments: list[Refs]) -> Content:
    return flow.content(arguments[0]) if arguments else Content()


# --- langgraph and langchain ---------------------------------------------------------------


def _command(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    goto = node.argument("goto")
    ends = goto is not None and _is_end(run, goto)
    for arg, value in zip(node.args, arguments, strict=True):
        if arg.keyword == "update":
            return run.new(flow, Command(value, run.site(node), ends=ends))
    return run.new(flow, Command(run.new(flow, Mapping()), run.site(node), ends=ends))


def _is_end(run: Activation, goto: t.Expr) -> bool:
    values = run.infer(goto)
    return bool(values) and all(
        getattr(value, "name", "") == named("end") or getattr(value, "value", None) == END
        for value in values
    )


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
        elif flow.mappings(value):
            mapping = displays.overlay(mapping, flow.mappings(value)[0][1])
        elif flow.content(value).reads and len(node.args) == 1:
            return run.put(flow, replace(flow.content(value), alias="", parent=None, shape="dict"))
        else:
            mapping = replace(mapping, open=True)
    return run.new(flow, mapping)


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
    if limit is not None and not (isinstance(limit, t.Constant) and limit.value is None):
        content = replace(content, bounded=True)
    return run.new(flow, content)


def _chain(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    parts = [flow.content(value) for value in arguments]
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
    if content.reads or content.empty:
        content = replace(content, shape="list")
    return run.put(flow, content)


def _number(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = _first(flow, arguments)
    return run.new(flow, Content(reads=content.reads, shape="number", counts=content.counts))


def _keyed(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    content = _first(flow, arguments)
    return run.put(flow, replace(content, unique=True, alias="", parent=None))


def _read(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """`getattr(state, "key", default)`."""
    key = run.constant(node.args[1].value) if len(node.args) > 1 else None
    if not isinstance(key, str):
        return OPAQUE
    return expressions.take(run, arguments[0], key, node, flow)


def _written(run: Activation, node: t.Call, arguments: list[Refs], flow: Store) -> Refs:
    """`setattr(state, "key", value)`."""
    if len(node.args) == 3:
        owner, key, value = (arg.value for arg in node.args)
        target = t.Subscript(node.at, owner, key)
        statements.store(run, target, arguments[2], value, flow)
    return OPAQUE


_STANDARD: dict[str, _Handler] = {
    "builtins.getattr": _read,
    "builtins.setattr": _written,
    "dict.fromkeys": _keyed,
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
    "builtins.int": _number,
    "builtins.float": _number,
    "builtins.sum": _number,
    "builtins.vars": _copy,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
    "dataclasses.asdict": _copy,
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
    "operator.iadd": _chain,
}
