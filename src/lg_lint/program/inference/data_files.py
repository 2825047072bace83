"""Files of data that code reads: JSON, YAML and TOML as the displays that they stand for."""

from __future__ import annotations

import os
from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program.inference import core, named_modules
from lg_lint.program.inference.texts import WILD, texts
from lg_lint.program.scopes import Module
from lg_lint.program.store import Program
from lg_lint.program.values import ANYTHING, Env, ExternalObject, Value, Values

_NOWHERE = (0, 0, 0, 0)
_MOST = 20_000
_DEEPEST = 60
ENTRY_POINT = "importlib.metadata.EntryPoint"


def read(program: Program, language: str, node: t.Call, env: Env) -> Values:
    """`json.load(file)` and its like: what the file holds, where one of that name is there."""
    if not node.args or node.args[0].star:
        return ANYTHING
    module = env.scope.module
    found = [
        core.infer(program, display, program.env(module))
        for text in texts(program, node.args[0].value, env)
        if (display := _display(program, text, language, module)) is not None
    ]
    return core.union(found) or ANYTHING


def _display(program: Program, text: str, language: str, module: Module) -> t.Expr | None:
    for path in _places(program, text, module):
        key = ("data", path)
        if key not in program.made:
            data = program.read_data(path, language)
            made = _Budget().display(data, 0) if data is not None else None
            program.made[key] = made if made is not None else t.Constant(_NOWHERE, None)
        display = program.made[key]
        if isinstance(display, (t.Dict, t.Sequence)):
            return display
    return None


def _places(program: Program, text: str, module: Module) -> Iterator[str]:
    """Where a path may lead: seen from the module's folder, and from those above it."""
    root = program.finder.root
    if WILD in text.lstrip(WILD) or "\n" in text or not text.strip(f"{WILD}/."):
        return
    if os.path.isabs(text):
        path = os.path.normpath(text)
        if path.startswith(root + os.sep):
            yield path
        return
    folder = os.path.dirname(module.path)
    while True:
        path = os.path.normpath(os.path.join(folder, text.lstrip(f"{WILD}/")))
        if path.startswith(root + os.sep):
            yield path
        if folder == root or not folder.startswith(root):
            return
        folder = os.path.dirname(folder)


class _Budget:
    """Makes displays of data, up to a number of items."""

    def __init__(self) -> None:
        self.left = _MOST

    def display(self, data: object, depth: int) -> t.Expr | None:
        """None where the data are too many."""
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            return None
        if isinstance(data, dict):
            pairs = []
            for key, value in data.items():
                item = self.display(value, depth + 1)
                if item is None:
                    return None
                pairs.append((t.Constant(_NOWHERE, key), item))
            return t.Dict(_NOWHERE, tuple(pairs))
        if isinstance(data, (list, tuple)):
            items = [self.display(value, depth + 1) for value in data]
            known = [item for item in items if item is not None]
            return t.Sequence(_NOWHERE, "list", tuple(known)) if len(known) == len(items) else None
        plain = data if isinstance(data, (str, int, float, bool)) or data is None else str(data)
        return t.Constant(_NOWHERE, plain)


# --- entry points --------------------------------------------------------------------------


def entry_points(program: Program, node: t.Call, env: Env) -> Values:
    """`entry_points(group="name")`: those that the project itself declares."""
    expr = node.argument("group", None)
    if expr is None:
        return ANYTHING
    module = env.scope.module
    declared = _declared(program, module)
    made: list[Value] = [
        ExternalObject(ENTRY_POINT, target, program.env(module))
        for group in texts(program, expr, env)
        for target in declared.get(group, ())
    ]
    return (named_modules.gathered(program, made, env),) if made else ANYTHING


def _declared(program: Program, module: Module) -> dict[str, list[t.Constant]]:
    """The targets of the entry points of the project that a module is in, by their group."""
    path = next(
        (
            path
            for path in _places(program, "pyproject.toml", module)
            if program.read_data(path, "toml") is not None
        ),
        None,
    )
    if path is None:
        return {}
    return program.once("entry points", path, lambda: _groups(program.read_data(path, "toml")))


def _groups(data: object) -> dict[str, list[t.Constant]]:
    found: dict[str, list[t.Constant]] = {}
    for way in (("project", "entry-points"), ("tool", "poetry", "plugins")):
        table = data
        for key in way:
            table = table.get(key) if isinstance(table, dict) else None
        for group, names in table.items() if isinstance(table, dict) else ():
            for target in names.values() if isinstance(names, dict) else ():
                if isinstance(target, str):
                    plain = target.partition("[")[0].strip()
                    found.setdefault(str(group), []).append(t.Constant(_NOWHERE, plain))
    return found


def loaded(program: Program, receiver: ExternalObject) -> Values:
    """`entry_point.load()`."""
    target = receiver.site
    if not isinstance(target, t.Constant) or receiver.env is None:
        return ANYTHING
    found = named_modules.named_member(program, str(target.value), receiver.env.scope.module)
    return found or ANYTHING
