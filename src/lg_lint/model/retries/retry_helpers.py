"""Retry decorators and helpers, those of libraries by name and the project's own by their body."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, table
from lg_lint.model.project import Project
from lg_lint.model.retries.loops import retry_loops
from lg_lint.program import inference
from lg_lint.program.control_flow import own_nodes
from lg_lint.program.scopes import Function, Module, Scope
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    Const,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Value,
    Values,
    behind_partials,
)

_DEPTH = 3
_CALLABLE = (FunctionRef, Instance, Partial)
_FIRST_ATTEMPT = {named("attempt_limit"): 1}


class Retrier(Struct, frozen=True):
    """What runs a function again after a failure.

    `restarts_generators` where it iterates what a generator function returns; otherwise a
    generator function is only called, and nothing is retried. `own` for the project's own.
    """

    name: str
    restarts_generators: bool
    own: bool = False


class Decoration(Struct, frozen=True):
    """A retry decorator that sees a function itself."""

    function: Function
    decorator: t.Expr
    retrier: Retrier


class RetriedCall(Struct, frozen=True):
    """A call that hands `target` to a helper which runs it again after a failure."""

    call: t.Call
    target: Value
    retrier: Retrier

    @property
    def function(self) -> FunctionRef | None:
        """The function behind the target, partial or not; None for an object that is called."""
        value = behind_partials(self.target)
        return value if isinstance(value, FunctionRef) else None


class Retriers(Struct):
    """Tells retry decorators and helpers from other functions."""

    program: Program
    _own: dict[tuple[Function, str], Retrier | None] = field(default_factory=dict)
    _calls: set[t.Call] | None = None

    def decorations(self, function: Function) -> Iterator[Decoration]:
        """The retry decorators of a function, innermost first.

        One above a decorator that makes something else of the function, such as a context
        manager, does not see it.
        """
        env = self.program.env(function.parent or function.module)
        for decorator in reversed(function.decorators):
            values = inference.infer(self.program, decorator, env)
            for value in values:
                found = self.retrier(value)
                if found is not None:
                    yield Decoration(function, decorator, _named(found, decorator))
                    break
            else:
                if any(_transforms(value) for value in values):
                    return

    def retried_calls(self, function: Function, env: Env) -> Iterator[RetriedCall]:
        """The calls in a function that hand another function to a retrying helper."""
        library = _imports_library(function.module)
        helpers = self._helper_calls()
        if not library and not helpers:
            return
        for site in function.calls:
            if site.node.args and (library or site.node in helpers):
                for callee in inference.infer(self.program, site.node.func, env):
                    yield from self._handed_over(callee, site.node, env)

    def retrier(self, value: Value, depth: int = 0) -> Retrier | None:
        """The retry that a decorator's value is; None for any other decorator."""
        if isinstance(value, External):
            return _known(self.program, value.name, None)
        if isinstance(value, ExternalObject):
            return _known(self.program, value.type, value)
        if isinstance(value, ExternalMethod) and isinstance(value.receiver, ExternalObject):
            owners = self.program.types.lineage(value.receiver.type)
            known = (
                _known(self.program, f"{owner}.{value.name}", value.receiver) for owner in owners
            )
            return next((found for found in known if found is not None), None)
        if isinstance(value, FunctionRef):
            param = next(_open_params(value), None)
            return self._of_param(value.function, param.name, depth) if param else None
        if isinstance(value, Instance):
            method = inference.find_method(self.program, value.cls, "__call__")
            return self.retrier(FunctionRef(method, bound=value), depth) if method else None
        return None

    def _handed_over(self, callee: Value, node: t.Call, env: Env) -> Iterator[RetriedCall]:
        if isinstance(callee, FunctionRef):
            for param, expr in _arguments(callee, node):
                values = inference.infer(self.program, expr, env)
                targets = [value for value in values if isinstance(value, _CALLABLE)]
                found = self._of_param(callee.function, param.name, 0) if targets else None
                if found is not None:
                    made = _named(found, node)
                    yield from (RetriedCall(node, target, made) for target in targets)
        elif isinstance(callee, (ExternalObject, ExternalMethod)) and not node.args[0].keyword:
            found = self.retrier(callee)
            if found is not None:
                for target in inference.infer(self.program, node.args[0].value, env):
                    if isinstance(target, _CALLABLE):
                        yield RetriedCall(node, target, found)

    def _helper_calls(self) -> set[t.Call]:
        """The calls whose callee goes by the name of a function that retries a parameter."""
        if self._calls is None:
            names = {
                name
                for module in self.program.modules
                for function in (() if module.is_test else module.all_functions)
                for name in _helper_names(self.program, function)
            }
            for name in list(names):
                for site, scope in self.program.calls_named(name):
                    if _hands_on_parameter(scope, site.node):
                        names.add(scope.qualname.rpartition(".")[2])
            sites = [site for name in names for site, _ in self.program.calls_named(name)]
            self._calls = {site.node for site in sites}
        return self._calls

    # --- the project's own -----------------------------------------------------------------

    def _of_param(self, function: Function, name: str, depth: int) -> Retrier | None:
        """What a function of the project does with the function that it gets as a parameter."""
        key = (function, name)
        if key not in self._own and depth <= _DEPTH:
            self._own[key] = None
            found = [
                item for frame in _frames(function, name) for item in self._in(frame, name, depth)
            ]
            if found:
                restarts = any(item.restarts_generators for item in found)
                self._own[key] = Retrier(function.name, restarts, own=True)
        return self._own.get(key)

    def _in(self, frame: Function, name: str, depth: int) -> Iterator[Retrier]:
        """The retries that one frame puts around the function called `name`."""
        for loop in retry_loops(self.program, frame):
            for node in own_nodes(loop.covered):
                if isinstance(node, t.Call) and _is_name(node.func, name) and loop.repeats(node):
                    yield Retrier(name, _iterated(loop.covered, node))
        for site in frame.calls:
            for index, arg in enumerate(site.node.args):
                if _is_name(arg.value, name) and not arg.star:
                    for callee in inference.infer(
                        self.program, site.node.func, self.program.env(frame)
                    ):
                        yield from self._taking(callee, site.node, index, depth)
        if any(_is_name(site.node.func, name) for site in frame.calls):
            for decoration in self.decorations(frame) if depth < _DEPTH else ():
                inner = decoration.retrier
                yield Retrier(inner.name, inner.restarts_generators and frame.is_generator)

    def _taking(self, callee: Value, node: t.Call, index: int, depth: int) -> Iterator[Retrier]:
        """The retry that another helper is, to which the function is handed on."""
        if isinstance(callee, FunctionRef):
            for param, expr in _arguments(callee, node):
                if expr is node.args[index].value:
                    found = self._of_param(callee.function, param.name, depth + 1)
                    if found is not None:
                        yield found
        elif index == 0:
            found = self.retrier(callee, depth + 1)
            if found is not None:
                yield found


