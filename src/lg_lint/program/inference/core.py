"""Demand-driven value inference: what an expression may be."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from typing import Any

from lg_lint.facts import tree as t
from lg_lint.program.arithmetic import arithmetic
from lg_lint.program.inference import (
    attributes,
    calls,
    classes,
    containers,
    decorators,
    hints,
    imports,
    named_modules,
    parameters,
    subscripts,
)
from lg_lint.program.scopes import END, Binding, Class, Function, Module, Scope, owner, reaching
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    NONE,
    UNKNOWN,
    CallContext,
    ClassRef,
    Const,
    Container,
    Env,
    External,
    ExternalObject,
    FunctionRef,
    Instance,
    Unknown,
    Value,
    Values,
    constant,
)

_MAX_VALUES = 24
_MAX_TEXT = 10_000
_FACTS = {"__file__", "__path__", "__package__"}
"""Names that Python gives a module. What `__name__` is depends on how the module is run."""

_BUILTINS = {
    *dir(builtins),
    "BaseExceptionGroup",
    "ExceptionGroup",
    "PythonFinalizationError",
}
"""The names of all Pythons; any other that nothing binds may be anything."""

_A_TEXT: Values = (ExternalObject("builtins.str"),)


def infer(program: Program, expr: t.Expr, env: Env) -> Values:
    """What `expr` may be; empty where it can have no value, `Unknown` where nothing is known.

    Names are not remembered: what binds them is, and most are asked for once.
    """
    if type(expr) is t.Name:
        return lookup(program, expr.id, env, expr.start)
    known_values = env.known.get(expr)
    if known_values is not None:
        return known_values
    plain = _PLAIN.get(type(expr))
    if plain is not None:
        found = env.known[expr] = plain(program, expr, env)
        return found
    handler = _HANDLERS.get(type(expr))
    if handler is None:
        return ANYTHING
    return _memoized(program, env.known, expr, handler, program, expr, env)


def memoized(
    program: Program, key: tuple[object, ...], compute: Callable[..., Values], *arguments: Any
) -> Values:
    """`compute(*arguments)`, once a key; nothing where a key needs itself."""
    return _memoized(program, program.memo.values, key, compute, *arguments)


def _memoized(
    program: Program,
    values_of: dict[Any, Values],
    key: object,
    compute: Callable[..., Values],
    *arguments: Any,
) -> Values:
    known_values = values_of.get(key)
    if known_values is not None:
        return known_values
    return program.memo.ask(values_of, key, (), _uniquely, compute, *arguments)


def _uniquely(compute: Callable[..., Values], *arguments: Any) -> Values:
    return unique(compute(*arguments))


def unique(values: Iterable[Value]) -> Values:
    """Without repeats, in order; anything stands for a long tail."""
    if type(values) is tuple and len(values) < 2:
        return values
    found = tuple(dict.fromkeys(values))
    if len(found) <= _MAX_VALUES:
        return found
    certain = [value for value in found if not isinstance(value, Unknown)]
    return (*certain[: _MAX_VALUES - 1], *ANYTHING)


def union(parts: Iterable[Values]) -> Values:
    """All values, each once; `Unknown` stays among them."""
    found = [part for part in parts if part]
    if len(found) == 1:
        return unique(found[0])
    return unique(value for part in found for value in part) if found else ()


# --- names ---------------------------------------------------------------------------------


def lookup(program: Program, name: str, env: Env, at: t.Position) -> Values:
    """What a name means where it stands."""
    for known, values in env.names:
        if known == name:
            return values
    scope: Scope | None = env.scope
    frame = env.frame
    own = True
    while scope is not None:
        kind = type(scope)
        declared = scope.declared.get(name) if scope.declared else None
        if declared == "global":
            return module_name(program, scope.module, name, END)
        visible = own or kind is not Class
        if visible and declared is None and name in scope.bindings:
            place = at if own else END
            if kind is Module:
                return module_name(
                    program, scope.module, name, place, env if scope is env.scope else None
                )
            found = reaching(scope, name, place) or scope.bindings[name]
            here = (
                env if scope is env.scope else program.env(scope, frame, env.names if own else ())
            )
            is_rebound = scope.module.nonlocals and name in scope.module.nonlocals
            outside = _written_inside(program, scope, name) if is_rebound else ()
            if len(found) == 1 and not outside:
                return binding_values(program, found[0], here)
            return union([*(binding_values(program, item, here) for item in found), outside])
        if kind is Module:
            if name in scope.module.writers:  # only functions bind it, by `global`
                return module_name(program, scope.module, name, END)
            written = attributes.written_on_module(program, scope.module, name)
            if written:
                return written
            break
        if isinstance(scope, Function):
            frame = frame.closure if frame is not None else None
            own = own and isinstance(scope.node, t.Lambda)
        else:
            own = False
        scope = scope.parent
    starred = imports.from_star(program, env.scope.module, name)
    if starred:
        return starred
    if name in _FACTS:
        return named_modules.module_fact(program, env.scope.module, name)
    if name not in _BUILTINS and not name.startswith("__"):
        return ANYTHING
    if name not in program.builtins:
        program.builtins[name] = (External(f"builtins.{name}"),)
    return program.builtins[name]


def _written_inside(program: Program, scope: Scope, name: str) -> Values:
    """What functions in a function bind its name to, by `nonlocal`."""
    return union(
        binding_values(program, binding, program.env(function))
        for function in scope.module.nonlocals[name]
        if owner(function, name) is scope
        for binding in function.bindings.get(name, ())
    )


def module_name(
    program: Program, module: Module, name: str, at: t.Position, env: Env | None = None
) -> Values:
    """A module's global, with what functions assign to it through `global`.

    `env` is that of the module's own code that asks.
    """
    here = env or program.env(module)
    bindings = reaching(module, name, at) or module.bindings.get(name, ())
    outside = attributes.written_on_module(program, module, name) if at == END else ()
    if len(bindings) == 1 and name not in module.writers and not outside:
        return binding_values(program, bindings[0], here)
    found = [(binding, here) for binding in bindings]
    for function in module.writers.get(name, ()):
        env = program.env(function)
        found.extend((binding, env) for binding in function.bindings.get(name, ()))
    return union((*(binding_values(program, binding, env) for binding, env in found), outside))


def binding_values(program: Program, binding: Binding, env: Env) -> Values:
    """What one binding gives its name."""
    return _memoized(program, env.known, binding, _binding_values, program, binding, env)


def _binding_values(program: Program, binding: Binding, env: Env) -> Values:
    node = binding.node
    if binding.kind == "import":
        return imports.imported(program, binding, env.scope.module)
    if isinstance(node, t.FunctionDef):
        return decorators.decorated(program, node, env)
    if isinstance(node, t.ClassDef):
        return decorators.decorated_class(program, node, env)
    if isinstance(node, t.Param):
        assert isinstance(env.scope, Function)
        return parameters.parameter(program, env.scope, node, env)
    if isinstance(node, t.Handler):
        return _caught(program, node, env)
    if binding.value is None:
        if binding.annotation is not None:
            return hints.annotated_values(program, binding.annotation, env)
        return ANYTHING
    values = infer(program, binding.value, env)
    if any(isinstance(value, Const) for value in values) and _is_counted_on(binding, env.scope):
        return ANYTHING
    if binding.kind == "element":
        return containers.elements(program, values, binding.unpack)
    if binding.kind == "enter":
        return containers.entered(program, values, binding.unpack)
    values = containers.unpacked(program, values, binding.unpack)
    if binding.annotation is not None and not any(known(value) for value in values):
        return hints.annotated_values(program, binding.annotation, env)
    if binding.annotation is not None and all(is_foreign(program, value) for value in values):
        return union((hints.annotated_values(program, binding.annotation, env), values))
    return values


def _caught(program: Program, handler: t.Handler, env: Env) -> Values:
    """The exception that a handler names: an object of the classes that it catches."""
    caught = infer(program, handler.type, env) if handler.type is not None else ANYTHING
    kinds = [
        kind
        for value in caught
        for kind in (
            containers.elements(program, (value,), ()) if isinstance(value, Container) else (value,)
        )
    ]
    return unique(Instance(kind.cls) if isinstance(kind, ClassRef) else UNKNOWN for kind in kinds)


def _is_counted_on(binding: Binding, scope: Scope) -> bool:
    """Whether a name gets what comes of its own last value: `x *= 2`, `x = x * 2` in a loop."""
    if binding.kind == "augmented":
        return True
    value = binding.value
    if not isinstance(value, t.BinOp):
        return False
    names = {part.id for part in t.walk(value) if isinstance(part, t.Name)}
    return binding.name in names and binding in reaching(scope, binding.name, value.start)


def is_foreign(program: Program, value: Value) -> bool:
    """Whether a value is an object of an outside class of which the tables say nothing."""
    if not isinstance(value, ExternalObject) or value.type.startswith("builtins."):
        return False
    types = program.types
    spoken_of = (*types.returns, *types.attributes)
    return types.lineage(value.type) == [value.type] and not any(
        name.startswith(f"{value.type}.") for name in spoken_of
    )


def known(value: Value) -> bool:
    """Whether a value says more than "something" or None."""
    return not isinstance(value, Unknown) and value != NONE


def closure_of(env: Env) -> CallContext | None:
    """The frame that a function defined here closes over."""
    return env.frame


# --- expressions ---------------------------------------------------------------------------


def _constant(program: Program, node: t.Constant, env: Env) -> Values:
    return (constant(node.value),)


def _attribute(program: Program, node: t.Attribute, env: Env) -> Values:
    receivers = infer(program, node.value, env)
    here = env.scope.module
    found = union(
        [attributes.attribute_values(program, value, node.attr, here) for value in receivers]
    )
    bag = terminal_name(node.value)
    outside = all(isinstance(value, External) for value in found)  # streamlit.session_state
    if bag in program.types.bags and (outside or not any(known(value) for value in found)):
        return attributes.app_state_writes(program, bag, node.attr, here) or found
    return found


def _call(program: Program, node: t.Call, env: Env) -> Values:
    if isinstance(node.func, t.Attribute):
        inside = subscripts.method(program, node, env)
        if inside is not None:
            return inside
    callees = infer(program, node.func, env)
    return union([calls.call(program, callee, node, env) for callee in callees])


def _subscript(program: Program, node: t.Subscript, env: Env) -> Values:
    return subscripts.subscript(program, node, env)


def _display(program: Program, node: t.Expr, env: Env) -> Values:
    kind = node.kind if isinstance(node, (t.Sequence, t.Comprehension)) else "dict"
    return (Container(kind, node, env),)


def _either(program: Program, node: t.IfExp, env: Env) -> Values:
    return union((infer(program, node.body, env), infer(program, node.orelse, env)))


def _bool_op(program: Program, node: t.BoolOp, env: Env) -> Values:
    return union((infer(program, node.left, env), infer(program, node.right, env)))


def _bin_op(program: Program, node: t.BinOp, env: Env) -> Values:
    left, right = infer(program, node.left, env), infer(program, node.right, env)
    made = _of_operator(program, node.op, (*left, *right))
    if made is not None:
        return (ExternalObject(made, node, env),)
    if node.op == "|" and any(_is_dict(value) for value in (*left, *right)):
        return (Container("dict", node, env),)
    if node.op == "+" and any(isinstance(value, Container) for value in (*left, *right)):
        return (Container("sum", node, env),)
    if node.op == "+" and len(left) == len(right) == 1:
        first, second = (getattr(value, "value", None) for value in (left[0], right[0]))
        if isinstance(first, str) and isinstance(second, str):
            return _text(first + second)
        if isinstance(first, str) or isinstance(second, str):
            return (ExternalObject("builtins.str", node, env),)
    return arithmetic(node.op, left, right)


def _of_operator(program: Program, operator: str, operands: Values) -> str | None:
    """The outside class of what an operator makes, where an operand's class says so."""
    if not any(row.operator == operator for row in program.types.operators):
        return None
    types: list[str] = []
    for value in operands:
        if isinstance(value, ExternalObject):
            types.append(value.type)
        elif isinstance(value, Instance):
            types += classes.external_bases(program, value.cls)
    return program.types.operated(operator, types)


