"""Displays and what is taken out of them: items, entries, unpacking, iteration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from lg_lint.facts import tree as t
from lg_lint.program.inference import attributes, calls, core
from lg_lint.program.store import ContainerWrite, Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    CallContext,
    ClassRef,
    Const,
    Container,
    Env,
    External,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    ModuleRef,
    Value,
    Values,
    strings,
)

_VIEWS = ("items", "values", "keys")
_NOT_DISPLAYED = {"str", "model"}
_BY_POSITION = ("list", "tuple", "sum")
_MAX_SPREAD = 1_000
_MAX_VISITS = 1_000
_MAX_DEPTH = 200


def items_of(program: Program, value: Container) -> Sequence[Values]:
    """The items that a sequence's display gives, one by one; keys for a dict.

    Anything stands for the rest where spreads give very many.
    """
    found = program.memo.items.get(value)
    return found if found is not None else _Items(program).of(value, ())


class _Items:
    """The items of displays that spread others, each display once."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.memo = program.memo.items
        self.visits = 0
        self.outermost = _MAX_VISITS

    def of(self, value: Container, outer: tuple[Container, ...]) -> Sequence[Values]:
        """Of one display; `outer` are those whose spreads lead to it: one in itself adds nothing.

        What one of these cuts short is not remembered, but for the outermost one of a circle.
        """
        if value in self.memo:
            return self.memo[value]
        if value in outer:
            self.outermost = min(self.outermost, outer.index(value))
            return ()
        self.visits += 1
        if self.visits > _MAX_VISITS or len(outer) > _MAX_DEPTH:
            self.outermost = 0
            return (ANYTHING,)
        before, self.outermost = self.outermost, _MAX_VISITS
        found, is_complete = core.complete_by(self.program, lambda: self._found(value, outer))
        if is_complete and self.outermost >= len(outer):
            self.memo[value] = found
            self.outermost = _MAX_VISITS
        self.outermost = min(self.outermost, before)
        return found

    def _found(self, value: Container, outer: tuple[Container, ...]) -> list[Values]:
        program, node, env = self.program, value.node, value.env
        found: list[Values] = []
        if isinstance(node, t.Sequence):
            for item in node.items:
                if isinstance(item, t.Starred):
                    self._spread(found, item.value, value, outer)
                else:
                    found.append(core.infer(program, item, env))
        elif isinstance(node, t.Comprehension):
            element = node.key if node.key is not None else node.element
            found.append(core.infer(program, element, env))
        elif isinstance(node, t.Dict) or value.kind == "dict":
            found += [key for key, _ in entries_of(program, value)]
        elif isinstance(node, t.BinOp):
            self._spread(found, node.left, value, outer)
            self._spread(found, node.right, value, outer)
        return found

    def _spread(
        self, found: list[Values], expr: t.Expr, value: Container, outer: tuple[Container, ...]
    ) -> None:
        """Add the items of what an expression of a display may be, up to a number of them."""
        for inner in core.infer(self.program, expr, value.env):
            if isinstance(inner, Container):
                added = self.of(inner, (*outer, value))
                left = max(0, _MAX_SPREAD - len(found))
                found += added[:left]
                if len(added) > left and found[-1:] != [ANYTHING]:
                    found.append(ANYTHING)


def entries_of(program: Program, value: Container) -> Sequence[tuple[Values, Values]]:
    """The keys and values of a dict, spreads followed; each dict that it holds is told once."""
    return core.kept(program, program.memo.entries, value, lambda: _entries(program, value))


def _entries(program: Program, value: Container) -> list[tuple[Values, Values]]:
    found: list[tuple[Values, Values]] = []
    seen = {value}
    stack = [_own_entries(program, value)]
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
        elif isinstance(entry, tuple):
            found.append(entry)
        elif entry not in seen:
            seen.add(entry)
            stack.append(_own_entries(program, entry))
    return found