def retriers_of(project: Project) -> Retriers:
    """What tells the retries of a project."""
    return Retriers(project.program)


def _imports_library(module: Module) -> bool:
    """Whether a module imports one of the packages that retry."""
    return not _packages().isdisjoint(module.imported)


@functools.cache
def _packages() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in table("retries")["retriers"])


def _helper_names(program: Program, function: Function) -> Iterator[str]:
    """The function, and those around it, if it calls a parameter of theirs in a retry."""
    called = {
        site.node.func.id
        for site in function.calls
        if isinstance(site.node.func, t.Name) and calls_parameter(function, site.node)
    }
    if not called:
        return
    decorated = isinstance(function.node, t.FunctionDef) and _imports_library(function.module)
    if decorated or retry_loops(program, function):
        scope: Scope | None = function
        while isinstance(scope, Function):
            yield scope.name
            scope = scope.parent


def _hands_on_parameter(scope: Scope, node: t.Call) -> bool:
    return any(
        isinstance(arg.value, t.Name)
        and any(binding.kind == "param" for binding in scope.bindings.get(arg.value.id, ()))
        for arg in node.args
    )


def _transforms(value: Value) -> bool:
    name = value.name if isinstance(value, External) else getattr(value, "type", "")
    return str(name).rpartition(".")[2] in ("contextmanager", "asynccontextmanager", "fixture")


