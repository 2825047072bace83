"""Calls that no call expression writes: properties, items, operators, iteration, built-ins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.scopes import Class, Function, Module, Scope
from lg_lint.program.store import Program
from lg_lint.program.values import (
    CallContext,
    ClassRef,
    Env,
    External,
    FunctionRef,
    GeneratorOf,
    Instance,
    Value,
)

Hidden = tuple[t.Node, FunctionRef]
"""The place of a call that Python makes by itself, and what it runs."""

AppliedCall = tuple[t.Node, Function, CallContext]
"""The place of a decorator, the function that it runs, and the frame of that."""

_OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "@": "matmul",
    "|": "or", "&": "and", "^": "xor", "<<": "lshift", ">>": "rshift", "**": "pow",
}  # fmt: skip
_COMPARED = {
    "==": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__",
}  # fmt: skip
_UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__", "not": "__bool__"}
_BUILTINS = {
    "len": "__len__", "str": "__str__", "repr": "__repr__", "bool": "__bool__", "int": "__int__",
    "float": "__float__", "next": "__next__", "iter": "__iter__", "reversed": "__reversed__",
    "hash": "__hash__", "format": "__format__", "print": "__str__",
}  # fmt: skip
_PLACES = (
    t.Attribute, t.Subscript, t.BinOp, t.Compare, t.AugAssign, t.Raise, t.UnaryOp, t.If, t.While,
    t.JoinedString,
)  # fmt: skip


class _Places:
    """Where a frame may call without saying so; `stored` and `deleted` are targets by identity."""

    def __init__(self, frame: Scope) -> None:
        self.nodes: list[t.Node] = []
        self.stored: set[int] = set()
        self.deleted: set[int] = set()
        for statement in _body(frame):
            for node in t.walk(statement):
                if isinstance(node, _PLACES):
                    self.nodes.append(node)
                if isinstance(node, t.Assign):
                    self._targets(self.stored, node.targets)
                elif isinstance(node, t.Delete):
                    self._targets(self.deleted, node.targets)

    def _targets(self, noted: set[int], targets: Iterable[t.Node]) -> None:
        for target in targets:
            noted.add(id(target))
            if isinstance(target, t.Sequence):
                self._targets(noted, target.items)


def _body(scope: Scope) -> tuple[t.Node, ...]:
    """The statements of a frame, or the expression of a lambda."""
    if isinstance(scope, Function) and isinstance(scope.node, t.Lambda):
        return (scope.node.body,)
    body = scope.body if isinstance(scope, Module) else scope.node.body  # type: ignore[attr-defined]
    return tuple(item for item in body if not isinstance(item, (t.FunctionDef, t.ClassDef)))


def hidden_calls(program: Program, function: Scope, env: Env) -> Iterator[Hidden]:
    """The calls of the project's methods that a frame makes without a call expression."""
    places = program.once("hidden calls", function, lambda: _Places(function))
    for node in places.nodes:
        if isinstance(node, t.Attribute):
            yield from _property(program, node, env, id(node) in places.stored)
        elif isinstance(node, t.Subscript):
            name = "get" if id(node) not in places.stored else "set"
            name = "del" if id(node) in places.deleted else name
            yield from _on(program, node, node.value, f"__{name}item__", env)
            yield from _parametrised(program, node, env)
        elif isinstance(node, t.BinOp):
            yield from _operated(program, node, env)
        elif isinstance(node, t.Compare):
            yield from _compared(program, node, env)
        elif isinstance(node, t.Raise):
            yield from _raised(program, node, env)
        elif isinstance(node, t.UnaryOp) and node.op in _UNARY:
            yield from _on(program, node, node.operand, _UNARY[node.op], env)
        elif isinstance(node, (t.If, t.While)):
            yield from _on(program, node.test, node.test, "__bool__", env)
        elif isinstance(node, t.JoinedString):
            for part in node.parts:
                yield from _on(program, part, part, "__str__", env)
        elif isinstance(node, t.AugAssign) and node.op in _OPERATORS:
            yield from _on(program, node, node.target, f"__i{_OPERATORS[node.op]}__", env)
    for site in function.calls:
        func = site.node.func
        if isinstance(func, t.Name) and func.id in _BUILTINS and not site.is_dead:
            meant = External(f"builtins.{func.id}")
            for arg in site.node.args if func.id == "print" else site.node.args[:1]:
                for found in _on(program, site.node, arg.value, _BUILTINS[func.id], env):
                    if meant in inference.infer(program, func, env):
                        yield found


