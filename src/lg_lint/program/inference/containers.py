"""Displays and what is taken out of them: items, entries, unpacking, iteration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lg_lint.facts import tree as t
from lg_lint.program.inference import attributes, calls, classes, core, externals, writes
from lg_lint.program.inference.call_strings import caller_env
from lg_lint.program.scopes import Unpack
from lg_lint.program.store import Program
from lg_lint.program.values import (
    ANYTHING,
    NONE,
    CallContext,
    ClassRef,
    Const,
    Container,
    Env,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    Values,
)

BY_POSITION = ("list", "tuple", "sum")
_LISTED = {
    "pathlib.Path.glob()": "pathlib.Path",
    "pathlib.Path.rglob()": "pathlib.Path",
    "pathlib.Path.iterdir()": "pathlib.Path",
    "glob.glob": "builtins.str",
    "glob.iglob": "builtins.str",
    "os.listdir": "builtins.str",
    "os.walk": "builtins.str",
}
"""What lists paths, with the class of one of them."""

_MAX_SPREAD = 1_000
_MAX_VISITS = 1_000


def items_of(program: Program, value: Container) -> Sequence[Values]:
    """The items that a sequence's display gives, one by one; keys for a dict.

    A display that is spread into itself adds nothing by that. Anything stands for the rest where
    spreads give very many.
    """
    table = program.memo.items
    found = table.get(value)
    return (
        found if found is not None else program.memo.ask(table, value, (), _items, program, value)
    )


def _items(program: Program, value: Container) -> Sequence[Values]:
    node, env = value.node, value.env
    found: list[Values] = []
    if isinstance(node, t.Sequence):
        for item in node.items:
            if isinstance(item, t.Starred):
                _spread(program, found, item.value, env)
            else:
                found.append(core.infer(program, item, env))
    elif isinstance(node, t.Comprehension):
        element = node.key if node.key is not None else node.element
        found.append(core.infer(program, element, env))
    elif isinstance(node, t.Call) and value.kind in ("list", "set"):
        for arg in node.args[:1]:
            _spread(program, found, arg.value, env)
    elif isinstance(node, t.Dict) or value.kind == "dict":
        return [key for key, _ in entries_of(program, value)]
    elif isinstance(node, t.BinOp):
        _spread(program, found, node.left, env)
        _spread(program, found, node.right, env)
    elif isinstance(node, t.Subscript):
        _spread(program, found, node.value, env)
        found = _sliced(program, found, node, env)
    for addition, place in writes.additions(program, value):
        if addition.is_all:
            _spread(program, found, addition.value, place)
        else:
            found.append(core.infer(program, addition.value, place))
    return found


def _spread(program: Program, found: list[Values], expr: t.Expr, env: Env) -> None:
    """Add the items of what an expression may be, up to a number of them."""
    for inner in core.infer(program, expr, env):
        if isinstance(inner, Container):
            added = items_of(program, inner)
            left = max(0, _MAX_SPREAD - len(found))
            found += added[:left]
            if len(added) > left and found[-1:] != [ANYTHING]:
                found.append(ANYTHING)
        elif isinstance(inner, GeneratorOf):
            found.append(elements(program, (inner,), ()))


def _sliced(program: Program, items: list[Values], node: t.Subscript, env: Env) -> list[Values]:
    """The items that `[lower:upper]` leaves; all of them where that is not known."""
    assert isinstance(node.index, t.Slice)
    bounds: list[int | None] = []
    for bound in (node.index.lower, node.index.upper, node.index.step):
        given = core.infer(program, bound, env) if bound is not None else (NONE,)
        number = given[0].value if len(given) == 1 and isinstance(given[0], Const) else ""
        if number is not None and type(number) is not int:
            return items
        bounds.append(number)
    return items if bounds[2] == 0 else items[slice(*bounds)]


def is_open(program: Program, values: Values) -> bool:
    """Whether containers may hold another number of items than is known."""
    queue = list(values)
    for value in queue:
        if not isinstance(value, Container) or isinstance(value.node, (t.Comprehension, t.Call)):
            return True
        if len(queue) > _MAX_VISITS or writes.additions(program, value):
            return True
        for part in _spread_parts(value.node):
            inner = core.infer(program, part, value.env)
            if len(inner) != 1 or inner[0] in queue:
                return True
            queue += inner
    return False


def _spread_parts(node: t.Node) -> list[t.Expr]:
    if isinstance(node, t.Sequence):
        return [item.value for item in node.items if isinstance(item, t.Starred)]
    if isinstance(node, t.BinOp):
        return [node.left, node.right]
    return [node.value] if isinstance(node, t.Subscript) else []


def entries_of(program: Program, value: Container) -> Sequence[tuple[Values, Values]]:
    """The keys and values of a dict, spreads followed; each dict that it holds is told once."""
    table = program.memo.entries
    found = table.get(value)
    return (
        found if found is not None else program.memo.ask(table, value, (), _entries, program, value)
    )


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
    """The entries that a dict's display names, the containers that it spreads, what is added."""
    yield from _displayed(program, value)
    for addition, env in writes.additions(program, value):
        if addition.key is not None:
            key = core.infer(program, addition.key, env)
            yield key, core.infer(program, addition.value, env)
        elif addition.is_all:
            yield from _copied(program, addition.value, env)


