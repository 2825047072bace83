"""Texts of which a part is known: names of modules, paths of files, what is cut out of constants.

A text is a `str` in which `WILD` stands for what is not known.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product

from lg_lint.facts import tree as t
from lg_lint.program.inference import core, narrowing
from lg_lint.program.scopes import Module
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    Const,
    Container,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    Value,
    Values,
    constant,
)

WILD = "\0"
_MOST = 24
_LONGEST = 10_000

PATH = "pathlib.Path"
_SAME_PATH = {
    "resolve", "absolute", "expanduser", "as_posix", "open", "read", "read_text", "read_bytes",
}  # fmt: skip
_SAME_FUNCTIONS = {
    "os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expanduser", "os.fspath",
    "builtins.str", "builtins.open", "os.fsdecode",
}  # fmt: skip
_PATH_METHODS = {*_SAME_PATH, "format", "glob", "iterdir", "joinpath", "rglob"}
_MAY_SAY = ("get", "getenv")
"""Last names of what gives a setting, else its second argument."""


# --- methods of constant texts -------------------------------------------------------------

_TEXT_METHODS = {
    "capitalize", "casefold", "lower", "lstrip", "removeprefix", "removesuffix", "replace",
    "rstrip", "strip", "swapcase", "title", "upper",
}  # fmt: skip
_CUTS = {"partition", "rpartition", "rsplit", "split", "splitlines"}


def method(program: Program, callee: ExternalMethod, node: t.Call, env: Env) -> Values:
    """What a method of a constant text gives, where all that it is given is constant."""
    text = getattr(callee.receiver, "value", None)
    if not isinstance(text, str) or callee.name not in _TEXT_METHODS | _CUTS:
        return ANYTHING
    if len(text) > _LONGEST or any(arg.keyword or arg.star for arg in node.args):
        return ANYTHING
    given = [core.infer(program, arg.value, env) for arg in node.args]
    if any(not isinstance(value, Const) for values in given for value in values):
        return ANYTHING
    found: list[Value] = []
    for arguments in _some(product(*given)):
        try:
            made = getattr(text, callee.name)(*(getattr(value, "value", 0) for value in arguments))
        except (TypeError, ValueError):
            return ANYTHING
        found.append(constant(made) if isinstance(made, str) else listed(program, made, env))
    return tuple(found)


def listed(program: Program, items: Iterable[str], env: Env) -> Container:
    """A list of constant texts."""
    texts = tuple(items)
    key = ("texts", *texts)
    if key not in program.made:
        nowhere = (0, 0, 0, 0)
        parts = tuple(t.Constant(nowhere, text) for text in texts)
        program.made[key] = t.Sequence(nowhere, "list", parts)
    return Container("list", program.made[key], program.env(env.scope.module))


def _some(rows: Iterable[tuple[Value, ...]]) -> Iterator[tuple[Value, ...]]:
    for count, row in enumerate(rows):
        if count == _MOST:
            return
        yield row


# --- texts that are known in part ----------------------------------------------------------


def texts(program: Program, expr: t.Expr, env: Env) -> Sequence[str]:
    """What a text may be; `WILD` alone where nothing is known of it."""
    table, key = program.memo.texts, (expr, env)
    found = table.get(key)
    if found is None:
        found = program.memo.ask(table, key, (), _texts, program, expr, env)
    return found or (WILD,)


def _texts(program: Program, expr: t.Expr, env: Env) -> Sequence[str]:
    if isinstance(expr, t.JoinedString):
        return _joined([texts(program, part, env) for part in expr.parts])
    if isinstance(expr, t.Name) and expr.id == "__name__":
        return [module_name(program, env.scope.module)]
    if isinstance(expr, t.BinOp) and expr.op in ("+", "/"):
        between = "/" if expr.op == "/" else ""
        left, right = (texts(program, part, env) for part in (expr.left, expr.right))
        return _joined([left, [between], right])
    if isinstance(expr, t.BoolOp):
        parts = [texts(program, part, env) for part in (expr.left, expr.right)]
        return _told([text for part in parts for text in part])
    found: list[str] = []
    for value in core.infer(program, expr, env):
        found += _of_value(program, value)
    if isinstance(expr, t.Name) and not any(text.strip(WILD) for text in found):
        found += narrowing.texts_compared(program, env.scope, expr.id)
    return _told(found)


def _told(found: list[str]) -> list[str]:
    """What is known in part alone, where there is some."""
    said = [text for text in dict.fromkeys(found) if text.strip(WILD)]
    return said[:_MOST] or [WILD]


def _joined(parts: Sequence[Sequence[str]]) -> list[str]:
    rows = ("".join(row)[:_LONGEST] for count, row in enumerate(product(*parts)) if count < _MOST)
    return list(dict.fromkeys(rows)) or [WILD]


def _of_value(program: Program, value: Value) -> Sequence[str]:
    if isinstance(value, Const):
        return [str(value.value)] if isinstance(value.value, (str, int)) else []
    if isinstance(value, External):
        return []
    if not isinstance(value, ExternalObject):
        return [WILD]
    if value.site is None or value.env is None:
        if value.type == PATH and value.base is not None:  # `path.parent`
            return [_folder(text) for text in _of_value(program, value.base)]
        return [WILD]
    if isinstance(value.site, t.Call):
        return _of_call(program, value, value.site, value.env)
    if isinstance(value.site, (t.BinOp, t.JoinedString)):
        return texts(program, value.site, value.env)
    return [WILD]


def _of_call(program: Program, value: ExternalObject, node: t.Call, env: Env) -> Sequence[str]:
    """What a call gives that makes a path or a text of others."""
    args = [arg.value for arg in node.args if arg.keyword is None and not arg.star]
    if isinstance(node.func, t.Attribute):
        told = _of_method(program, value, node.func, args, env)
        if told:
            return told
    if terminal_name(node.func) in _MAY_SAY and len(args) > 1:
        return texts(program, args[1], env)
    for callee in core.infer(program, node.func, env):
        made = _FUNCTIONS.get(getattr(callee, "name", ""))
        if made is not None and args:
            return made([texts(program, arg, env) for arg in args])
    return [WILD]


def _of_method(
    program: Program,
    value: ExternalObject,
    func: t.Attribute,
    args: list[t.Expr],
    env: Env,
) -> Sequence[str]:
    """What a method of a path or a text gives, such as `path.joinpath(name)`."""
    name = func.attr
    if name not in _PATH_METHODS:
        return []
    owner = texts(program, func.value, env)
    if name in _SAME_PATH:
        return owner
    if name == "format":
        return [re.sub(r"\{[^{}]*\}", WILD, text) for text in owner]
    if name == "iterdir":
        return _with_slashes([owner, [WILD]])
    given = [texts(program, arg, env) for arg in args]
    if name == "joinpath":
        return _with_slashes([owner, *given])
    if value.type != PATH or not given:
        return []
    folder = [f"{text}/{WILD}" if name == "rglob" else text for text in owner]
    return _with_slashes([folder, _globbed(given)])


def _with_slashes(parts: Sequence[Sequence[str]]) -> list[str]:
    spread: list[Sequence[str]] = []
    for part in parts:
        spread += [["/"], part] if spread else [part]
    return _joined(spread)


def _folder(text: str) -> str:
    head, slash, _ = text.rstrip("/").rpartition("/")
    return head if slash else WILD if text == WILD else "."


def _first(parts: Sequence[Sequence[str]]) -> Sequence[str]:
    return parts[0]


def _folders(parts: Sequence[Sequence[str]]) -> Sequence[str]:
    return [_folder(text) for text in parts[0]]


def _walked(parts: Sequence[Sequence[str]]) -> Sequence[str]:
    return [f"{text}/{WILD}" for text in parts[0]]


def _globbed(parts: Sequence[Sequence[str]]) -> Sequence[str]:
    return [text.replace("*", WILD) for text in parts[0]]


_FUNCTIONS: dict[str, Callable[[Sequence[Sequence[str]]], Sequence[str]]] = {
    **dict.fromkeys(_SAME_FUNCTIONS, _first),
    "os.path.join": _with_slashes,
    PATH: _with_slashes,
    "os.path.dirname": _folders,
    "os.walk": _walked,
    "glob.glob": _globbed,
    "glob.iglob": _globbed,
}


# --- what texts mean -----------------------------------------------------------------------


def module_name(program: Program, module: Module) -> str:
    """The dotted name of a module: below the highest folder above it that is a package."""
    folder, name = os.path.split(module.path)
    parts = [] if name.startswith("__init__.") else [name.partition(".")[0]]
    is_package = os.path.join(folder, "__init__.py") in program.finder.files
    while is_package and folder.startswith(program.finder.root + os.sep):
        parts.insert(0, os.path.basename(folder))
        folder = os.path.dirname(folder)
        is_package = os.path.join(folder, "__init__.py") in program.finder.files
    return ".".join(parts)


def package_name(program: Program, module: Module) -> str:
    """The dotted name of the package that a module is in."""
    name = module_name(program, module)
    return name if module.is_package else name.rpartition(".")[0]


def files_named(paths: Iterable[str], text: str, module: Module, root: str) -> list[str]:
    """The files that a path may mean in a module: seen from its folder, and from those above it."""
    text = os.path.normpath(text)
    if not re.search(r"\w", text.replace(WILD, "").removesuffix(".py")):
        return []
    found: list[str] = []
    if text.startswith(("/", WILD)):
        return _matching(paths, text if text.startswith("/") else f"{root}/{WILD}{text[1:]}", root)
    folder = os.path.dirname(module.path)
    candidates = list(paths)
    while folder.startswith(root) and not found:
        found = _matching(candidates, f"{folder}/{text}", root)
        if folder == root:
            break
        folder = os.path.dirname(folder)
    return found


def _matching(paths: Iterable[str], text: str, root: str) -> list[str]:
    text = os.path.normpath(text)
    if WILD not in text:
        return [text] if text in paths else []
    fixed = text.partition(WILD)[0]
    if not fixed.startswith(root):
        return []
    pattern = re.escape(text).replace(re.escape("/" + WILD + "/"), "/(?:.*/)?")
    wanted = re.compile(pattern.replace(re.escape(WILD), "[^/]*"))
    return sorted(path for path in paths if path.startswith(fixed) and wanted.fullmatch(path))
