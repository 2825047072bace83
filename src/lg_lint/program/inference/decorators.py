"""What decorators make of functions and classes, and which of the project's code they run."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.program.inference import callees, calls, classes, core
from lg_lint.program.scopes import Class, Function, Scope
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    CallContext,
    ClassRef,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Offloader,
    Partial,
    Value,
    Values,
)

_DISPATCHERS = {"singledispatch", "singledispatchmethod"}
_MAX_DECORATED = 100
"""Functions that one place applies a decorator to: they multiply where decorators are decorated."""


class Applied(Struct, frozen=True):
    """A decorator at work: where it stands, what it is, and what it is given."""

    node: t.Expr
    decorator: Value
    values: Values


def decorated(program: Program, node: t.FunctionDef, env: Env) -> Values:
    """A function as its decorators leave it."""
    if id(node) in program.declared:
        return (External(program.declared[id(node)]),)
    function = program.function_of(node)
    return _through(program, (FunctionRef(function, closure=core.closure_of(env)),), node, env)


def decorated_class(program: Program, node: t.ClassDef, env: Env) -> Values:
    """A class as its decorators leave it."""
    values = classes.class_ref(program, node, env.scope)
    return _through(program, values, node, env) if node.decorators else values


def _through(
    program: Program, values: Values, node: t.FunctionDef | t.ClassDef, env: Env
) -> Values:
    for decorator in reversed(node.decorators):
        values = _made(program, values, decorator, env)
    return values


def _made(program: Program, values: Values, decorator: t.Expr, env: Env) -> Values:
    made = core.union(
        decorate(program, value, values, decorator, env)
        for value in core.infer(program, decorator, env)
    )
    return made or values


def applications(program: Program, scope: Function | Class, env: Env) -> Iterator[Applied]:
    """What is applied to a function or class where it is defined, the first to run first."""
    values: Values = (ClassRef(scope),) if isinstance(scope, Class) else ()
    if isinstance(scope, Function):
        values = (FunctionRef(scope, closure=core.closure_of(env)),)
    decorators = scope.node.decorators if isinstance(scope, Class) else scope.decorators
    for decorator in reversed(decorators):
        for value in core.infer(program, decorator, env):
            yield Applied(decorator, value, values)
        values = _made(program, values, decorator, env)


def given_to(program: Program, function: Function, param: t.Param) -> Iterator[Values]:
    """What decorating gives the first parameter of a function of the project."""
    for item, decorator, value in _decorating(program, function):
        is_bound = getattr(value, "bound", None) is not None or isinstance(value, ClassRef)
        params = function.params[1:] if is_bound and function.takes_receiver else function.params
        if params[:1] != (param,) or item.module.is_test:
            continue
        for applied in applications(program, item, program.env(item.parent or item.module)):
            if applied.node is decorator:
                yield applied.values


def _decorating(
    program: Program, function: Function
) -> Iterator[tuple[Function | Class, t.Expr, Value]]:
    """Where a function is applied as a decorator, itself or by its class."""
    owner = function.cls if function.name == "__init__" else None
    target: Function | Class = owner or function
    scope: Scope | None = target
    while isinstance(scope, (Function, Class)):
        for name in program.names_of(scope.name):
            key = ("decorations", name, program.components.get(target.module.path))
            if key not in program.indexes:
                program.indexes[key] = callees.CallSiteIndex(
                    program.decorations(name),
                    lambda row: (row[1], row[0].parent or row[0].module),
                    target.module,
                )
            for (item, decorator), value in program.indexes[key].meaning(program, target):
                yield item, decorator, value
        scope = scope.parent


def application_frame(program: Program, ref: FunctionRef, given: Values) -> CallContext | None:
    """The frame of a function of the project that is given one value; None where it takes none."""
    params = calls.open_params(ref)
    if not params:
        return None
    return program.frame(
        ref.function,
        bound=ref.bound,
        closure=ref.closure,
        given=((params[0].name, given),),
    )


def decorate(program: Program, decorator: Value, values: Values, node: t.Expr, env: Env) -> Values:
    """What a decorator makes of a function; unknown outside decorators leave it as it is."""
    if isinstance(decorator, FunctionRef):
        return _of_function(program, decorator, values, node)
    if isinstance(decorator, ClassRef):
        return _of_class(program, decorator, values)
    if isinstance(decorator, Instance):
        method = classes.find_method(program, decorator.cls, "__call__")
        ref = FunctionRef(method, bound=decorator) if method is not None else None
        return _of_function(program, ref, values, node) if ref is not None else values
    if isinstance(decorator, Partial) and isinstance(decorator.func, FunctionRef):
        return _of_partial(program, decorator, values)
    kind = None
    if isinstance(decorator, External) and decorator.name in program.types.offloaders:
        return tuple(Offloader(value) for value in values)
    if isinstance(decorator, External):
        kind = program.types.decorators.get(decorator.name)
    elif isinstance(decorator, ExternalObject):
        kind = program.types.decorators.get(decorator.type)
    elif isinstance(decorator, ExternalMethod) and isinstance(decorator.receiver, ExternalObject):
        kind = program.types.decorators.get(f"{decorator.receiver.type}.{decorator.name}")
    if kind is None or any(isinstance(value, ClassRef) for value in values):
        return values
    return tuple(ExternalObject(kind, node, env, value) for value in values)


def _of_function(program: Program, ref: FunctionRef, values: Values, node: t.Expr) -> Values:
    frame = application_frame(program, ref, values)
    if frame is None:
        return values
    known = program.memo.decorated.setdefault(node, set())
    known.add(frame)
    if len(known) > _MAX_DECORATED:
        return ANYTHING
    return _useful(calls.returned_values(program, ref, frame)) or values


def _of_class(program: Program, decorator: ClassRef, values: Values) -> Values:
    """An object in the place of the function, where it can be called as that was."""
    called = classes.find_method(program, decorator.cls, "__call__")
    return (Instance(decorator.cls),) if called is not None else values


def _of_partial(program: Program, partial: Partial, values: Values) -> Values:
    assert isinstance(partial.func, FunctionRef)
    given = calls.partial_arguments(program, partial)
    bound = {name for name, _ in given}
    ref = partial.func
    name = next((item.name for item in calls.open_params(ref) if item.name not in bound), None)
    if name is None:
        return values
    frame = program.frame(
        ref.function, bound=ref.bound, closure=ref.closure, given=(*given, (name, values))
    )
    return _useful(calls.returned_values(program, ref, frame)) or values


def _useful(made: Values) -> Values:
    return tuple(value for value in made if core.known(value))


def dispatched(program: Program, function: Function) -> Iterator[FunctionRef]:
    """The functions that are registered as forms of a `singledispatch` function."""
    if not any(terminal_name(item) in _DISPATCHERS for item in function.decorators):
        return
    for item, decorator in program.decorations("register"):
        named = decorator.func if isinstance(decorator, t.Call) else decorator
        if isinstance(item, Function) and isinstance(named, t.Attribute):
            env = program.env(item.parent or item.module)
            for value in core.infer(program, named.value, env):
                if isinstance(value, FunctionRef) and value.function is function:
                    yield FunctionRef(item)


def decorator_calls(function: Function) -> Iterator[tuple[t.Expr, t.Call | None]]:
    """A function's decorators: the callee's expression and the call, where it is one."""
    for decorator in function.decorators:
        if isinstance(decorator, t.Call):
            yield decorator.func, decorator
        else:
            yield decorator, None


def frames_of(program: Program, function: Function) -> list[CallContext]:
    """The activations of a function that decorating makes, one a function that is decorated."""
    found: list[CallContext] = []
    for item, decorator, value in _decorating(program, function):
        if item.module.is_test or not isinstance(value, FunctionRef):
            continue
        for applied in applications(program, item, program.env(item.parent or item.module)):
            frame = application_frame(program, value, applied.values)
            if applied.node is decorator and frame is not None:
                found.append(frame)
    return found
