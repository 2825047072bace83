"""Expressions that the environment of a process decides: variables, and settings made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct, structs

from lg_lint.deploy.values import known
from lg_lint.facts import tree as t
from lg_lint.knowledge import names
from lg_lint.model.hosting.servers.records import Process
from lg_lint.program import inference
from lg_lint.program.scopes import Binding, Class
from lg_lint.program.store import Program
from lg_lint.program.values import Const, Env, External, ExternalMethod, Instance

_FOLDED: dict[str, Callable[[str], str]] = {
    "lower": str.lower, "upper": str.upper, "strip": str.strip, "casefold": str.casefold,
}  # fmt: skip
_ALIASES = ("alias", "validation_alias", "env")
_MOST_HOPS = 5


class Variable(Struct, frozen=True):
    """A text that is read from the environment: under which names, and what it is without one.

    `is_known` is False where the default cannot be seen. `folds` are methods of `str` that are
    called on it, and `is_exact` where the case of its name counts.
    """

    names: tuple[str, ...]
    default: str | None
    is_known: bool = True
    is_exact: bool = True
    folds: tuple[str, ...] = ()

    def in_process(self, process: Process) -> tuple[bool, str | None]:
        """Whether its text is known there, and the text; None for one that nobody sets."""
        found, is_known = self.default, self.is_known and not process.is_open
        wanted = self.names if self.is_exact else tuple(each.lower() for each in self.names)
        for name, value in process.environment.items():
            if (name if self.is_exact else name.lower()) in wanted:
                found = known(value)
                is_known = found is not None
        for fold in self.folds if found is not None else ():
            found = _FOLDED[fold](found or "")
        return is_known, found


def variable_of(program: Program, expr: t.Expr, env: Env, hops: int = 0) -> Variable | None:
    """The variable that an expression is; None for anything else."""
    if hops > _MOST_HOPS:
        return None
    if isinstance(expr, t.Name):
        bindings = env.scope.bindings.get(expr.id, ())
        if len(bindings) == 1 and bindings[0].value is not None and not bindings[0].unpack:
            return variable_of(program, bindings[0].value, env, hops + 1)
        return None
    if isinstance(expr, t.Attribute):
        return _setting(program, expr, env)
    if isinstance(expr, t.Call):
        return _read(program, expr, env, hops)
    return None


def _read(program: Program, call: t.Call, env: Env, hops: int) -> Variable | None:
    """`os.getenv(name, default)`, and methods of a text that is a variable."""
    func = call.func
    if isinstance(func, t.Attribute) and func.attr in _FOLDED:
        inner = variable_of(program, func.value, env, hops + 1)
        if inner is None:
            return None
        return structs.replace(inner, folds=(*inner.folds, func.attr))
    callees = inference.infer(program, func, env)
    if not callees or not all(_name(each) in names("environment_readers") for each in callees):
        return None
    name, default = call.argument("key", 0), call.argument("default", 1)
    if name is None or not isinstance(name, t.Constant) or not isinstance(name.value, str):
        return None
    text, is_known = _constant(program, default, env) if default is not None else (None, True)
    return Variable((name.value,), text, is_known)


def _setting(program: Program, expr: t.Attribute, env: Env) -> Variable | None:
    """A field of an object whose class reads its fields from the environment."""
    values = inference.infer(program, expr.value, env)
    classes = {each.cls for each in values if isinstance(each, Instance)}
    if len(classes) != 1:
        return None
    (cls,) = classes
    if not names("settings_classes") & set(inference.external_bases(program, cls)):
        return None
    for owner in inference.lineage(program, cls):
        for binding in owner.bindings.get(expr.attr, ()):
            return _field(program, cls, binding, expr.attr)
    return None


def _field(program: Program, cls: Class, binding: Binding, name: str) -> Variable:
    env, value = program.env(cls), binding.value
    found = [f"{_prefix(cls)}{name}"]
    default: t.Expr | None = value
    if isinstance(value, t.Call):
        default = value.argument("default", 0)
        for keyword in _ALIASES:
            alias = value.argument(keyword)
            found += [] if alias is None else list(_texts(alias))
    text, is_known = _constant(program, default, env) if default is not None else (None, False)
    return Variable(tuple(found), text, is_known, is_exact=False)


def _prefix(cls: Class) -> str:
    """`env_prefix` of the class's configuration, as it is written."""
    for statement in cls.node.body:
        for node in t.walk(statement):
            given = node.argument("env_prefix") if isinstance(node, t.Call) else None
            if isinstance(given, t.Constant) and isinstance(given.value, str):
                return given.value
    return ""


def _texts(expr: t.Expr) -> Iterator[str]:
    for node in t.walk(expr):
        if isinstance(node, t.Constant) and isinstance(node.value, str):
            yield node.value


def _constant(program: Program, expr: t.Expr, env: Env) -> tuple[str | None, bool]:
    """The one text that an expression is, or None for `None`; and whether that is so."""
    values = inference.infer(program, expr, env)
    if len(values) != 1 or not isinstance(values[0], Const):
        return None, False
    value = values[0].value
    return (None if value is None else str(value)), True


def _name(value: object) -> str:
    if isinstance(value, ExternalMethod):
        return f"{_name(value.receiver)}.{value.name}"
    return value.name if isinstance(value, External) else getattr(value, "type", "")