def _own_entries(program: Program, value: Container) -> Iterator[tuple[Values, Values] | Container]:
    """The entries that a dict's display names, and the containers that it spreads."""
    node, env = value.node, value.env
    if isinstance(node, t.Dict):
        for key, item in node.items:
            if key is None:
                yield from _inner(program, item, env)
            else:
                yield core.infer(program, key, env), core.infer(program, item, env)
    elif isinstance(node, t.BinOp):
        yield from _inner(program, node.left, env)
        yield from _inner(program, node.right, env)
    elif isinstance(node, t.Comprehension) and node.key is not None:
        yield core.infer(program, node.key, env), core.infer(program, node.element, env)
    elif isinstance(node, t.Call):
        for arg in node.args:
            if arg.keyword is not None:
                yield (Const(arg.keyword, "str"),), core.infer(program, arg.value, env)
            else:
                yield from _copied(program, arg.value, env)


def _copied(
    program: Program, expr: t.Expr, env: Env
) -> Iterator[tuple[Values, Values] | Container]:
    """What a dict takes over: another one, or the pairs of an iterable."""
    for value in _inner(program, expr, env):
        if value.kind == "dict":
            yield value
        elif value.kind in (*_BY_POSITION, "set"):
            for pair in items_of(program, value):
                yield unpacked(program, pair, (0,)), unpacked(program, pair, (1,))
        else:
            yield elements(program, (value,), (0,)), elements(program, (value,), (1,))


def _inner(program: Program, expr: t.Expr, env: Env) -> Iterator[Container]:
    for value in core.infer(program, expr, env):
        if isinstance(value, Container):
            yield value


def length(program: Program, value: Container) -> int | None:
    """How many items a display has; None where that is not known."""
    if isinstance(value.node, t.Comprehension) or value.kind not in ("list", "tuple", "dict"):
        return None
    if value.kind == "dict":
        return len(entries_of(program, value)) or None
    count = len(items_of(program, value))
    return count if 0 < count <= _MAX_SPREAD else None


def elements(program: Program, values: Values, unpack: tuple[int, ...]) -> Values:
    """What iterating gives, then unpacked by tuple targets."""
    found: list[Values] = []
    for value in values:
        if isinstance(value, Container):
            found.append(_container_elements(program, value, unpack))
        elif isinstance(value, GeneratorOf):
            env = program.env(value.function.function, generator_frame(program, value))
            for item in value.function.function.yields:
                if item.value is not None and not item.delegates:
                    given = core.infer(program, item.value, env)
                    found.append(unpacked(program, given, unpack))
        elif isinstance(value, ClassRef):
            found.append(_members(program, value))
        elif isinstance(value, Instance):
            found.append(_iterated(program, value, unpack))
        else:
            found.append(ANYTHING)
    return core.union(found)


def _iterated(program: Program, value: Instance, unpack: tuple[int, ...]) -> Values:
    """What an object gives that says how it is iterated."""
    found: list[Values] = []
    for name, step in (("__iter__", "__next__"), ("__aiter__", "__anext__")):
        for ref in attributes.methods(program, value, name):
            for iterator in calls.call_result(program, ref):
                if isinstance(iterator, Instance):
                    found.append(unpacked(program, _answers(program, iterator, step), unpack))
                else:
                    found.append(elements(program, (iterator,), unpack))
    return core.union(found) or ANYTHING


def generator_frame(program: Program, value: GeneratorOf) -> CallContext:
    """The frame that iterating a generator runs: of its call, where the chain is short."""
    ref = value.function
    if value.call is None or value.env is None or (value.env.frame and value.env.frame.depth > 3):
        return program.frame(ref.function, bound=ref.bound, closure=ref.closure)
    return program.frame(
        ref.function, call=value.call, caller=value.env, bound=ref.bound, closure=ref.closure
    )


def _members(program: Program, value: ClassRef) -> Values:
    """Iterating an enum gives its members."""
    env = program.env(value.cls)
    return core.union(
        core.binding_values(program, binding, env)
        for bindings in value.cls.bindings.values()
        for binding in bindings
        if binding.kind == "assign"
    )


