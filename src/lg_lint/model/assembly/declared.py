"""Names from the settings, found in the program: re-exports followed, the project's own marked."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from lg_lint.knowledge import named
from lg_lint.model.langgraph.callables import is_graph
from lg_lint.model.retries.retry_helpers import Retriers
from lg_lint.program import inference
from lg_lint.program.additions import Additions
from lg_lint.program.scopes import Module
from lg_lint.program.store import Program
from lg_lint.program.values import ClassRef, External, FunctionRef, ModuleRef, Value, Values

_GRAPH = named("compiled_builder")


def declare(program: Program, given: Additions) -> list[tuple[str, str]]:
    """Have the program know what the settings say. To be done before anything is asked of it.

    Returns the names that lead to a file of the project which has nothing of that name, each with
    the file.
    """
    if given == Additions():
        return []
    lost = list(_lost(program, given))
    made = replace(
        given,
        blocking_calls=tuple(_blocking(program, given.blocking_calls)),
        graph_factories=tuple(_names(program, given.graph_factories)),
        graph_types=tuple(_names(program, given.graph_types)),
        offloaders=tuple(_names(program, given.offloaders)),
        retry_decorators=tuple(_names(program, given.retry_decorators)),
        reducers=tuple(_names(program, given.reducers)),
        savers={
            known: calls
            for name, calls in given.savers.items()
            for known in _names(program, [name])
        },
    )
    program.additions = made
    program.forget()
    types = program.types
    program.types = replace(
        types,
        returns={**types.returns, **dict.fromkeys(made.graph_factories, _GRAPH)},
        parents={**types.parents, **dict.fromkeys(made.graph_types, _GRAPH)},
        offloaders={**types.offloaders, **dict.fromkeys(made.offloaders, 0)},
    )
    return lost


def _names(program: Program, names: Iterable[str]) -> list[str]:
    """The canonical names; functions and classes of the project are marked to go by theirs."""
    found = []
    for name in names:
        for value in resolve(program, name):
            if isinstance(value, External):
                found.append(value.name)
            elif not _is_understood(program, value):
                node = _node(value)
                if node is not None:
                    program.declared[id(node)] = name
                    found.append(name)
    return found


def _blocking(program: Program, names: Iterable[str]) -> list[str]:
    """Blocking functions of the project stay what they are, by all the names that they have."""
    found = list(names)
    for name in names:
        for value in resolve(program, name):
            if isinstance(value, External):
                found.append(value.name)
            elif isinstance(value, FunctionRef):
                path = os.path.relpath(value.function.module.path, program.finder.root)
                parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
                found.append(".".join([*parts, value.function.qualname]))
    return list(dict.fromkeys(found))


def _node(value: Value) -> object | None:
    if isinstance(value, FunctionRef):
        return value.function.node
    return value.cls.node if isinstance(value, ClassRef) else None


def _is_understood(program: Program, value: Value) -> bool:
    """Whether a function's own body says the same, and more."""
    if not isinstance(value, FunctionRef):
        return False
    made = inference.returned_values(program, value, None)
    return any(is_graph(program, item) for item in made) or (
        Retriers(program).retrier(value) is not None
    )


def resolve(program: Program, name: str) -> Values:
    """What a dotted name means, seen from the project's root: an outside name where it has none."""
    module, parts = _module(program, name)
    if module is None:
        return (External(program.types.canonical(name)),)
    values: Values = (ModuleRef(module),)
    for part in parts:
        values = inference.union(
            inference.attribute_values(program, value, part) for value in values
        )
    return tuple(value for value in values if inference.known(value))


def _module(program: Program, name: str) -> tuple[Module | None, list[str]]:
    """The file of the project in which a dotted name starts, and the rest of the name."""
    parts = name.split(".")
    importer = os.path.join(program.finder.root, "__init__.py")
    for end in range(len(parts) - 1, 0, -1):
        path = program.finder.absolute(".".join(parts[:end]), importer)
        if path in program.finder.files:
            return program.module(path), parts[end:]
    return None, []


def _lost(program: Program, given: Additions) -> Iterator[tuple[str, str]]:
    for field in given.__struct_fields__:
        for name in getattr(given, field):
            module, parts = _module(program, name)
            if module is None or {"*", "__getattr__"} & module.bindings.keys():
                continue
            if not resolve(program, name) and parts[0] not in module.bindings:
                yield name, module.path
