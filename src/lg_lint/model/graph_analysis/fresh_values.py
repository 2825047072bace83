"""Where a value is made anew: an id that is new each time, followed back from where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods, named, table
from lg_lint.model.web.dependencies import providers
from lg_lint.program import inference
from lg_lint.program.call_graph.definite_values import Activation, MustValues
from lg_lint.program.inference import Caller
from lg_lint.program.rounds import Use, is_kept, only_call
from lg_lint.program.scopes import Binding, Class, Function, Scope, reaching
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import ClassRef, External, FunctionRef, Value

_MAX_DEPTH = 40
_MAX_STEPS = 2000
_TEXT_OF = {"builtins.str", "builtins.repr", "builtins.format", "builtins.int"}
_COPIES = {"builtins.dict", "copy.copy", "copy.deepcopy", named("config_copy")}
_JOINING = {"format", "join"}


Trails = list[list[Use]]
"""The ways from where a value is made to where it is used."""


class Fresh(Struct):
    """Follows an expression back to where its value is made, through names, calls and displays.

    The answer is None where something else may be the value, or one that was made before is kept;
    it is empty where there is no value at all.
    """

    program: Program
    must_values: MustValues
    _open: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    _steps: int = 0

    def made(self, expr: t.Expr, path: tuple[str, ...], where: Activation) -> Trails | None:
        """Where the part of an expression is made that these keys lead to."""
        key = (id(expr), path)
        self._steps += 1
        if key in self._open or len(self._open) > _MAX_DEPTH or self._steps > _MAX_STEPS:
            return None
        self._open.append(key)
        found = self._made(expr, path, where)
        self._open.pop()
        return found

    def _made(self, expr: t.Expr, path: tuple[str, ...], where: Activation) -> Trails | None:
        if isinstance(expr, t.Name):
            return self._named(expr, path, where)
        if isinstance(expr, t.Call):
            return self._called(expr, path, where)
        if isinstance(expr, (t.Await, t.NamedExpr)):
            return self.made(expr.value, path, where)
        if isinstance(expr, t.BoolOp):
            return _all(self.made(part, path, where) for part in (expr.left, expr.right))
        if isinstance(expr, t.IfExp):
            return _all(self.made(part, path, where) for part in (expr.body, expr.orelse))
        if isinstance(expr, t.Constant):
            return [] if expr.value is None else None
        if isinstance(expr, t.Dict):
            return self._item(expr, path, where) if path else None
        if isinstance(expr, t.Attribute):
            return self.made(expr.value, (expr.attr, *path) if path else (expr.attr,), where)
        if isinstance(expr, t.Subscript):
            return self._subscript(expr, path, where)
        if isinstance(expr, t.BinOp) and path and expr.op == "|":
            right = self.made(expr.right, path, where)
            return right if right != [] else self.made(expr.left, path, where)
        if not path and isinstance(expr, (t.JoinedString, t.BinOp)):
            parts = expr.parts if isinstance(expr, t.JoinedString) else (expr.left, expr.right)
            return self._any(parts, where)
        return None

    def _any(self, parts: Iterable[t.Expr], where: Activation) -> Trails | None:
        """A text is new where any part of it is."""
        return next(filter(None, (self.made(part, (), where) for part in parts)), None)

    def _subscript(
        self, expr: t.Subscript, path: tuple[str, ...], where: Activation
    ) -> Trails | None:
        if isinstance(expr.index, t.Slice):
            return self.made(expr.value, (), where) if not path else None
        if isinstance(expr.index, t.Constant) and isinstance(expr.index.value, str):
            return self.made(expr.value, (expr.index.value, *path), where)
        return None

    def _item(self, expr: t.Dict, path: tuple[str, ...], where: Activation) -> Trails | None:
        """What the last of the keys gives; a spread may give it where none does."""
        for key, value in reversed(expr.items):
            if key is None:
                found = self.made(value, path, where)
                if found != []:
                    return found
            elif not isinstance(key, t.Constant):
                return None
            elif key.value == path[0]:
                return self.made(value, path[1:], where)
        return []

    # --- names -----------------------------------------------------------------------------

    def _named(self, expr: t.Name, path: tuple[str, ...], where: Activation) -> Trails | None:
        scope = where.env.scope
        if isinstance(scope, Class) or scope.module.is_notebook or scope.declared.get(expr.id):
            return None
        bindings = reaching(scope, expr.id, expr.start)
        if not bindings:
            return self._of_outer(expr, path, scope) if isinstance(scope, Function) else None
        if any(is_kept(scope, binding, expr) for binding in bindings):
            return None
        found = self._written(expr, path, where)
        if found == []:
            found = _all(self._bound(scope, binding, path, where) for binding in bindings)
        here = Use(expr, scope)
        return None if found is None else [[*trail, here] for trail in found]

    def _bound(
        self, scope: Scope, binding: Binding, path: tuple[str, ...], where: Activation
    ) -> Trails | None:
        if isinstance(scope, Function) and isinstance(binding.node, t.Param):
            return self._parameter(scope, binding.node, path, where)
        if binding.kind != "assign" or binding.value is None or binding.unpack:
            return None
        return self.made(binding.value, path, where)

    def _written(self, expr: t.Name, path: tuple[str, ...], where: Activation) -> Trails | None:
        """What item writes such as `config["configurable"]["thread_id"] = x` give the part."""
        scope, found = where.env.scope, []
        for site in scope.calls:
            func = site.node.func
            changes = container_methods().of(site.node).changes
            if changes and path and _root(func) == expr.id:
                return None
        for write in scope.item_writes:
            if _root(write.container) != expr.id:
                continue
            keys = _keys(t.Subscript(write.container.at, write.container, write.key))
            if keys is None:
                return None
            if keys == path[: len(keys)]:
                made = self.made(write.value, path[len(keys) :], where)
                if made is None:
                    return None
                found += made
        return found

    def _of_outer(self, expr: t.Name, path: tuple[str, ...], scope: Function) -> Trails | None:
        """A name of the function around, where that calls this one once for each value."""
        call = only_call(scope)
        if call is None:
            return None
        at = t.Name(call.node.at, expr.id)
        found = self.made(at, path, Activation(self.program.env(call.scope)))
        return None if found is None else [[*trail, Use(expr, scope)] for trail in found]

    # --- calls -----------------------------------------------------------------------------

    def _called(self, expr: t.Call, path: tuple[str, ...], where: Activation) -> Trails | None:
        values = inference.infer(self.program, expr.func, where.env)
        if not values:
            return None
        return _all(self._result(value, expr, path, where) for value in values)

    def _result(
        self, callee: Value, expr: t.Call, path: tuple[str, ...], where: Activation
    ) -> Trails | None:
        if isinstance(callee, External):
            return self._outside(callee.name, expr, path, where)
        if isinstance(callee, FunctionRef):
            return self._returned(callee.function, expr, path, where)
        if isinstance(callee, ClassRef) and path:
            return self._field(callee.cls, expr, path, where)
        if not isinstance(expr.func, t.Attribute):
            return None
        if path:
            return self._copied(expr, expr.func.value, path, where)
        if expr.func.attr in _JOINING:
            return self._any((expr.func.value, *_parts(expr)), where)
        return self.made(expr.func.value, (), where)

    def _copied(
        self, expr: t.Call, copied: t.Expr, path: tuple[str, ...], where: Activation
    ) -> Trails | None:
        """The part of a copy, unless the copy is given another one."""
        if container_methods().of(expr).gives != "whole":
            return None
        given = expr.argument(path[0])
        if given is not None:
            return self.made(given, path[1:], where)
        plain = expr.argument("update") is None and not any(arg.star for arg in expr.args)
        return self.made(copied, path, where) if plain else None

    def _outside(
        self, name: str, expr: t.Call, path: tuple[str, ...], where: Activation
    ) -> Trails | None:
        first = next(iter(expr.args), None)
        if name in table("values")["new_each_time"]["functions"]:
            return [[Use(expr, where.env.scope)]] if path in ((), ("hex",), ("int",)) else None
        if name in _TEXT_OF and not path and first is not None:
            return self.made(first.value, (), where)
        if not path:
            return None
        given = expr.argument(path[0])
        if given is not None:
            return self.made(given, path[1:], where)
        if name in _COPIES and first is not None and first.keyword is None:
            return self.made(first.value, path, where)
        return None if any(arg.star for arg in expr.args) else []

    def _returned(
        self, function: Function, call: t.Call, path: tuple[str, ...], where: Activation
    ) -> Trails | None:
        """What a function returns: made by the call, where nothing that it was given is."""
        plain = {terminal_name(item) for item in function.decorators}
        if function.is_generator or plain - {"staticmethod", "classmethod"}:
            return None
        inside = Activation(self.program.env(function), call, where)
        found = _all(self.made(expr, path, inside) for expr in function.result_exprs())
        return None if found is None else _by(call, where.env.scope, function, found)

    def _field(
        self, cls: Class, call: t.Call, path: tuple[str, ...], where: Activation
    ) -> Trails | None:
        """A field of an object that a call makes: what it is given, or made by its factory."""
        given = call.argument(path[0])
        if given is not None:
            return self.made(given, path[1:], where)
        bindings = cls.bindings.get(path[0], ())
        if len(bindings) != 1 or any(arg.star or arg.keyword is None for arg in call.args):
            return None
        value = bindings[0].value
        factory = value.argument("default_factory") if isinstance(value, t.Call) else None
        if factory is None:
            return None
        key = ("factory", id(factory))
        made = self.program.made.setdefault(key, t.Call(factory.at, factory, ()))
        assert isinstance(made, t.Call)
        found = self.made(made, path[1:], Activation(self.program.env(cls)))
        return [[Use(call, where.env.scope)]] if found else None

    # --- parameters ------------------------------------------------------------------------

    def _parameter(
        self, function: Function, param: t.Param, path: tuple[str, ...], where: Activation
    ) -> Trails | None:
        if param.name == function.self_name or param.kind in ("*", "**"):
            return None
        if where.call is not None and where.outer is not None:
            skip = 1 if function.self_name else 0
            return self._argument(function, param, path, where.call, where.outer, skip)
        if (only := only_call(function)) is not None:
            outer = Activation(self.program.env(only.scope))
            return self._argument(function, param, path, only.node, outer, 0)
        provided = providers(self.program, function, param)
        if provided:
            made = _all(self._provided(value, path) for value in provided)
            return [[Use(param, function)]] if made else None
        calls = self.must_values.calls_of(function)
        if not calls:
            return None
        return _all(self._by_caller(function, param, path, call) for call in calls)

    def _provided(self, value: Value, path: tuple[str, ...]) -> Trails | None:
        """What a dependency returns, which a framework calls with what is asked of it."""
        if not isinstance(value, FunctionRef) or value.function.decorators:
            return None
        inside = Activation(self.program.env(value.function))
        return _all(self.made(expr, path, inside) for expr in value.function.result_exprs())

    def _by_caller(
        self, function: Function, param: t.Param, path: tuple[str, ...], call: Caller
    ) -> Trails | None:
        if _is_test(call):
            return []
        outer = Activation(call.env)
        return self._argument(function, param, path, call.node, outer, call.skip)

    def _argument(
        self,
        function: Function,
        param: t.Param,
        path: tuple[str, ...],
        call: t.Call,
        outer: Activation,
        skip: int,
    ) -> Trails | None:
        if any(arg.star for arg in call.args):
            return None
        names = [item.name for item in function.params if item.kind == "positional"][skip:]
        position = names.index(param.name) if param.name in names else None
        given = call.argument(param.name, position)
        if given is None:
            return [] if isinstance(param.default, t.Constant) and not param.default.value else None
        return self.made(given, path, outer)


def _is_test(call: Caller) -> bool:
    return call.env.scope.module.is_test


def _all(parts: Iterable[Trails | None]) -> Trails | None:
    """All of the parts; None where one is not known."""
    found: Trails = []
    for part in parts:
        if part is None:
            return None
        found += part
    return found


def _by(call: t.Call, scope: Scope, function: Function, found: Trails) -> Trails:
    """What a function makes itself is made by its call."""
    own = [trail for trail in found if trail[0].scope is function]
    rest = [trail for trail in found if trail[0].scope is not function]
    return [*rest, *([[Use(call, scope)]] if own else [])]


def _parts(call: t.Call) -> Iterator[t.Expr]:
    """The arguments of a call, and the items of a list or tuple among them."""
    for arg in call.args:
        yield from arg.value.items if isinstance(arg.value, t.Sequence) else (arg.value,)


def _root(expr: t.Expr) -> str:
    while isinstance(expr, (t.Subscript, t.Attribute)):
        expr = expr.value
    return expr.id if isinstance(expr, t.Name) else ""


def _keys(expr: t.Expr) -> tuple[str, ...] | None:
    """The keys that lead from a name to an item; None where one of them is not seen."""
    found: list[str] = []
    while isinstance(expr, t.Subscript):
        if not isinstance(expr.index, t.Constant) or not isinstance(expr.index.value, str):
            return None
        found.insert(0, expr.index.value)
        expr = expr.value
    return tuple(found) if isinstance(expr, t.Name) else None