def _is_dict(value: Value) -> bool:
    return isinstance(value, Container) and value.kind == "dict"


def _unary_op(program: Program, node: t.UnaryOp, env: Env) -> Values:
    operands = infer(program, node.operand, env)
    if node.op == "-" and len(operands) == 1 and isinstance(operands[0], Const):
        number = operands[0].value
        if isinstance(number, (int, float)):
            return (constant(-number),)
    return ANYTHING


def _awaited(program: Program, node: t.Await, env: Env) -> Values:
    return infer(program, node.value, env)


def _named(program: Program, node: t.NamedExpr, env: Env) -> Values:
    return infer(program, node.value, env)


def _lambda(program: Program, node: t.Lambda, env: Env) -> Values:
    return (FunctionRef(program.function_of(node), closure=closure_of(env)),)


def _joined(program: Program, node: t.JoinedString, env: Env) -> Values:
    texts = []
    for part in node.parts:
        values = infer(program, part, env)
        if len(values) != 1 or not isinstance(values[0], Const):
            return (ExternalObject("builtins.str", node, env),)
        texts.append(str(values[0].value))
        if len(texts[-1]) > _MAX_TEXT:
            return _A_TEXT
    return _text("".join(texts))


def _text(value: str) -> Values:
    """A text that was put together; which one does not matter where it is very long."""
    return (constant(value),) if len(value) <= _MAX_TEXT else _A_TEXT


_Handler = Callable[[Program, Any, Env], Values]

_PLAIN: dict[type[t.Node], _Handler] = {
    t.Constant: _constant,
    t.Sequence: _display,
    t.Dict: _display,
    t.Comprehension: _display,
    t.Lambda: _lambda,
}
"""Those that say by themselves what they are."""

_HANDLERS: dict[type[t.Node], _Handler] = {
    t.Attribute: _attribute,
    t.Call: _call,
    t.Subscript: _subscript,
    t.IfExp: _either,
    t.BoolOp: _bool_op,
    t.BinOp: _bin_op,
    t.UnaryOp: _unary_op,
    t.Await: _awaited,
    t.NamedExpr: _named,
    t.JoinedString: _joined,
}