def _container_elements(program: Program, value: Container, unpack: tuple[int, ...]) -> Values:
    if value.kind == "items" and unpack:
        pairs = entries_of(program, Container("dict", value.node, value.env))
        return unpacked(program, core.union(pair[min(unpack[0], 1)] for pair in pairs), unpack[1:])
    if value.kind == "values":
        pairs = entries_of(program, Container("dict", value.node, value.env))
        return unpacked(program, core.union(pair[1] for pair in pairs), unpack)
    if value.kind in ("enumerate", "zip") and isinstance(value.node, t.Call) and unpack:
        if value.kind == "enumerate" and unpack[0] == 0:
            return ANYTHING
        position = 0 if value.kind == "enumerate" else unpack[0]
        if position >= len(value.node.args):
            return ANYTHING
        inner = core.infer(program, value.node.args[position].value, value.env)
        return elements(program, inner, unpack[1:])
    return unpacked(program, core.union(items_of(program, value)), unpack)


def unpacked(program: Program, values: Values, unpack: tuple[int, ...]) -> Values:
    """What a tuple target takes out of values, index by index."""
    for index in unpack:
        found: list[Values] = []
        for value in values:
            if isinstance(value, Container):
                given = list(items_of(program, value))
                found.append(given[index] if index < len(given) else ANYTHING)
            else:
                found.append(ANYTHING)
        values = core.union(found)
    return values


def entered(program: Program, values: Values, unpack: tuple[int, ...]) -> Values:
    """What `with value as target` binds."""
    found: list[Values] = []
    for value in values:
        if isinstance(value, GeneratorOf):
            found.append(elements(program, (value,), ()))
        elif isinstance(value, Instance):
            found.append(_entered_object(program, value))
        else:
            found.append((value,))
    return unpacked(program, core.union(found), unpack)


def _entered_object(program: Program, value: Instance) -> Values:
    for name in ("__enter__", "__aenter__"):
        method = attributes.find_method(program, value.cls, name)
        if method is not None:
            ref = FunctionRef(method, bound=value)
            return calls.returned_values(program, ref, program.frame(method, bound=value))
    return (value,)


# --- subscripts and dict methods -----------------------------------------------------------


def subscript(program: Program, node: t.Subscript, env: Env) -> Values:
    """`value[index]`."""
    receivers = core.infer(program, node.value, env)
    if isinstance(node.index, t.Slice):
        return receivers
    keys = core.infer(program, node.index, env)
    written = _written(program, receivers, keys, terminal_name(node.value))
    names = strings(keys)
    found: list[Values] = []
    for value in receivers:
        if isinstance(value, Container):
            found.append(_item(program, value, keys, written))
        elif isinstance(value, External) and value.name == "typing.Annotated":
            found.append((Container("annotated", node, env),))
        elif isinstance(value, (ClassRef, External)):
            found.append(_generic(program, value, keys))
        elif isinstance(value, ExternalObject) and program.types.method(value.type, "__getitem__"):
            found.append((value,))
        elif isinstance(value, Instance):
            found.append(_answers(program, value, "__getitem__"))
        elif isinstance(value, ModuleRef):
            found += [attributes.module_attribute(program, value.module, key) for key in names]
        else:
            found.append(ANYTHING)
    return core.union(found)


def _answers(program: Program, value: Instance, name: str) -> Values:
    """What a special method of an object gives."""
    return (
        core.union(
            calls.call_result(program, ref) for ref in attributes.methods(program, value, name)
        )
        or ANYTHING
    )


def _generic(program: Program, value: Value, keys: Values) -> Values:
    """`Generic[T]` is the class itself; `Enum["NAME"]` its member."""
    if isinstance(value, ClassRef):
        for key in keys:
            if (
                isinstance(key, Const)
                and isinstance(key.value, str)
                and key.value in value.cls.bindings
            ):
                return attributes.class_attribute(program, value.cls, key.value)
    return (value,)


def _item(
    program: Program, value: Container, keys: Values, written: Mapping[t.Node, list[Values]]
) -> Values:
    constants = _constants(keys)
    if value.kind in _BY_POSITION:
        given = list(items_of(program, value))
        wanted = [
            given[key]
            for key in constants
            if isinstance(key, int) and -len(given) <= key < len(given)
        ]
        return core.union(wanted or given) or ANYTHING
    exact = [entry_of(program, (value,), key) for key in constants if isinstance(key, str)]
    added = core.union(written[value.node])
    if any(exact):
        return core.union((*exact, added))
    pairs = list(entries_of(program, value))
    if constants and len(constants) == len(keys) and not added:
        pairs = [pair for pair in pairs if not pair[0] or not all(map(_is_literal, pair[0]))]
    return core.union((*(pair[1] for pair in pairs), added)) or ANYTHING