def _displayed(program: Program, value: Container) -> Iterator[tuple[Values, Values] | Container]:
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
        elif value.kind in (*BY_POSITION, "set"):
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
    if value.kind not in ("list", "tuple", "dict") or is_open(program, (value,)):
        return None
    if value.kind == "dict":
        return len(entries_of(program, value)) or None
    count = len(items_of(program, value))
    return count if 0 < count <= _MAX_SPREAD else None


def elements(program: Program, values: Values, unpack: Unpack) -> Values:
    """What iterating gives, then unpacked by tuple targets."""
    found: list[Values] = []
    for value in values:
        if isinstance(value, Container):
            found.append(_container_elements(program, value, unpack))
        elif isinstance(value, GeneratorOf):
            env = program.env(value.function.function, generator_frame(program, value))
            key = ("yielded", env, unpack)
            found.append(core.memoized(program, key, _yielded, program, value, env, unpack))
        elif isinstance(value, ClassRef):
            found.append(_members(program, value))
        elif isinstance(value, Instance):
            found.append(_iterated(program, value, unpack))
        elif isinstance(value, ExternalObject) and value.type in _LISTED:
            found.append(_listed(value, unpack))
        else:
            found.append(ANYTHING)
    return core.union(found)


def _yielded(program: Program, value: GeneratorOf, env: Env, unpack: Unpack) -> Values:
    """What a generator yields; one that delegates to itself gives nothing more by that."""
    found: list[Values] = []
    for item in value.function.function.yields:
        if item.value is not None:
            given = core.infer(program, item.value, env)
            taken = elements if item.delegates else unpacked
            found.append(taken(program, given, unpack))
    return core.union(found)


def _listed(value: ExternalObject, unpack: Unpack) -> Values:
    """A path of those that a folder is said to hold."""
    if unpack != ((0,) if value.type == "os.walk" else ()):
        return ANYTHING
    return (ExternalObject(_LISTED[value.type], value.site, value.env, value.base),)


def _iterated(program: Program, value: Instance, unpack: Unpack) -> Values:
    """What an object gives that says how it is iterated."""
    found: list[Values] = []
    for name, step in (("__iter__", "__next__"), ("__aiter__", "__anext__")):
        for ref in attributes.methods(program, value, name):
            for iterator in calls.call_result(program, ref):
                if isinstance(iterator, Instance):
                    found.append(unpacked(program, answers(program, iterator, step), unpack))
                else:
                    found.append(elements(program, (iterator,), unpack))
    return core.union(found) or unpacked(program, answers(program, value, "__getitem__"), unpack)


def answers(program: Program, value: Instance, name: str) -> Values:
    """What a special method of an object gives."""
    return (
        core.union(
            calls.call_result(program, ref) for ref in attributes.methods(program, value, name)
        )
        or ANYTHING
    )