def _parametrised(program: Program, node: t.Subscript, env: Env) -> Iterator[Hidden]:
    """`Class[item]` of a class that says what that is."""
    if "__class_getitem__" not in program.method_names:
        return
    for value in inference.infer(program, node.value, env):
        if isinstance(value, ClassRef):
            method = inference.find_method(program, value.cls, "__class_getitem__")
            if method is not None:
                yield node, FunctionRef(method, bound=value)


def iterated(program: Program, iterable: t.Expr, env: Env, *, is_async: bool) -> Iterator[Hidden]:
    """What iterating an object of the project runs: its iterator is made, then asked."""
    first, then = ("__aiter__", "__anext__") if is_async else ("__iter__", "__next__")
    if program.method_names.isdisjoint((first, "__getitem__")):
        return
    for value in inference.infer(program, iterable, env):
        if not isinstance(value, Instance):
            continue
        made_by = inference.methods(program, value, first)
        if not made_by and not is_async:
            by_index = inference.methods(program, value, "__getitem__")
            yield from ((iterable, ref) for ref in by_index)
        for ref in made_by:
            yield iterable, ref
            frame = program.frame(ref.function, bound=ref.bound)
            made = (
                () if ref.function.is_generator else inference.returned_values(program, ref, frame)
            )
            for iterator in made:
                if isinstance(iterator, Instance):
                    for step in inference.methods(program, iterator, then):
                        yield iterable, step
                elif isinstance(iterator, GeneratorOf):
                    yield iterable, iterator.function


def applied(program: Program, scope: Scope, env: Env) -> Iterator[AppliedCall]:
    """What the decorators of the functions and classes run that a frame defines."""
    items: tuple[Function | Class, ...] = (*scope.functions, *scope.classes)
    for item in items:
        for made in inference.applications(program, item, env):
            for ref in _runs(program, made.decorator):
                frame = inference.application_frame(program, ref, made.values)
                if frame is not None and not ref.function.is_generator:
                    yield made.node, ref.function, frame
    for cls in scope.classes:
        for base in inference.lineage(program, cls)[1:]:
            method = base.method("__init_subclass__")
            if method is not None:
                yield cls.node, method, program.frame(method, bound=ClassRef(cls))
                break
        yield from applied(program, cls, program.env(cls, env.frame))


def _runs(program: Program, decorator: Value) -> Iterator[FunctionRef]:
    if isinstance(decorator, FunctionRef):
        if not decorator.function.is_async:
            yield decorator
    elif isinstance(decorator, ClassRef):
        yield from _initialised(program, decorator)
    elif isinstance(decorator, Instance):
        yield from inference.methods(program, decorator, "__call__")


def _initialised(program: Program, value: ClassRef) -> Iterator[FunctionRef]:
    method = inference.find_method(program, value.cls, "__init__")
    if method is not None:
        yield FunctionRef(method, bound=Instance(value.cls))


def _raised(program: Program, node: t.Raise, env: Env) -> Iterator[Hidden]:
    """Raising a class makes an object of it."""
    for value in inference.infer(program, node.exception, env) if node.exception else ():
        if isinstance(value, ClassRef):
            yield from ((node, ref) for ref in _initialised(program, value))


def _property(program: Program, node: t.Attribute, env: Env, stored: bool) -> Iterator[Hidden]:
    if node.attr not in program.property_names:
        return
    for value in inference.infer(program, node.value, env):
        if isinstance(value, Instance):
            found = inference.accessors(program, value, node.attr, stored=stored)
            yield from ((node, ref) for ref in found if not ref.function.is_generator)


def _operated(program: Program, node: t.BinOp, env: Env) -> Iterator[Hidden]:
    name = _OPERATORS.get(node.op)
    if name is not None:
        yield from _on(program, node, node.left, f"__{name}__", env)
        yield from _on(program, node, node.right, f"__r{name}__", env)


def _compared(program: Program, node: t.Compare, env: Env) -> Iterator[Hidden]:
    left = node.left
    for operator, right in zip(node.ops, node.comparators, strict=True):
        if operator in ("in", "not in"):
            yield from _on(program, node, right, "__contains__", env)
        elif operator in _COMPARED:
            yield from _on(program, node, left, _COMPARED[operator], env)
        left = right


def _on(program: Program, node: t.Node, receiver: t.Expr, name: str, env: Env) -> Iterator[Hidden]:
    """The special method that an object of the project answers with."""
    if name not in program.method_names:
        return
    for value in inference.infer(program, receiver, env):
        if isinstance(value, Instance):
            found = inference.methods(program, value, name)
            yield from ((node, ref) for ref in found if not ref.function.is_generator)