def _named(found: Retrier, expr: t.Expr) -> Retrier:
    """The project's own retriers go by the name under which they are used."""
    func = expr.func if isinstance(expr, t.Call) else expr
    name = terminal_name(func)
    return replace(found, name=name) if found.own and name else found


def _open_params(ref: FunctionRef) -> Iterator[t.Param]:
    """The positional parameters that a caller fills."""
    for param in ref.function.params:
        filled = ref.bound is not None and param.name == ref.function.self_name
        if param.kind == "positional" and not filled:
            yield param


def _arguments(ref: FunctionRef, node: t.Call) -> Iterator[tuple[t.Param, t.Expr]]:
    """The parameters of a function with what a call gives them."""
    positional = list(_open_params(ref))
    for param in ref.function.params:
        position = positional.index(param) if param in positional else None
        expr = node.argument(param.name, position)
        if expr is not None and param.name != ref.function.self_name:
            yield param, expr


# --- libraries -----------------------------------------------------------------------------


def _known(program: Program, name: str, made: ExternalObject | None) -> Retrier | None:
    canonical = program.types.canonical(name)
    if canonical in program.additions.retry_decorators:
        return Retrier(canonical.rpartition(".")[2], restarts_generators=False)
    row: dict[str, Any] | None = table("retries")["retriers"].get(canonical)
    if row is None or (made is not None and _tries_once(program, row, made)):
        return None
    return Retrier(name, row["generators"] == "re-runs")


def _tries_once(program: Program, row: dict[str, Any], made: ExternalObject) -> bool:
    if "attempts" not in row or not isinstance(made.site, t.Call) or made.env is None:
        return False
    expr = made.site.argument(row["attempts"], None)
    return expr is not None and is_number(program, inference.infer(program, expr, made.env), 1)


def is_number(program: Program, values: Values, wanted: int) -> bool:
    """Whether values are surely one number, or tenacity's `stop_after_attempt` of it."""
    found = False
    for value in values:
        if isinstance(value, ExternalObject) and value.type in _FIRST_ATTEMPT:
            if not isinstance(value.site, t.Call) or value.env is None or not value.site.args:
                return False
            inner = inference.infer(program, value.site.args[0].value, value.env)
            found = is_number(program, inner, wanted)
        elif isinstance(value, Const) and value.value == wanted and value.kind != "bool":
            found = True
        else:
            return False
    return found


# --- the project's own ---------------------------------------------------------------------


def _frames(function: Function, name: str) -> Iterator[Function]:
    """The function and those defined in it that see the same name."""
    yield function
    for inner in function.functions:
        if name not in inner.bindings:
            yield from _frames(inner, name)


def _iterated(block: t.Block, call: t.Call) -> bool:
    """Whether a block iterates what the call returns."""
    for node in own_nodes(block):
        iterated = node.iterable if isinstance(node, t.For) else None
        if isinstance(node, t.Yield) and node.delegates:
            iterated = node.value
        if iterated is not None and _mentions(iterated, call):
            return True
    return False


def _mentions(expr: t.Expr, call: t.Call) -> bool:
    return any(node is call for node in t.walk(expr))


def _is_name(expr: t.Expr, name: str) -> bool:
    return isinstance(expr, t.Name) and expr.id == name


def calls_parameter(function: Function, node: t.Node) -> bool:
    """Whether a call is of a parameter, of the function or of one around it: a retry helper."""
    func = node.func if isinstance(node, t.Call) else None
    if not isinstance(func, t.Name):
        return False
    scope: Scope | None = function
    while scope is not None:
        for binding in scope.bindings.get(func.id, ()):
            return binding.kind == "param"
        scope = scope.parent
    return False
