"""What is taken out of a container under a key, or at an index."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.aliases import name_in
from lg_lint.program.inference import attributes, core, externals, imports, writes
from lg_lint.program.inference.containers import (
    BY_POSITION,
    answers,
    elements,
    entries_of,
    items_of,
)
from lg_lint.program.store import Program
from lg_lint.program.values import (
    ANYTHING,
    FIELDS,
    ClassRef,
    Const,
    Container,
    Env,
    External,
    ExternalObject,
    GeneratorOf,
    Instance,
    ModuleRef,
    Value,
    Values,
    strings,
)

_VIEWS = ("items", "values", "keys")
_HELD = ("list", "set")
_NOT_DISPLAYED = {"str", "model"}


def subscript(program: Program, node: t.Subscript, env: Env) -> Values:
    """`value[index]`."""
    receivers = core.infer(program, node.value, env)
    if isinstance(node.index, t.Slice):
        return tuple(_slice(value, node, env) for value in receivers)
    keys = core.infer(program, node.index, env)
    names = strings(keys)
    found: list[Values] = []
    for value in receivers:
        if isinstance(value, Container):
            found.append(_item(program, value, keys, name_in(env.scope, node.value)))
        elif isinstance(value, External) and value.name == "typing.Annotated":
            found.append((Container("annotated", node, env),))
        elif isinstance(value, External) and value.name == "sys.modules":
            found.append(_module(program, node.index, names, env))
        elif isinstance(value, (ClassRef, External)):
            found.append(_generic(program, value, keys))
        elif isinstance(value, ExternalObject) and value.type == FIELDS and value.base is not None:
            found += [
                attributes.attribute_values(program, value.base, key, env.scope.module)
                for key in names
            ]
        elif isinstance(value, ExternalObject):
            found.append(externals.item(program, value))
        elif isinstance(value, Instance):
            found.append(answers(program, value, "__getitem__"))
        elif isinstance(value, GeneratorOf):
            found.append(elements(program, (value,), ()))
        elif isinstance(value, ModuleRef):
            found += [attributes.module_attribute(program, value.module, key) for key in names]
        else:
            found.append(ANYTHING)
    return core.union(found)


def _module(program: Program, index: t.Expr, names: list[str], env: Env) -> Values:
    """`sys.modules[name]`: the module around it, or the one of this name."""
    if isinstance(index, t.Name) and index.id == "__name__":
        return (ModuleRef(env.scope.module),)
    return core.union(imports.absolute(program, name, env.scope.module) for name in names)


def _slice(value: Value, node: t.Subscript, env: Env) -> Value:
    is_part = isinstance(value, Container) and value.kind in BY_POSITION
    return Container("list", node, env) if is_part else value


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


def _item(program: Program, value: Container, keys: Values, name: str | None) -> Values:
    """What a container that goes by a name has under keys."""
    constants = _constants(keys)
    if value.kind in BY_POSITION:
        given = list(items_of(program, value))
        if isinstance(value.node, t.Comprehension):
            return core.union(given) or ANYTHING
        wanted = [
            given[key]
            for key in constants
            if isinstance(key, int) and -len(given) <= key < len(given)
        ]
        wanted += _stored(program, value, constants, name)
        return core.union(wanted or given) or ANYTHING
    pairs = [*entries_of(program, value), *_spoken_of(program, value, name)]
    is_told = bool(constants) and len(constants) == len(keys)
    exact = [item for names, item in pairs if constants & _constants(names)]
    is_open = [item for names, item in pairs if not names or not all(map(_is_literal, names))]
    if any(exact):
        return core.union((*exact, *(is_open if _is_grown(program, value, name) else ())))
    return core.union(is_open if is_told else [item for _, item in pairs]) or ANYTHING


def _is_grown(program: Program, value: Container, name: str | None) -> bool:
    return bool(writes.additions(program, value, name))


def _spoken_of(program: Program, value: Container, name: str | None) -> list[tuple[Values, Values]]:
    """What is added under the name that stands here, where the display has another one."""
    own = {id(addition) for addition, _ in writes.additions(program, value)}
    return [
        (core.infer(program, addition.key, env), core.infer(program, addition.value, env))
        for addition, env in writes.additions(program, value, name)
        if addition.key is not None and id(addition) not in own
    ]


def _stored(
    program: Program, value: Container, constants: set[object], name: str | None
) -> list[Values]:
    """What is assigned to the items at some places of a list."""
    found = []
    for addition, env in writes.additions(program, value, name):
        if addition.key is not None:
            at = _constants(core.infer(program, addition.key, env))
            if not at or not constants or at & constants:
                found.append(core.infer(program, addition.value, env))
    return found


def _constants(keys: Values) -> set[object]:
    return {key.value for key in keys if isinstance(key, Const)}


def _is_literal(value: Value) -> bool:
    return isinstance(value, Const)


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
    found: list[Values] = []
    for value in receivers:
        if is_item and value.kind == "dict":
            found.append(_item(program, value, keys, name_in(env.scope, func.value)))
            found.extend(core.infer(program, arg.value, env) for arg in node.args[1:2])
        elif row.gives in _VIEWS and value.kind == "dict":
            kind = "dict" if row.gives == "keys" else row.gives
            found.append((Container(kind, value.node, value.env),))
        elif row.gives == "item" and value.kind in _HELD:
            found.append(core.union(items_of(program, value)) or ANYTHING)
        elif row.gives == "whole":
            found.append((value,))
        else:
            found.append(ANYTHING)
    return core.union(found)