def _constants(keys: Values) -> set[object]:
    return {key.value for key in keys if isinstance(key, Const)}


def _is_literal(value: Value) -> bool:
    return isinstance(value, Const)


def entry_of(program: Program, values: Values, key: str) -> Values:
    """The value under a literal key of dicts."""
    return core.union(
        item
        for value in values
        if isinstance(value, Container)
        for names, item in entries_of(program, value)
        if any(isinstance(name, Const) and name.value == key for name in names)
    )


def keyword_of(program: Program, spread: t.Expr, env: Env, keyword: str) -> Values:
    """What `**spread` gives a keyword: what its dicts name, or what is written to them."""
    values = core.infer(program, spread, env)
    keys = (Const(keyword, "str"),)
    written = _written(program, values, keys, terminal_name(spread)).values()
    later = (each for group in written for each in group)
    return core.union((entry_of(program, values, keyword), *later))


def _written(
    program: Program, receivers: Iterable[Value], keys: Values, name: str | None
) -> Mapping[t.Node, list[Values]]:
    """What `name[key] = x` puts into some containers elsewhere, by the place of each."""
    found: dict[t.Node, list[Values]] = {
        value.node: []
        for value in receivers
        if isinstance(value, Container) and value.kind not in _BY_POSITION
    }
    if not found or name is None or not program.item_writes(name):
        return found
    writes = core.kept(program, program.memo.writes, name, lambda: _writes_by_place(program, name))
    constants = _constants(keys)
    for place in found:
        for key, value, env in writes.get(place, ()):
            exact = _constants(core.infer(program, key, env))
            if not exact or not constants or exact & constants:
                found[place].append(core.infer(program, value, env))
    return found


def _writes_by_place(program: Program, name: str) -> dict[t.Node, list[ContainerWrite]]:
    """The writes `name[key] = x`, by the place of the container."""
    found: dict[t.Node, list[ContainerWrite]] = {}
    for write, scope in program.item_writes(name):
        env = program.env(scope)
        owners = core.infer(program, write.container, env)
        places = dict.fromkeys(owner.node for owner in owners if isinstance(owner, Container))
        for place in places:
            found.setdefault(place, []).append((write.key, write.value, env))
    return found


def method(program: Program, node: t.Call, env: Env) -> Values | None:
    """A reading method of a dict or list display; None where the receiver is something else."""
    func = node.func
    assert isinstance(func, t.Attribute)
    row = program.types.containers.named(func.attr)
    if not row.gives or row.of <= _NOT_DISPLAYED:
        return None
    receivers = [
        value for value in core.infer(program, func.value, env) if isinstance(value, Container)
    ]
    if not receivers:
        return None
    is_item = row.reads_key
    dicts = [value for value in receivers if is_item and value.kind == "dict"]
    keys = core.infer(program, node.args[0].value, env) if dicts and node.args else ()
    written = _written(program, dicts, keys, terminal_name(func.value))
    found: list[Values] = []
    for value in receivers:
        if is_item and value.kind == "dict":
            found.append(_item(program, value, keys, written))
            found.extend(core.infer(program, arg.value, env) for arg in node.args[1:2])
        elif row.gives in _VIEWS and value.kind == "dict":
            kind = "dict" if row.gives == "keys" else row.gives
            found.append((Container(kind, value.node, value.env),))
        elif row.gives == "whole":
            found.append((value,))
        else:
            found.append(ANYTHING)
    return core.union(found)


def sequence(program: Program, values: Values) -> list[Values] | None:
    """The items of a value that is one known list or tuple; None where it is not."""
    known = [value for value in values if isinstance(value, Container)]
    if len(known) != 1 or len(values) != 1 or known[0].kind not in ("list", "tuple", "sum", "set"):
        return None
    return list(items_of(program, known[0]))
