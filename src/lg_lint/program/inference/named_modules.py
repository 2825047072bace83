"""Modules and their members that code asks for by a text: importlib, pkgutil, inspect, runpy."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from lg_lint.facts import tree as t
from lg_lint.program.inference import attributes, classes, core, imports
from lg_lint.program.inference.texts import (
    WILD,
    files_named,
    listed,
    module_name,
    package_name,
    texts,
)
from lg_lint.program.scopes import CallSite, Module
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    ClassRef,
    Const,
    Container,
    Env,
    External,
    ExternalObject,
    FunctionRef,
    Instance,
    ModuleRef,
    Value,
    Values,
)

_NOWHERE = (0, 0, 0, 0)
_OWNER = "<owner>"
_MODULE_INFO = "ModuleInfo"
_MOST = 200
_LOOKING = {"dir", "getmembers", "getmembers_static", "iter_modules", "vars", "walk_packages"}
"""Last names of what loads nothing."""


# --- by a dotted name ----------------------------------------------------------------------


def import_module(program: Program, node: t.Call, env: Env) -> Values:
    """`importlib.import_module(name)`: each module that the name may mean."""
    expr = node.argument("name", 0)
    if expr is None:
        return ANYTHING
    module = env.scope.module
    package = node.argument("package", 1)
    packages = texts(program, package, env) if package is not None else []
    if not packages or WILD in packages[0]:
        packages = [package_name(program, module)]
    found: list[Values] = []
    for text in texts(program, expr, env):
        for name in _absolute(text, packages):
            found.append(_modules(program, name, module))
    return core.union(found) or ANYTHING


def _absolute(text: str, packages: Sequence[str]) -> list[str]:
    """What a name with leading dots means in some packages."""
    name = text.lstrip(".")
    level = len(text) - len(name)
    if not level:
        return [text]
    return [
        ".".join([*package.split(".")[: len(package.split(".")) - level + 1], name])
        for package in packages
    ]


def _modules(program: Program, name: str, module: Module) -> Values:
    if WILD not in name:
        found = imports.absolute(program, name, module)
        _note(
            program, module, (value.module.path for value in found if isinstance(value, ModuleRef))
        )
        return found
    return _loaded(program, module, modules_like(program, name, module))


def _loaded(program: Program, module: Module, paths: Iterable[str]) -> Values:
    found = [made for path in paths if (made := program.module(path)) is not None]
    _note(program, module, (made.path for made in found))
    return tuple(map(ModuleRef, found))


def _note(program: Program, module: Module, paths: Iterable[str]) -> None:
    """Have the program know that a module loads files."""
    program.loads.setdefault(module.path, set()).update(paths)


def load_named(program: Program, *, plain: bool) -> None:
    """Ask of each call that loads modules by a text which it may load.

    Where `plain`, only of those that say so where they stand, which needs little else.
    """
    names = {name.rpartition(".")[2] for name in (*FUNCTIONS, *program.types.loaders)} - _LOOKING
    if program.calls_spoken("entry_points"):
        names.add("load")
    for name in sorted(names):
        for spoken in program.names_of(name):
            for site in list(program.calls_spoken(spoken)):
                if not site.scope.module.is_test and (not plain or _is_plain(site)):
                    core.infer(program, site.node, program.env(site.scope))


def _is_plain(site: CallSite) -> bool:
    """Whether a call is of an imported name, with constants alone."""
    root = site.node.func
    while isinstance(root, t.Attribute):
        root = root.value
    named = site.scope.module.bindings.get(root.id, ()) if isinstance(root, t.Name) else ()
    return (
        len(named) > 0
        and all(binding.kind == "import" for binding in named)
        and all(isinstance(arg.value, t.Constant) for arg in site.node.args)
    )


def modules_like(program: Program, name: str, module: Module) -> list[str]:
    """The files of the modules whose dotted name a text that is known in part may be."""
    if not re.search(r"\w", name.replace(WILD, "")):
        return []
    parts = name.split(".")
    fixed = next(place for place, part in enumerate(parts) if WILD in part)
    folder = program.finder.root
    if fixed:
        base = program.finder.absolute(".".join(parts[:fixed]), module.path)
        if base is None:
            return []
        folder = os.path.dirname(base) if base in program.finder.files else base
    rest = ".".join(parts[fixed:])
    start = "" if fixed else r"(?:.*\.)?"
    wanted = re.compile(start + re.escape(rest).replace(re.escape(WILD), r"[^.]+"))
    return [
        path
        for path, dotted in _below(program, folder, deep=True)
        if wanted.fullmatch(dotted) and path != module.path
    ][:_MOST]


def _below(program: Program, folder: str, *, deep: bool) -> Iterator[tuple[str, str]]:
    """The modules below a folder, with their dotted names from there."""
    for path in sorted(program.finder.files):
        if path.startswith(folder + os.sep):
            parts = path[len(folder) + 1 :].rpartition(".")[0].split(os.sep)
            if parts[-1] == "__init__":
                parts.pop()
            if parts and (deep or len(parts) == 1):
                yield path, ".".join(parts)


def member_named(program: Program, node: t.Call, env: Env) -> Values:
    """`import_string("package.module.Name")` and its like."""
    if not node.args or node.args[0].star:
        return ANYTHING
    module = env.scope.module
    found = [
        named_member(program, text, module) for text in texts(program, node.args[0].value, env)
    ]
    return core.union(found) or ANYTHING


def named_member(program: Program, text: str, module: Module) -> Values:
    """What `package.module.name` or `package.module:name` means in a module."""
    path, colon, name = text.partition(":")
    if not colon:
        path, _, name = text.rpartition(".")
        if WILD not in text and program.finder.absolute(text, module.path) in program.finder.files:
            return imports.absolute(program, text, module)
    if WILD in name or not path:
        return ANYTHING
    return core.union(
        attributes.attribute_values(program, value, name, module)
        for value in _modules(program, path, module)
    )


# --- by a path -----------------------------------------------------------------------------


def module_of_spec(program: Program, node: t.Call, env: Env) -> Values:
    """`module_from_spec(spec)`: the modules of the files that the spec may name."""
    specs = core.infer(program, node.args[0].value, env) if node.args else ()
    found = [
        module_of_file(program, value.site, value.env, 1)
        for value in specs
        if isinstance(value, ExternalObject)
        and isinstance(value.site, t.Call)
        and value.env is not None
    ]
    return core.union(found) or ANYTHING


def file_run(program: Program, node: t.Call, env: Env) -> Values:
    """`runpy.run_path(path)`: the names of a module as a dict, which is what its module is."""
    return module_of_file(program, node, env, 0)


def module_of_file(program: Program, node: t.Call, env: Env, position: int) -> Values:
    """The modules of the files that an argument may name."""
    expr = None
    for keyword in ("location", "path", "path_name"):
        expr = expr or node.argument(keyword, position)
    if expr is None:
        return ANYTHING
    module, finder = env.scope.module, program.finder
    paths = dict.fromkeys(
        path
        for text in texts(program, expr, env)
        for path in files_named(finder.files, text, module, finder.root)
        if path != module.path
    )
    return _loaded(program, module, list(paths)[:_MOST]) or ANYTHING


# --- what a package holds ------------------------------------------------------------------


def modules_below(program: Program, node: t.Call, env: Env) -> Values:
    """`pkgutil.iter_modules(paths, prefix)` and `walk_packages`: what they tell of each module."""
    expr = node.argument("path", 0)
    if expr is None:
        return ANYTHING
    prefix_expr = node.argument("prefix", 1)
    prefix = texts(program, prefix_expr, env)[0] if prefix_expr is not None else ""
    deep = terminal_name(node.func) == "walk_packages"
    files = program.finder.files
    items: list[t.Expr] = []
    for folder in _folders(program, expr, env):
        for path, name in _below(program, folder, deep=deep):
            is_package = path.endswith(f"{os.sep}__init__.py")
            parts: list[t.Expr] = [
                t.Name(_NOWHERE, "__loader__"),
                t.Constant(_NOWHERE, prefix + name),
                t.Constant(_NOWHERE, is_package),
            ]
            if path in files and WILD not in prefix:
                items.append(t.Sequence(_NOWHERE, _MODULE_INFO, tuple(parts)))
    return _made(program, ("modules below", node, env), "list", items[:_MOST], env)


def _folders(program: Program, expr: t.Expr, env: Env) -> list[str]:
    """The folders that a list of paths names, such as `package.__path__`."""
    found: dict[str, None] = {}
    for value in core.infer(program, expr, env):
        items = containers_items(program, value)
        for item in items:
            if isinstance(item, Const) and isinstance(item.value, str):
                found[item.value] = None
    if not found and isinstance(expr, t.Sequence):
        for part in expr.items:
            for text in texts(program, part, env):
                found.update(dict.fromkeys(_known_folders(program, text, env.scope.module)))
    return [folder for folder in found if folder in program.finder.folders]


def _known_folders(program: Program, text: str, module: Module) -> list[str]:
    finder = program.finder
    return files_named(finder.folders, text, module, finder.root)


def containers_items(program: Program, value: Value) -> Iterable[Value]:
    """The items of a list, all of them together."""
    from lg_lint.program.inference import containers

    if not isinstance(value, Container):
        return ()
    return core.union(containers.items_of(program, value))


def info_attribute(program: Program, value: Container, name: str) -> Values:
    """`info.name` of what `pkgutil.iter_modules` tells of a module."""
    node = value.node
    if isinstance(node, t.Sequence) and node.kind == _MODULE_INFO and name in ("name", "ispkg"):
        return core.infer(program, node.items[1 if name == "name" else 2], value.env)
    return ()


def module_fact(program: Program, module: Module, name: str) -> Values:
    """What Python itself sets in a module; empty where that is not told."""
    env = program.env(module)
    if name == "__file__":
        return (Const(module.path, "str"),)
    if name == "__path__" and module.is_package:
        return (listed(program, [os.path.dirname(module.path)], env),)
    if name in ("__package__", "__name__"):
        named = package_name if name == "__package__" else module_name
        return (Const(named(program, module), "str"),)
    if name == "__dict__":
        return members(program, ModuleRef(module), env)
    return ()


# --- what a module or an object holds ------------------------------------------------------


def members(program: Program, owner: Value, env: Env) -> Values:
    """`vars(owner)` and `owner.__dict__`."""
    here = program.env(env.scope, names=((_OWNER, (owner,)),))
    key = ("vars", owner)
    if key not in program.made:
        pairs = tuple(
            (t.Constant(_NOWHERE, name), _member_of(name)) for name in _names(program, owner)
        )
        program.made[key] = t.Dict(_NOWHERE, pairs)
    return (Container("dict", program.made[key], here),)


def _vars(program: Program, node: t.Call, env: Env) -> Values:
    owners = core.infer(program, node.args[0].value, env) if node.args else ()
    return (
        core.union(members(program, owner, env) for owner in owners if _has_members(owner))
        or ANYTHING
    )


def _dir(program: Program, node: t.Call, env: Env) -> Values:
    owners = core.infer(program, node.args[0].value, env) if node.args else ()
    names = dict.fromkeys(
        name for owner in owners if _has_members(owner) for name in _names(program, owner)
    )
    return (listed(program, names, env),) if names else ANYTHING


def _getmembers(program: Program, node: t.Call, env: Env) -> Values:
    """`inspect.getmembers(owner, predicate)`: pairs of names and what they are."""
    owners = core.infer(program, node.args[0].value, env) if node.args else ()
    asked = node.argument("predicate", 1)
    wanted = {
        value.name.rpartition(".")[2]
        for value in (core.infer(program, asked, env) if asked is not None else ())
        if isinstance(value, External)
    }
    found: list[Values] = []
    for owner in owners:
        if _has_members(owner):
            here = program.env(env.scope, names=((_OWNER, (owner,)),))
            pairs: list[t.Expr] = [
                t.Sequence(_NOWHERE, "tuple", (t.Constant(_NOWHERE, name), _member_of(name)))
                for name in _names(program, owner)
                if not wanted or _is_asked_for(program, owner, name, wanted)
            ]
            found.append(_made(program, ("members", owner, *sorted(wanted)), "list", pairs, here))
    return core.union(found) or ANYTHING


def _is_asked_for(program: Program, owner: Value, name: str, wanted: set[str]) -> bool:
    for value in attributes.attribute_values(program, owner, name):
        if isinstance(value, ClassRef):
            return "isclass" in wanted
        if isinstance(value, FunctionRef):
            kinds = {"isfunction", "ismethod", "isroutine"}
            if value.function.is_async:
                kinds.add(
                    "isasyncgenfunction" if value.function.is_generator else "iscoroutinefunction"
                )
            return bool(kinds & wanted)
    return not wanted & {"isclass", "isfunction", "ismethod", "isroutine", "iscoroutinefunction"}


def _member_of(name: str) -> t.Expr:
    return t.Attribute(_NOWHERE, t.Name(_NOWHERE, _OWNER), name)


def _has_members(value: Value) -> bool:
    return isinstance(value, (ModuleRef, ClassRef, Instance))


def _names(program: Program, owner: Value) -> list[str]:
    """The names that a module or a class of the project has, in order."""
    if isinstance(owner, ModuleRef):
        names = [*owner.module.bindings, *owner.module.writers]
    elif isinstance(owner, (ClassRef, Instance)):
        names = [name for cls in classes.lineage(program, owner.cls) for name in cls.bindings]
    else:
        names = []
    return [name for name in dict.fromkeys(names) if name != "*" and not name.startswith("__")]


def subclasses_of(program: Program, owner: ClassRef, env: Env) -> Values:
    """`cls.__subclasses__()`."""
    return (gathered(program, [ClassRef(c) for c in classes.subclasses(program, owner.cls)], env),)


def gathered(program: Program, items: Iterable[Value], env: Env) -> Container:
    """A list of values that no display names."""
    values = list(items)[:_MOST]
    names = tuple((f"<{place}>", (value,)) for place, value in enumerate(values))
    key = ("gathered", len(values))
    if key not in program.made:
        parts = tuple(t.Name(_NOWHERE, name) for name, _ in names)
        program.made[key] = t.Sequence(_NOWHERE, "list", parts)
    return Container("list", program.made[key], program.env(env.scope, names=names))


def _made(
    program: Program, key: tuple[object, ...], kind: str, items: Iterable[t.Expr], env: Env
) -> Values:
    if key not in program.made:
        program.made[key] = t.Sequence(_NOWHERE, kind, tuple(items))
    return (Container(kind, program.made[key], env),)


FUNCTIONS: dict[str, Callable[[Program, t.Call, Env], Values]] = {
    "importlib.import_module": import_module,
    "builtins.__import__": import_module,
    "importlib.util.module_from_spec": module_of_spec,
    "runpy.run_path": file_run,
    "runpy.run_module": import_module,
    "pkgutil.iter_modules": modules_below,
    "pkgutil.walk_packages": modules_below,
    "pkgutil.resolve_name": member_named,
    "pydoc.locate": member_named,
    "inspect.getmembers": _getmembers,
    "inspect.getmembers_static": _getmembers,
    "builtins.vars": _vars,
    "builtins.dir": _dir,
}
