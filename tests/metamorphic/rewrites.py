"""Rewrites of a module that keep what it means. Each leaves the marks on the lines they stand on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import libcst as cst

from .expressions import CALLS, JOINS, NODES, OBJECTS, READS, UPDATES, Template

RUNS = {
    "invoke", "ainvoke", "stream", "astream", "astream_events", "batch", "abatch", "sleep", "get",
    "post",
}  # fmt: skip
BUILDS = {"add_node", "add_edge", "add_conditional_edges", "compile"}
RECEIVERS = {"time", "requests", "httpx"}
"""Modules whose functions count as methods."""

Rewrite = Callable[[str], str]
"""From the text of a module to another; the same text where the rewrite does not apply."""


class _Templates(cst.CSTTransformer):
    """Puts templates in the place of expressions, and notes what they need."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.definitions: list[str] = []
        self._numbers = itertools.count()
        self._inside = 0

    def visit_comprehension(self) -> bool:
        self._inside += 1
        return True

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = (  # noqa: N815
        lambda self, _node: self.visit_comprehension()
    )

    def _left(self, _original: cst.CSTNode, updated: cst.CSTNode) -> cst.CSTNode:
        self._inside -= 1
        return updated

    leave_ListComp = leave_SetComp = leave_DictComp = leave_GeneratorExp = _left  # type: ignore  # noqa: N815

    def filled(self, parts: dict[str, str]) -> cst.BaseExpression | None:
        if self._inside and ":=" in self.template.text:
            return None
        parts = {**parts, "n": str(next(self._numbers))}
        definition = self.template.definition
        if "{n}" in definition:
            definition = definition.format(**parts)
        if definition not in self.definitions:
            self.definitions.append(definition)
        return cst.parse_expression(f"({self.template.text.format(**parts)})")


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)


def _arguments(call: cst.Call) -> str:
    return ", ".join(_code(arg.with_changes(comma=cst.MaybeSentinel.DEFAULT)) for arg in call.args)


