"""The name under which a module is imported, added to the imports where it is not."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import libcst as cst
from libcst.metadata import BuiltinAssignment, GlobalScope, ImportAssignment

from lg_lint.fixes.parsed import Parsed, Refusal
from lg_lint.remedy import Edit

_Line = cst.SimpleStatementLine
_FUTURE, _STANDARD, _OTHER = range(3)


def imported_as(parsed: Parsed, module: str, user: cst.CSTNode) -> tuple[str, list[Edit]]:
    """How `user` may name a module of the standard library, and the edits that import it."""
    for line in _imports(parsed):
        for alias in _plain(line):
            if alias.evaluated_name == module:
                name = alias.evaluated_alias or module
                _check_meaning(parsed, name, user)
                return name, []
    _check_meaning(parsed, module, user)
    scope = parsed.scope(user)
    if scope is not None and any(_is_import(each, module) for each in scope[module]):
        return module, []
    return module, [_added(parsed, module)]


def _check_meaning(parsed: Parsed, name: str, user: cst.CSTNode) -> None:
    """Refuses where a name has, or might have, another meaning for its user."""
    scope = parsed.scope(user)
    for assignment in scope[name] if scope is not None else ():
        if isinstance(assignment, BuiltinAssignment):
            continue
        if not isinstance(assignment, ImportAssignment):
            raise Refusal(f"{name} means something else here")
        local = not isinstance(assignment.scope, GlobalScope)
        if local and parsed.start(assignment.node) > parsed.start(user):
            raise Refusal(f"{name} is imported too late here")


def _is_import(assignment: object, module: str) -> bool:
    if not isinstance(assignment, ImportAssignment) or not isinstance(assignment.node, cst.Import):
        return False
    return any(alias.evaluated_name == module for alias in assignment.node.names)


# --- where it goes -------------------------------------------------------------------------


def _added(parsed: Parsed, module: str) -> Edit:
    """A line among the imports at the top, in its place by name where there is a group for it."""
    statement = f"import {module}"
    lines = _leading_imports(parsed)
    group = [line for line in lines if _kind(line) == _STANDARD]
    before = [line for line in group if _sorts_before(line, module)]
    if before:
        return _after(parsed, before[-1], statement)
    if group:
        commented = any(line.comment for line in group[0].leading_lines)
        return (_after if commented else _before)(parsed, group[0], statement)
    return _own_group(parsed, lines, statement)


def _own_group(parsed: Parsed, lines: Sequence[_Line], statement: str) -> Edit:
    """A group of its own: behind `__future__`, ahead of all others."""
    newline, first = parsed.newline, parsed.module.body[0]
    ahead = [line for line in lines if _kind(line) == _FUTURE]
    behind = [line for line in lines if _kind(line) > _STANDARD]
    if ahead:
        return _after(parsed, ahead[-1], newline + statement)
    if behind:
        return _before(parsed, behind[0], statement + newline)
    if _is_docstring(first):
        return _after(parsed, first, newline + statement)
    return _before(parsed, first, statement + newline)


def _after(parsed: Parsed, line: cst.CSTNode, statement: str) -> Edit:
    return parsed.insert((parsed.end(line)[0] + 1, 1), f"{statement}{parsed.newline}")


def _before(parsed: Parsed, line: cst.CSTNode, statement: str) -> Edit:
    return parsed.insert((parsed.start(line)[0], 1), f"{statement}{parsed.newline}")


def _imports(parsed: Parsed) -> list[_Line]:
    """The import statements of the module itself."""
    return [
        line
        for line in parsed.module.body
        if isinstance(line, _Line)
        and all(isinstance(part, (cst.Import, cst.ImportFrom)) for part in line.body)
    ]


def _leading_imports(parsed: Parsed) -> list[_Line]:
    """Those at the top, before other code."""
    imports = _imports(parsed)
    found = []
    for line in parsed.module.body:
        if any(line is each for each in imports):
            found.append(line)
        elif not _is_docstring(line):
            break
    return [line for line in found if isinstance(line, _Line)]


def _plain(line: _Line) -> list[cst.ImportAlias]:
    return [alias for part in line.body if isinstance(part, cst.Import) for alias in part.names]


def _is_docstring(line: cst.CSTNode) -> bool:
    return (
        isinstance(line, _Line)
        and isinstance(line.body[0], cst.Expr)
        and isinstance(line.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
    )


def _from(statement: cst.ImportFrom) -> str:
    """The module that a `from` statement names; relative ones begin with dots."""
    name = cst.Module([]).code_for_node(statement.module) if statement.module else ""
    return "." * len(statement.relative) + name


def _module(line: _Line) -> str:
    first = line.body[0]
    if isinstance(first, cst.ImportFrom):
        return _from(first)
    assert isinstance(first, cst.Import)
    return first.names[0].evaluated_name


def _kind(line: _Line) -> int:
    """The group of an import, in the order of groups."""
    root = _module(line).partition(".")[0]
    if root == "__future__":
        return _FUTURE
    return _STANDARD if root in sys.stdlib_module_names else _OTHER


def _sorts_before(line: _Line, module: str) -> bool:
    """Whether an import stands ahead of `import module`: so do plain ones of lesser names."""
    return isinstance(line.body[0], cst.Import) and _module(line).lower() < module.lower()
