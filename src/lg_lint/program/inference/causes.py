"""Why nothing is known of an expression: the place where its value gets lost."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.program.inference import core
from lg_lint.program.scopes import Binding, Function, Scope
from lg_lint.program.site import Site
from lg_lint.program.store import Program
from lg_lint.program.values import Env, External, FunctionRef, ModuleRef, Values

_MAX_DEPTH = 30


class Cause(str, Enum):
    """What is not known, as a table names it."""

    PARAMETER = "a parameter without an annotation, and no caller that says more"
    ANNOTATED = "a parameter whose annotation says nothing, and no caller that says more"
    RETURNED = "what a function of the project returns"
    LIBRARY = "what a library gives"
    ITEM = "an item of what is not known, or not all of it"
    CONTEXT = "what a context manager gives"
    ATTRIBUTE = "an attribute that nothing in sight sets"
    MODULE = "a name that a module of the project does not have"
    UNBOUND = "a name that nothing in sight binds"
    OPERATOR = "the result of an operator"
    OTHER = "something else"


class Loss(Struct, frozen=True):
    """Where a value gets lost, and how."""

    cause: Cause
    site: Site


def is_unknown(program: Program, expr: t.Expr, env: Env) -> bool:
    """Whether nothing at all is known of an expression."""
    return not _known(core.infer(program, expr, env))


def _known(values: Values) -> Values:
    return tuple(value for value in values if core.known(value))


def loss_of(program: Program, expr: t.Expr, env: Env) -> Loss:
    """Where the value of an unknown expression gets lost: the first that is unknown by itself."""
    seen: set[t.Node] = set()
    while len(seen) < _MAX_DEPTH and expr not in seen:
        seen.add(expr)
        before = _before(program, expr, env)
        if isinstance(before, Cause):
            return Loss(before, Site(expr, env))
        expr, env = before
    return Loss(Cause.OTHER, Site(expr, env))


def _before(program: Program, expr: t.Expr, env: Env) -> tuple[t.Expr, Env] | Cause:
    """The expression that an unknown one gets its value from, or why there is none."""
    if isinstance(expr, t.Name):
        return _of_name(program, expr, env)
    if isinstance(expr, t.Attribute):
        owners = core.infer(program, expr.value, env)
        return _of_owner(owners) or (expr.value, env)
    if isinstance(expr, t.Call):
        callees = _known(core.infer(program, expr.func, env))
        if not callees:
            return expr.func, env
        inside = any(isinstance(callee, FunctionRef) for callee in callees)
        return Cause.RETURNED if inside else Cause.LIBRARY
    if isinstance(expr, t.Subscript):
        return (expr.value, env) if is_unknown(program, expr.value, env) else Cause.ITEM
    if isinstance(expr, (t.Await, t.NamedExpr)):
        inner = expr.value
        return (inner, env) if is_unknown(program, inner, env) else Cause.LIBRARY
    operands = _OPERANDS.get(type(expr), ())
    for name in operands:
        if is_unknown(program, getattr(expr, name), env):
            return getattr(expr, name), env
    return Cause.OPERATOR if operands else Cause.OTHER


def _of_owner(owners: Values) -> Cause | None:
    """Why an attribute of a known object is not known."""
    found = _known(owners)
    if not found:
        return None
    if any(isinstance(owner, ModuleRef) for owner in found):
        return Cause.MODULE
    return Cause.LIBRARY if all(isinstance(each, External) for each in found) else Cause.ATTRIBUTE


def _of_name(program: Program, name: t.Name, env: Env) -> tuple[t.Expr, Env] | Cause:
    scope, binding = _binding(env.scope, name.id)
    if binding is None or scope is None:
        return Cause.UNBOUND
    here = env if scope is env.scope else program.env(scope)
    if isinstance(binding.node, t.Param):
        return Cause.PARAMETER if binding.node.annotation is None else Cause.ANNOTATED
    if binding.kind == "import":
        return Cause.MODULE
    if binding.value is None:
        return Cause.OTHER
    if is_unknown(program, binding.value, here):
        return binding.value, here
    if binding.kind == "enter":
        return Cause.CONTEXT
    return Cause.ITEM if binding.kind == "element" or binding.unpack else Cause.OTHER


def _binding(scope: Scope, name: str) -> tuple[Scope | None, Binding | None]:
    """The last binding of a name, in the nearest scope that has one."""
    around: Scope | None = scope
    while around is not None:
        if name in around.bindings and (
            around is scope or isinstance(around, Function) or around.parent is None
        ):
            return around, around.bindings[name][-1]
        around = around.parent
    return None, None


_OPERANDS: dict[type[t.Node], tuple[str, ...]] = {
    t.BinOp: ("left", "right"),
    t.BoolOp: ("left", "right"),
    t.IfExp: ("body", "orelse"),
}
