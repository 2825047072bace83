"""The name under which a module, or an item of it, is imported, added where it is not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import libcst as cst
from libcst.metadata import BaseAssignment, BuiltinAssignment, GlobalScope, ImportAssignment
from msgspec import Struct
from msgspec.structs import replace

from lg_lint.base.fix import Edit
from lg_lint.fixes.parsed import Parsed, Point, Refusal, is_docstring

_Line = cst.SimpleStatementLine
_FUTURE, _STANDARD, _OTHER, _RELATIVE = range(4)


def imported_as(
    parsed: Parsed, module: str, user: cst.CSTNode, item: str = ""
) -> tuple[str, list[Edit]]:
    """How `user` may name a module, or an item of one, and the edits that import it."""
    wanted = _Import(module, item)
    name = _name_at_top(parsed, wanted)
    if name is not None:
        _check_meaning(parsed, name, wanted, user)
        return name, []
    _check_meaning(parsed, wanted.name, wanted, user)
    scope = parsed.scope(user)
    found = scope[wanted.name] if scope is not None else ()
    if any(_imports_it(each, wanted) and not _is_conditional(parsed, each) for each in found):
        return wanted.name, []
    key = (wanted.module, wanted.item)
    if key not in parsed.added:
        parsed.added[key] = _added(parsed, wanted)
    return wanted.name, [parsed.added[key]]


def joined(edits: Sequence[Edit]) -> list[Edit]:
    """Imports that go to the same point as one edit, in the order given."""
    found: dict[Point, Edit] = {}
    for edit in edits:
        at = (edit.row, edit.column)
        ahead = found[at].content if at in found else ""
        found[at] = replace(edit, content=ahead + edit.content)
    return list(found.values())


class _Import(Struct, frozen=True):
    """`import module`, or `from module import item`."""

    module: str
    item: str

    @property
    def name(self) -> str:
        return self.item or self.module

    @property
    def statement(self) -> str:
        return f"from {self.module} import {self.item}" if self.item else f"import {self.module}"

    @property
    def root(self) -> str:
        return self.module.partition(".")[0]

    @property
    def order(self) -> tuple[bool, str]:
        """Its place in a group: plain imports first, then by the module's name."""
        return bool(self.item), self.module.lower()

    def names(self, part: cst.CSTNode) -> Iterator[str]:
        """The names under which a statement imports it."""
        aliases: Sequence[cst.ImportAlias] = ()
        if isinstance(part, cst.Import) and not self.item:
            aliases = part.names
        elif isinstance(part, cst.ImportFrom) and self.item and _from(part) == self.module:
            aliases = () if isinstance(part.names, cst.ImportStar) else part.names
        for alias in aliases:
            if alias.evaluated_name == self.name:
                yield alias.evaluated_alias or self.name


def _name_at_top(parsed: Parsed, wanted: _Import) -> str | None:
    """The first name under which the module's own statements import it."""
    key = (wanted.module, wanted.item)
    if key not in parsed.names:
        parts = (part for line in parsed.imports for part in line.body)
        parsed.names[key] = next((name for part in parts for name in wanted.names(part)), None)
    return parsed.names[key]


def _check_meaning(parsed: Parsed, name: str, wanted: _Import, user: cst.CSTNode) -> None:
    """Refuses where a name has, or might have, another meaning for its user."""
    scope = parsed.scope(user)
    for assignment in scope[name] if scope is not None else ():
        if isinstance(assignment, BuiltinAssignment):
            continue
        if not isinstance(assignment, ImportAssignment) or not (
            name in wanted.names(assignment.node) or _is_submodule(assignment.node, wanted)
        ):
            raise Refusal(f"{name} means something else here")
        if isinstance(assignment.scope, GlobalScope):
            continue
        if parsed.start(assignment.node) > parsed.start(user):
            raise Refusal(f"{name} is imported too late here")
        if _is_conditional(parsed, assignment):
            raise Refusal(f"{name} is imported under a condition here")


def _is_submodule(node: cst.CSTNode, wanted: _Import) -> bool:
    """Whether `import module.other` binds the name of a wanted module."""
    return isinstance(node, cst.Import) and any(
        alias.asname is None and alias.evaluated_name.startswith(f"{wanted.name}.")
        for alias in node.names
    )


def _is_conditional(parsed: Parsed, assignment: BaseAssignment) -> bool:
    """Whether an import is left out on some ways: for type checkers alone, or in a `try`."""
    if not isinstance(assignment, ImportAssignment):
        return False
    for ancestor in parsed.ancestors(assignment.node):
        if isinstance(ancestor, cst.FunctionDef):
            return False
        if isinstance(ancestor, cst.BaseCompoundStatement):
            return True
    return False


def _imports_it(assignment: object, wanted: _Import) -> bool:
    return isinstance(assignment, ImportAssignment) and wanted.name in wanted.names(assignment.node)


# --- where it goes -------------------------------------------------------------------------


def _added(parsed: Parsed, wanted: _Import) -> Edit:
    """A line among the imports at the top, in its place by name where there is a group for it."""
    lines = parsed.leading_imports
    kind = _kind_of(wanted.root)
    group = [line for line in lines if _kind(line) == kind]
    if kind == _OTHER:
        group = _block(group, wanted.root)
    before = [line for line in group if _order(line) < wanted.order]
    if before:
        return _after(parsed, before[-1], wanted.statement)
    if group:
        commented = any(line.comment for line in group[0].leading_lines)
        return (_after if commented else _before)(parsed, group[0], wanted.statement)
    return _own_group(parsed, lines, kind, wanted.statement)


def _block(lines: Sequence[_Line], root: str) -> list[_Line]:
    """Of lines that blank ones part: the first ones, or those that import from a package."""
    blocks: list[list[_Line]] = []
    for line in lines:
        if not blocks or any(each.comment is None for each in line.leading_lines):
            blocks.append([])
        blocks[-1].append(line)
    for block in blocks:
        if any(_module(line).partition(".")[0] == root for line in block):
            return block
    return blocks[0] if blocks else []


def _own_group(parsed: Parsed, lines: Sequence[_Line], kind: int, statement: str) -> Edit:
    """A group of its own: behind those of the kinds before it, ahead of all others."""
    newline, first = parsed.newline, parsed.module.body[0]
    ahead = [line for line in lines if _kind(line) < kind]
    behind = [line for line in lines if _kind(line) > kind]
    if ahead:
        return _after(parsed, ahead[-1], newline + statement)
    if behind:
        return _before(parsed, behind[0], statement + newline)
    if is_docstring(first):
        return _after(parsed, first, newline + statement)
    return _before(parsed, first, statement + newline)


def _after(parsed: Parsed, line: cst.CSTNode, statement: str) -> Edit:
    return parsed.insert((parsed.end(line)[0] + 1, 1), f"{statement}{parsed.newline}")


def _before(parsed: Parsed, line: cst.CSTNode, statement: str) -> Edit:
    return parsed.insert((parsed.start(line)[0], 1), f"{statement}{parsed.newline}")


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
    return _kind_of(_module(line).partition(".")[0])


def _kind_of(root: str) -> int:
    if root == "__future__":
        return _FUTURE
    if root in sys.stdlib_module_names:
        return _STANDARD
    return _OTHER if root else _RELATIVE


def _order(line: _Line) -> tuple[bool, str]:
    return isinstance(line.body[0], cst.ImportFrom), _module(line).lower()