def _is_module(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value in RECEIVERS


class _Methods(_Templates):
    """Calls of methods: the whole call, or the object alone."""

    def __init__(self, template: Template, names: set[str]) -> None:
        super().__init__(template)
        self.names = names

    def leave_Call(self, original: cst.Call, updated: cst.Call) -> cst.BaseExpression:  # noqa: N802
        func = updated.func
        if not isinstance(func, cst.Attribute) or func.attr.value not in self.names:
            return updated
        if func.attr.value in ("get", "post", "sleep") and not _is_module(func.value):
            return updated
        parts = {"o": _code(func.value), "m": func.attr.value, "a": _arguments(updated)}
        if "\n" in parts["a"] or "\n" in parts["o"]:
            return updated
        if "{m}" in self.template.text:
            if "{a})" in self.template.text and not parts["a"]:
                return updated
            return self.filled(parts) or updated
        filled = self.filled(parts)
        return updated.with_changes(func=func.with_changes(value=filled)) if filled else updated


class _Reads(_Templates):
    def leave_Subscript(  # noqa: N802
        self, original: cst.Subscript, updated: cst.Subscript
    ) -> cst.BaseExpression:
        if not isinstance(updated.value, cst.Name) or updated.value.value != "state":
            return updated
        index = updated.slice[0].slice
        if not isinstance(index, cst.Index) or not isinstance(index.value, cst.SimpleString):
            return updated
        key = str(index.value.evaluated_value)
        return self.filled({"s": "state", "k": key}) or updated

    def visit_AssignTarget(self, node: cst.AssignTarget) -> bool:  # noqa: N802
        return False

    def visit_AugAssign(self, node: cst.AugAssign) -> bool:  # noqa: N802
        return False

    def visit_Del(self, node: cst.Del) -> bool:  # noqa: N802
        return False


class _Joins(_Templates):
    def leave_BinaryOperation(  # noqa: N802
        self, original: cst.BinaryOperation, updated: cst.BinaryOperation
    ) -> cst.BaseExpression:
        right, left = updated.right, updated.left
        if not isinstance(updated.operator, cst.Add) or not isinstance(right, cst.List):
            return updated
        parts = {"l": _code(left), "r": _code(right)}
        if isinstance(left, cst.List) or any("\n" in part for part in parts.values()):
            return updated
        return self.filled(parts) or updated


class _Updates(_Templates):
    def leave_Return(self, original: cst.Return, updated: cst.Return) -> cst.Return:  # noqa: N802
        value = updated.value
        if not isinstance(value, cst.Dict) or "\n" in _code(value):
            return updated
        filled = self.filled({"d": _code(value)})
        return updated.with_changes(value=filled) if filled else updated


class _Nodes(_Templates):
    def leave_Call(self, original: cst.Call, updated: cst.Call) -> cst.Call:  # noqa: N802
        func = updated.func
        if not isinstance(func, cst.Attribute) or func.attr.value != "add_node":
            return updated
        if len(updated.args) < 2 or not isinstance(updated.args[1].value, cst.Name):
            return updated
        given = self.filled({"o": updated.args[1].value.value})
        assert given is not None
        args = [updated.args[0], updated.args[1].with_changes(value=given), *updated.args[2:]]
        return updated.with_changes(args=args)


def _by(make: Callable[[Template], _Templates], template: Template) -> Rewrite:
    def rewrite(text: str) -> str:
        visitor = make(template)
        changed = cst.parse_module(text).visit(visitor).code
        if changed == text:
            return text
        return _with_needs(changed, template.imports, visitor.definitions)

    return rewrite


def _with_needs(text: str, imports: str, definitions: list[str]) -> str:
    """A module with more imports and definitions: before its first function, class or statement."""
    module = cst.parse_module(text)
    names = [isinstance(each, cst.SimpleStatementLine) for each in module.body]
    head = 0
    for position, each in enumerate(module.body):
        if not names[position] or not _is_head(each):
            break
        head = position + 1
    late = [each for each in definitions if "Holder_" in each]
    early = [each for each in definitions if each and each not in late]
    block = "\n\n".join([*([imports + "\n"] if imports else []), *early])
    at = [
        *module.body[:head],
        *(cst.parse_module(block).body if block else ()),
        *module.body[head:],
    ]
    for each in late:
        name = each.split("staticmethod(")[1].split(")")[0]
        after = [
            position for position, node in enumerate(at)
            if isinstance(node, cst.FunctionDef) and node.name.value == name
        ]  # fmt: skip
        if not after:
            return text
        at[after[-1] + 1 : after[-1] + 1] = cst.parse_module("\n\n" + each).body
    return module.with_changes(body=at).code


def _is_head(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    first = statement.body[0]
    if isinstance(first, cst.Expr):
        return isinstance(first.value, cst.SimpleString)
    return isinstance(first, (cst.Import, cst.ImportFrom))


# --- statements ------------------------------------------------------------------------------


class _Bodies(cst.CSTTransformer):
    """Puts what functions do into a block."""

    def __init__(self, head: str, tail: str = "") -> None:
        self.head, self.tail = head, tail

    def leave_FunctionDef(  # noqa: N802
        self, original: cst.FunctionDef, updated: cst.FunctionDef
    ) -> cst.FunctionDef:
        if not isinstance(updated.body, cst.IndentedBlock):
            return updated
        statement = cst.parse_statement(f"{self.head}\n    pass\n{self.tail}")
        body = updated.body.with_changes(header=cst.TrailingWhitespace())
        changed = statement.with_changes(body=body)
        header = updated.body.header
        return updated.with_changes(body=cst.IndentedBlock([changed], header=header))


def _wrapped(head: str, tail: str = "", imports: str = "") -> Rewrite:
    def rewrite(text: str) -> str:
        changed = cst.parse_module(text).visit(_Bodies(head, tail)).code
        return _with_needs(changed, imports, []) if changed != text else text

    return rewrite


class _Returns(cst.CSTTransformer):
    def leave_SimpleStatementLine(  # noqa: N802
        self, original: cst.SimpleStatementLine, updated: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        last = updated.body[-1]
        if not isinstance(last, cst.Return) or last.value is None or len(updated.body) > 1:
            return updated
        name = cst.Name("given_")
        kept = cst.Assign([cst.AssignTarget(name)], last.value)
        first = updated.with_changes(body=[kept])
        return cst.FlattenSentinel([first, cst.SimpleStatementLine([cst.Return(name)])])


class _Imports(cst.CSTTransformer):
    """`from a import b` by another name, which is bound to the old one."""

    def leave_SimpleStatementLine(  # noqa: N802
        self, original: cst.SimpleStatementLine, updated: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        first = updated.body[0]
        if (
            not isinstance(first, cst.ImportFrom)
            or isinstance(first.names, cst.ImportStar)
            or (isinstance(first.module, cst.Name) and first.module.value == "__future__")
            or any(alias.asname is not None for alias in first.names)
        ):
            return updated
        names = [alias.name.value for alias in first.names if isinstance(alias.name, cst.Name)]
        aliases = [
            alias.with_changes(asname=cst.AsName(cst.Name(f"{name}_")))
            for name, alias in zip(names, first.names, strict=True)
        ]
        imported = updated.with_changes(body=[first.with_changes(names=aliases)])
        bound = [cst.parse_statement(f"{name} = {name}_\n") for name in names]
        return cst.FlattenSentinel([imported, *bound])


def _visited(visitor: Callable[[], cst.CSTTransformer]) -> Rewrite:
    return lambda text: cst.parse_module(text).visit(visitor()).code


def _all() -> Iterator[tuple[str, Rewrite]]:
    for name, template in CALLS.items():
        yield f"call: {name}", _by(lambda each: _Methods(each, RUNS), template)
        yield f"building call: {name}", _by(lambda each: _Methods(each, BUILDS), template)
    for name, template in OBJECTS.items():
        yield f"object: {name}", _by(lambda each: _Methods(each, RUNS), template)
        yield f"builder: {name}", _by(lambda each: _Methods(each, BUILDS), template)
    for name, template in READS.items():
        yield f"read: {name}", _by(_Reads, template)
    for name, template in JOINS.items():
        yield f"join: {name}", _by(_Joins, template)
    for name, template in UPDATES.items():
        yield f"update: {name}", _by(_Updates, template)
    for name, template in NODES.items():
        yield f"node: {name}", _by(_Nodes, template)
    yield "body: if True", _wrapped("if True:")
    yield "body: with", _wrapped("with contextlib.nullcontext():", "", "import contextlib")
    yield "body: try", _wrapped("try:", "finally:\n    pass\n")
    yield "body: once", _wrapped("for once_ in (1,):")
    yield "return: by a name", _visited(_Returns)
    yield "import: by another name", _visited(_Imports)


REWRITES = dict(_all())
