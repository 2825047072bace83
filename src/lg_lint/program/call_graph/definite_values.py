"""What an expression is in every run, where all that gives it a value can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Class, Function, Scope, enclosing_function, reaching
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.truth import truth
from lg_lint.program.values import (
    ClassRef,
    Const,
    Env,
    FunctionRef,
    Instance,
    Unknown,
    Value,
    Values,
    constant,
)


class Activation(Struct, frozen=True):
    """Where an expression is evaluated; `call` made it from `outer`, where the call is known."""

    env: Env
    call: t.Call | None = None
    outer: Activation | None = None


class MustValues(Struct):
    """Answers with all that an expression may be, or with None where it may be something else.

    `is_seen` says whether all calls of a function can be seen: no framework is given it.
    """

    program: Program
    is_seen: Callable[[Function], bool]
    _parameters: dict[t.Param, Values | None] = field(default_factory=dict)
    _members: dict[tuple[Class, str, bool], Values | None] = field(default_factory=dict)

    def truth(self, test: t.Expr, where: Activation) -> bool | None:
        """How a test ends in every run; None where that differs or is not known."""
        return truth(test, lambda part: self._part(part, where))

    def _part(self, test: t.Expr, where: Activation) -> bool | None:
        if isinstance(test, t.Compare):
            return self._compared(test, where)
        values = self.of(test, where)
        return None if values is None else _agreed(map(self._truth_of, values))

    def of(self, expr: t.Expr, where: Activation) -> Values | None:
        """All that an expression may be."""
        if isinstance(expr, t.Constant):
            return (constant(expr.value),)
        if isinstance(expr, t.Name):
            return self._named(expr, where)
        if isinstance(expr, t.Attribute):
            return self._attribute(expr, where.env)
        if isinstance(expr, t.Call):
            made = inference.infer(self.program, expr.func, where.env)
            instances = [Instance(value.cls) for value in made if isinstance(value, ClassRef)]
            return tuple(instances) if instances and len(instances) == len(made) else None
        return None

    # --- tests -----------------------------------------------------------------------------

    def _compared(self, test: t.Compare, where: Activation) -> bool | None:
        """`x is None`, `x == "text"` and their opposites."""
        if test.ops[0] not in ("is", "is not", "==", "!=") or len(test.ops) > 1:
            return None
        right = test.comparators[0]
        if not isinstance(right, t.Constant):
            return None
        values = self.of(test.left, where)
        if values is None:
            return None
        same = _agreed(_is_same(value, right.value) for value in values)
        return same if same is None or test.ops[0] in ("is", "==") else not same

    def _truth_of(self, value: Value) -> bool | None:
        if isinstance(value, Const):
            return bool(value.value)
        plain = isinstance(value, Instance) and not (
            inference.external_bases(self.program, value.cls)
            or any(
                inference.find_method(self.program, value.cls, name)
                for name in ("__bool__", "__len__")
            )
        )
        return True if plain else None

    # --- names -----------------------------------------------------------------------------

    def _named(self, expr: t.Name, where: Activation) -> Values | None:
        scope = where.env.scope
        if not isinstance(scope, Function) or scope.declared.get(expr.id):
            return None
        bindings = reaching(scope, expr.id, expr.start)
        if len(bindings) != 1 or bindings[0].unpack or _is_shared(scope, expr.id):
            return None
        node = bindings[0].node
        if isinstance(node, t.Param):
            return self._parameter(scope, node, where)
        if bindings[0].kind != "assign" or bindings[0].value is None:
            return None
        return self.of(bindings[0].value, where)

    def _parameter(self, function: Function, param: t.Param, where: Activation) -> Values | None:
        if param.name == function.self_name:
            return None
        if where.call is not None and where.outer is not None:
            skip = self._skipped(function, where.call, where.outer.env)
            return None if skip is None else self._given(param, function, where, skip)
        if param not in self._parameters:
            self._parameters[param] = None  # what gives itself a value is not known
            self._parameters[param] = self._from_callers(function, param)
        return self._parameters[param]

    def _skipped(self, function: Function, call: t.Call, env: Env) -> int | None:
        """The leading parameters that a call does not fill; None where it calls something else."""
        for value in inference.infer(self.program, call.func, env):
            if isinstance(value, FunctionRef) and value.function is function:
                return 1 if value.bound is not None and function.takes_receiver else 0
            if isinstance(value, ClassRef) and function.name == "__init__":
                return 1
        return None

    def calls_of(self, function: Function) -> list[inference.Caller] | None:
        """All calls that may run a function; None where others may run it."""
        outer = enclosing_function(function.parent)
        if outer is not None or not self.program.has_users_of(function.module):
            return None
        if not self.is_seen(function):
            return None
        return [*inference.callers_of(self.program, function), *self._perhaps(function)]

    def _from_callers(self, function: Function, param: t.Param) -> Values | None:
        """What all calls of a function give a parameter."""
        return _together(
            self._given(
                param,
                function,
                Activation(self.program.env(function), call.node, Activation(call.env)),
                call.skip,
            )
            for call in self.calls_of(function) or ()
        )

    def _perhaps(self, function: Function) -> Iterator[inference.Caller]:
        """The calls of a method's name on something that is not known."""
        if function.cls is None or function.name == "__init__":
            return
        for site in self.program.calls_spoken(function.name):
            env = self.program.env(site.scope)
            if isinstance(site.node.func, t.Attribute) and not site.scope.module.is_test:
                values = inference.infer(self.program, site.node.func, env)
                if not values or any(isinstance(value, Unknown) for value in values):
                    yield inference.Caller(site.node, env, 1 if function.self_name else 0)

    def _given(
        self, param: t.Param, function: Function, where: Activation, skip: int
    ) -> Values | None:
        """What one call gives a parameter, by its default where it gives nothing."""
        call, outer = where.call, where.outer
        assert call is not None
        assert outer is not None
        if param.kind in ("*", "**") or any(arg.star for arg in call.args):
            return None
        positions = [item.name for item in function.params if item.kind == "positional"][skip:]
        position = positions.index(param.name) if param.name in positions else None
        expr = call.argument(param.name, position)
        if expr is not None:
            return self.of(expr, outer)
        default = param.default
        return (constant(default.value),) if isinstance(default, t.Constant) else None

    # --- attributes ------------------------------------------------------------------------

    def _attribute(self, expr: t.Attribute, env: Env) -> Values | None:
        """An attribute that is only ever given what is known, on all that the receiver may be."""
        receivers = inference.infer(self.program, expr.value, env)
        scope = env.scope
        through_class = (
            isinstance(expr.value, t.Name)
            and isinstance(scope, Function)
            and expr.value.id == scope.self_name
            and any(terminal_name(item) == "classmethod" for item in scope.decorators)
        )
        found = []
        for value in receivers:
            if not isinstance(value, (Instance, ClassRef)):
                return None
            on_class = through_class or isinstance(value, ClassRef)
            for cls in (value.cls, *inference.subclasses(self.program, value.cls)):
                found.append(self._member(cls, expr.attr, on_class))
        return _together(found)

    def _member(self, cls: Class, name: str, on_class: bool) -> Values | None:
        key = (cls, name, on_class)
        if key not in self._members:
            self._members[key] = None
            if self.program.has_users_of(cls.module):
                self._members[key] = _together(self._member_values(cls, name, on_class))
        return self._members[key]

    def _member_values(self, cls: Class, name: str, on_class: bool) -> Iterator[Values | None]:
        """What each of the places gives that an attribute gets its value from."""
        for write in self.program.writes_of(name):
            if not write.scope.module.is_test and self._may_be_on(
                write.target.value, write.scope, cls
            ):
                plain = write.value if write.kind == "assign" and not write.unpack else None
                yield self.of(plain, Activation(self.program.env(write.scope))) if plain else None
        if any(self._sets(site, cls, name) for site in self.program.calls_spoken("setattr")):
            yield None
        for owner in inference.lineage(self.program, cls):
            bindings = owner.bindings.get(name, ())
            for binding in bindings:
                is_field = binding.annotation is not None and not on_class
                if is_field and inference.find_method(self.program, cls, "__init__") is None:
                    yield None  # a constructor call may set it
                elif binding.kind != "assign" or binding.value is None or binding.unpack:
                    yield None
                else:
                    yield self.of(binding.value, Activation(self.program.env(owner)))
            if bindings:
                return

    def _sets(self, site: CallSite, cls: Class, name: str) -> bool:
        """Whether a call of `setattr` may set an attribute."""
        args = [arg.value for arg in site.node.args]
        other = len(args) > 1 and isinstance(args[1], t.Constant) and args[1].value != name
        return bool(args) and not other and self._may_be_on(args[0], site.scope, cls)

    def _may_be_on(self, receiver: t.Expr, scope: Scope, cls: Class) -> bool:
        """Whether an expression may be an object of a class, a base or a subclass of it, or one."""
        if scope.module.is_test:
            return False
        owners = inference.infer(self.program, receiver, self.program.env(scope))
        return not owners or any(
            isinstance(owner, Unknown)
            or (isinstance(owner, (Instance, ClassRef)) and self._are_related(owner.cls, cls))
            for owner in owners
        )

    def _are_related(self, one: Class, other: Class) -> bool:
        lineage = inference.lineage
        return one in lineage(self.program, other) or other in lineage(self.program, one)


def _is_shared(scope: Function, name: str) -> bool:
    """Whether a nested function may bind a name of a function."""
    return any(inner.declared.get(name) == "nonlocal" for inner in scope.functions)


def _is_same(value: Value, literal: object) -> bool | None:
    if isinstance(value, Const):
        return value == constant(literal)
    return False if literal is None else None


def _agreed(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return found.pop() if len(found) == 1 else None


def _together(parts: Iterable[Values | None]) -> Values | None:
    """All of the parts; None where there is none, or one is not known."""
    found: list[Value] = []
    for part in parts:
        if part is None:
            return None
        found += part
    return tuple(dict.fromkeys(found)) or None
