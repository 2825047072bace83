"""What an import binds: a module of the project, a name in it, or something outside."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.inference import attributes, core
from lg_lint.program.scopes import Binding, Module
from lg_lint.program.store import Program
from lg_lint.program.values import ANYTHING, External, ModuleRef, Values


def imported(program: Program, binding: Binding, module: Module) -> Values:
    """The values that an import statement gives a name."""
    node = binding.node
    if isinstance(node, t.Alias):
        dotted = node.name if node.asname else node.name.partition(".")[0]
        return absolute(program, dotted, module)
    if isinstance(node, t.ImportFrom):
        for alias in node.names:
            if (alias.asname or alias.name) == binding.name:
                return from_import(program, node, alias.name, module)
    return ANYTHING


def absolute(program: Program, dotted: str, module: Module) -> Values:
    """`import dotted`, or `importlib.import_module("dotted")`."""
    path = program.finder.absolute(dotted, module.path)
    if path is None:
        return (External(program.types.canonical(dotted)),)
    return _at(program, path, dotted)


def _at(program: Program, path: str, dotted: str) -> Values:
    if path not in program.finder.files:
        return (External(f"{_FOLDER}{path}"),)
    found = program.module(path)
    return (ModuleRef(found),) if found is not None else ANYTHING


_FOLDER = "folder:"


def from_import(program: Program, node: t.ImportFrom, name: str, module: Module) -> Values:
    """The value of `name` in `from node.module import name`."""
    if node.level:
        path = program.finder.relative(node.module, node.level, module.path)
    else:
        path = program.finder.absolute(node.module, module.path)
        if path is None:
            return (External(program.types.canonical(f"{node.module}.{name}")),)
    if path is None:
        return ANYTHING
    if path == module.path:  # a package: what it takes from itself is a module below it
        below = program.finder.submodule(path.rpartition("/")[0], name)
        if below is not None:
            return _at(program, below, name)
    return member(program, path, name)


def member(program: Program, path: str, name: str) -> Values:
    """A name of the module in a file, or a submodule of the package in a folder."""
    if path in program.finder.files:
        module = program.module(path)
        if module is None:
            return ANYTHING
        return attributes.module_attribute(program, module, name)
    below = program.finder.submodule(path, name)
    return _at(program, below, name) if below is not None else ANYTHING


def folder_attribute(program: Program, value: External, name: str) -> Values | None:
    """`package.name` where the package is a folder without `__init__`; None for other values."""
    if not value.name.startswith(_FOLDER):
        return None
    return member(program, value.name.removeprefix(_FOLDER), name)


def from_star(program: Program, module: Module, name: str) -> Values:
    """The value that a `from x import *` of the module gives a name; empty where none does."""
    if "*" not in module.bindings:
        return ()
    return core.memoized(program, ("stars", module, name), _from_star, program, module, name)


def _from_star(program: Program, module: Module, name: str) -> Values:
    for binding in module.bindings.get("*", ()):
        node = binding.node
        if not isinstance(node, t.ImportFrom):
            continue
        if node.level:
            path = program.finder.relative(node.module, node.level, module.path)
        else:
            path = program.finder.absolute(node.module, module.path)
        if path is None and program.types.knows(f"{node.module}.{name}"):
            return (External(program.types.canonical(f"{node.module}.{name}")),)
        source = program.module(path) if path is not None and path in program.finder.files else None
        if source is None or source is module:
            continue
        found = core.memoized(
            program,
            ("star", source, name),
            lambda source=source: attributes.own_name(program, source, name) or (),
        )
        if found:
            return found
    return ()
