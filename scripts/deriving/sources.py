"""The syntax tree of a live function, by the file and line where its code begins."""

from __future__ import annotations

import ast
import functools
import inspect
import sys
import types
from typing import Any

Def = ast.FunctionDef | ast.AsyncFunctionDef


def plain(value: Any) -> types.FunctionType | None:
    """The Python function behind a method, a descriptor or a decorated function."""
    for _ in range(12):
        if isinstance(value, (staticmethod, classmethod, types.MethodType)):
            value = value.__func__
        elif isinstance(value, (functools.partial, functools.partialmethod)):
            value = value.func
        elif isinstance(value, property):
            value = value.fget
        elif isinstance(value, types.FunctionType):
            wrapped = value.__dict__.get("__wrapped__")
            if wrapped is None or wrapped is value:
                return value
            value = wrapped
        elif isinstance(inspect.getattr_static(value, "func", None), types.FunctionType):
            value = value.func
        elif isinstance(inspect.getattr_static(value, "fget", None), types.FunctionType):
            value = value.fget
        else:
            return None
    return None


def definition(function: types.FunctionType) -> Def | None:
    """The tree of a function, made of its own lines alone."""
    code = function.__code__
    lines = _lines(code.co_filename)[code.co_firstlineno - 1 : _last_line(code)]
    indented = lines and lines[0][:1].isspace()
    try:
        tree = ast.parse("".join(["if 1:\n", *lines] if indented else lines))
    except (SyntaxError, ValueError, RecursionError):
        return None
    found = tree.body[0] if tree.body else None
    found = found.body[0] if isinstance(found, ast.If) else found
    return found if isinstance(found, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _last_line(code: types.CodeType) -> int:
    inner = [_last_line(each) for each in code.co_consts if isinstance(each, types.CodeType)]
    return max([*inner, *(end or 0 for _, end, _, _ in code.co_positions())], default=0)


@functools.cache
def _lines(path: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            return file.readlines()
    except (OSError, ValueError):
        return []


@functools.cache
def shape(function: types.FunctionType) -> Shape | None:
    node = definition(function)
    return Shape(node) if node is not None else None


@functools.cache
def stub(cls: type) -> set[str]:
    """The methods that the stub file beside a class's module declares as coroutines."""
    path = str(getattr(sys.modules.get(cls.__module__), "__file__", None) or "")
    try:
        with open(path + "i", encoding="utf-8") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError):
        return set()
    return {
        node.name
        for each in tree.body
        if isinstance(each, ast.ClassDef) and each.name == cls.__name__
        for node in each.body
        if isinstance(node, ast.AsyncFunctionDef)
    }


class Shape:
    """What the body of a function holds; not what a function in it does."""

    def __init__(self, node: Def) -> None:
        self.node = node
        self.calls: list[ast.Call] = []
        self.writes: list[tuple[ast.expr, ast.expr | None, ast.expr | None]] = []
        self.imports: list[ast.Import | ast.ImportFrom] = []
        self.returns: list[ast.expr] = []
        self.entered: list[ast.expr] = []
        queue: list[ast.AST] = [*node.body]
        while queue:
            each = queue.pop()
            self._take(each)
            if not isinstance(
                each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ExceptHandler)
            ):
                queue += ast.iter_child_nodes(each)

    def _take(self, each: ast.AST) -> None:
        if isinstance(each, ast.Call):
            self.calls.append(each)
        elif isinstance(each, ast.Assign):
            self.writes += [(target, each.value, None) for target in each.targets]
        elif isinstance(each, ast.AnnAssign):
            self.writes.append((each.target, each.value, each.annotation))
        elif isinstance(each, ast.NamedExpr):
            self.writes.append((each.target, each.value, None))
        elif isinstance(each, ast.withitem):
            self.entered.append(each.context_expr)
            if each.optional_vars is not None:
                self.writes.append((each.optional_vars, each.context_expr, None))
        elif isinstance(each, (ast.Import, ast.ImportFrom)):
            self.imports.append(each)
        elif isinstance(each, ast.Return) and each.value is not None:
            self.returns.append(each.value)
