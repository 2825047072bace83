"""Middleware that reads the whole body of a response before it sends any of it."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Function, Iteration, Scope
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import FunctionRef

_BODY = "body_iterator"
_SAME = {"aiter", "__aiter__"}
_MAX_DEPTH = 3


class Condition(Struct, frozen=True):
    """A test on the way: reading needs it to be `wanted`."""

    test: t.Expr
    function: Function
    wanted: bool


class Reading(Struct, frozen=True):
    """A place where a body is read to its end: `site` is the `body_iterator` itself."""

    site: Site
    conditions: tuple[Condition, ...]


def readings(program: Program, dispatch: FunctionRef) -> Iterator[Reading]:
    """The places where middleware's function, or one that it calls, reads a body to its end."""
    yield from _Search(program).readings(dispatch.function, {}, (), 0)


class _Search(Struct):
    program: Program
    _seen: set[Function] = field(default_factory=set)

    def readings(
        self,
        function: Function,
        given: dict[str, Site],
        above: tuple[Condition, ...],
        depth: int,
    ) -> Iterator[Reading]:
        """`given` are the parameters that hold a body, with what the caller gives for them."""
        if function in self._seen or depth > _MAX_DEPTH:
            return
        self._seen.add(function)
        for iteration in function.iterations:
            site = self._body(iteration.iterable, function, given)
            if site is not None and _drains(iteration):
                conditions = _conditions(function, iteration.enclosing, iteration.iterable)
                yield Reading(site, (*above, *conditions))
        for call in function.calls:
            yield from self._called(call, function, given, above, depth)

    def _called(
        self,
        site: CallSite,
        function: Function,
        given: dict[str, Site],
        above: tuple[Condition, ...],
        depth: int,
    ) -> Iterator[Reading]:
        env = self.program.env(function)
        bodies = [self._body(arg.value, function, given) for arg in site.node.args]
        for callee in inference.infer(self.program, site.node.func, env):
            if not isinstance(callee, FunctionRef):
                continue
            called = callee.function
            handed = {
                name: body
                for arg, body in zip(site.node.args, bodies)  # noqa: B905
                if body is not None and (name := _parameter(callee, site.node, arg)) is not None
            }
            if handed or _BODY in called.module.names:
                conditions = (*above, *_conditions(function, site.enclosing, site.node))
                yield from self.readings(called, handed, conditions, depth + 1)

    def _body(self, expr: t.Expr, scope: Scope | None, given: dict[str, Site]) -> Site | None:
        """Where an expression takes a response's body from; None where it is something else."""
        if scope is None:
            return None
        here = Site(expr, self.program.env(scope))
        if _names_body(expr):
            return here
        if isinstance(expr, t.Call) and terminal_name(expr.func) in _SAME:
            inner = expr.func.value if isinstance(expr.func, t.Attribute) else None
            inner = expr.args[0].value if inner is None and expr.args else inner
            return self._body(inner, scope, given) if inner is not None else None
        if not isinstance(expr, t.Name):
            return None
        if expr.id in given:
            return given[expr.id]
        while expr.id not in scope.bindings and isinstance(scope.parent, Function):
            scope = scope.parent
        for binding in scope.bindings.get(expr.id, ()):
            value = binding.value if binding.kind == "assign" and not binding.unpack else None
            if value is not None and _names_body(value):
                return Site(value, self.program.env(scope))
        return None


def _names_body(expr: t.Expr) -> bool:
    """`response.body_iterator`, the same by `getattr` or in the object's dict."""
    if isinstance(expr, t.Attribute):
        return expr.attr == _BODY
    if isinstance(expr, t.Subscript):
        return isinstance(expr.index, t.Constant) and expr.index.value == _BODY
    if isinstance(expr, t.Call) and terminal_name(expr.func) == "getattr" and len(expr.args) > 1:
        name = expr.args[1].value
        return isinstance(name, t.Constant) and name.value == _BODY
    return False


def _drains(iteration: Iteration) -> bool:
    """Whether all items are gathered: none is passed on, and nothing ends the loop early."""
    node = iteration.node
    if isinstance(node, t.For):
        return iteration.is_async and not any(
            isinstance(part, (t.Yield, t.Await, t.Return))
            or (isinstance(part, t.Jump) and part.kind == "break")
            for statement in node.body
            for part in t.walk(statement)
        )
    return isinstance(node, t.Comprehension) and node.kind != "generator" and iteration.is_async


def _parameter(callee: FunctionRef, call: t.Call, arg: t.Arg) -> str | None:
    """The parameter that gets an argument."""
    if arg.star:
        return None
    if arg.keyword is not None:
        return arg.keyword
    names = [param.name for param in callee.function.params if param.kind == "positional"]
    if callee.bound is not None and callee.function.self_name is not None:
        names = names[1:]
    index = [each for each in call.args if each.keyword is None].index(arg)
    return names[index] if index < len(names) else None


# --- conditions ----------------------------------------------------------------------------


def conditions_at(function: Function, node: t.Node) -> Iterator[Condition]:
    """What must be true, or false, for a function to come to a place in it."""
    around = tuple(
        each for each in t.walk(function.node) if isinstance(each, t.If) and t.holds(each, node)
    )
    return _conditions(function, around, node)


def _conditions(
    function: Function, enclosing: tuple[t.Node, ...], node: t.Node
) -> Iterator[Condition]:
    """What must be true, or false, for a function to come to a place."""
    for statement in enclosing:
        if isinstance(statement, t.If):
            yield Condition(statement.test, function, t.in_block(statement.body, node))
    for statement in t.walk(function.node):
        if not isinstance(statement, t.If) or statement.end > node.start:
            continue
        if _leaves(statement.body):
            yield Condition(statement.test, function, False)
        elif _leaves(statement.orelse):
            yield Condition(statement.test, function, True)


def _leaves(body: t.Block) -> bool:
    return bool(body) and isinstance(body[-1], (t.Return, t.Raise))