def generator_frame(program: Program, value: GeneratorOf) -> CallContext:
    """The frame that iterating a generator runs: of its call, where that is known."""
    ref = value.function
    if value.call is None or value.env is None:
        return program.frame(ref.function, bound=ref.bound, closure=ref.closure)
    caller = caller_env(program, ref.function, value.env)
    return program.frame(
        ref.function, call=value.call, caller=caller, bound=ref.bound, closure=ref.closure
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


def _container_elements(program: Program, value: Container, unpack: Unpack) -> Values:
    if value.kind == "items" and unpack:
        pairs = entries_of(program, Container("dict", value.node, value.env))
        part = 0 if unpack[0] in (0, -2) else 1
        return unpacked(program, core.union(pair[part] for pair in pairs), unpack[1:])
    if value.kind == "values":
        pairs = entries_of(program, Container("dict", value.node, value.env))
        return unpacked(program, core.union(pair[1] for pair in pairs), unpack)
    if value.kind in ("enumerate", "zip") and isinstance(value.node, t.Call) and unpack:
        if value.kind == "enumerate" and unpack[0] == 0:
            return ANYTHING
        position = 0 if value.kind == "enumerate" else unpack[0]
        if not isinstance(position, int) or not 0 <= position < len(value.node.args):
            return ANYTHING
        inner = core.infer(program, value.node.args[position].value, value.env)
        return elements(program, inner, unpack[1:])
    return unpacked(program, core.union(items_of(program, value)), unpack)


def unpacked(program: Program, values: Values, unpack: Unpack) -> Values:
    """What a tuple target takes out of values, index by index."""
    for step in unpack:
        found: list[Values] = []
        for value in values:
            if isinstance(value, Container):
                found.append(_at(program, value, step))
            elif isinstance(value, ExternalObject):
                found.append(externals.item(program, value))
            else:
                found.append(ANYTHING)
        values = core.union(found)
    return values


def _at(program: Program, value: Container, step: int | tuple[int, int]) -> Values:
    """The item at a place, or what a star takes between two."""
    given = list(items_of(program, value))
    if isinstance(step, tuple):
        return _between(program, value, *step)
    if value.kind == "set" or isinstance(value.node, t.Comprehension):
        return core.union(given) or ANYTHING
    return given[step] if -len(given) <= step < len(given) else ANYTHING


def _between(program: Program, value: Container, before: int, behind: int) -> Values:
    node = value.node
    if value.kind not in BY_POSITION or not isinstance(node, _DISPLAYS):
        return ANYTHING
    key = ("between", id(node), before, behind)
    if key not in program.made:
        upper = t.UnaryOp(node.at, "-", t.Constant(node.at, behind)) if behind else None
        bounds = t.Slice(node.at, t.Constant(node.at, before), upper, None)
        program.made[key] = t.Subscript(node.at, node, bounds)
    return (Container("list", program.made[key], value.env),)


_DISPLAYS = (t.Sequence, t.Comprehension, t.BinOp, t.Subscript)


def entered(program: Program, values: Values, unpack: Unpack) -> Values:
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
        method = classes.find_method(program, value.cls, name)
        if method is not None:
            ref = FunctionRef(method, bound=value)
            return calls.returned_values(program, ref, program.frame(method, bound=value))
    return (value,)


def entry_of(program: Program, values: Values, key: object) -> Values:
    """The value under a literal key of dicts."""
    return core.union(
        item
        for value in values
        if isinstance(value, Container)
        for names, item in entries_of(program, value)
        if any(isinstance(name, Const) and name.value == key for name in names)
    )


def holding(program: Program, node: t.Node, env: Env, values: Values) -> Container:
    """A list of values that no code displays, made at a place."""
    names = tuple((f" {at}", (value,)) for at, value in enumerate(values))
    key = ("holding", id(node), len(names))
    if key not in program.made:
        items = tuple(t.Name(node.at, name) for name, _ in names)
        program.made[key] = t.Sequence(node.at, "list", items)
    inner = program.env(env.scope, env.frame, (*env.names, *names))
    return Container("list", program.made[key], inner)


def keyword_of(program: Program, spread: t.Expr, env: Env, keyword: str) -> Values:
    """What `**spread` gives a keyword."""
    return entry_of(program, core.infer(program, spread, env), keyword)


def sequence(program: Program, values: Values) -> list[Values] | None:
    """The items of a value that is one known list or tuple; None where it is not."""
    known = [value for value in values if isinstance(value, Container)]
    if len(known) != 1 or len(values) != 1 or known[0].kind not in ("list", "tuple", "sum", "set"):
        return None
    return list(items_of(program, known[0]))
