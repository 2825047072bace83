"""Calls: what they return, what a parameter gets, and who calls a function."""

from __future__ import annotations

from collections.abc import Iterator

from lg_lint.facts import tree as t
from lg_lint.program.inference import (
    attributes,
    callers,
    containers,
    core,
    externals,
    hints,
    narrowing,
)
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    NONE,
    CallContext,
    ClassRef,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    Offloader,
    Partial,
    Value,
    Values,
)

_MAX_FRAMES = 4
_MAX_DECORATED = 100
"""Functions that one place applies a decorator to: they multiply where decorators are decorated."""


# --- what a call returns -------------------------------------------------------------------


def call(program: Program, callee: Value, node: t.Call, env: Env) -> Values:
    """What calling one value gives. Awaiting a coroutine's call is not told apart from calling."""
    if isinstance(callee, FunctionRef):
        return call_function(program, callee, node, env)
    if isinstance(callee, ClassRef):
        return (Instance(callee.cls),)
    if isinstance(callee, External):
        return externals.call(program, callee.name, node, env)
    if isinstance(callee, ExternalMethod):
        return externals.call_method(program, callee, node, env)
    if isinstance(callee, Instance):
        method = attributes.find_method(program, callee.cls, "__call__")
        if method is None:
            return ANYTHING
        return call_function(program, FunctionRef(method, bound=callee), node, env)
    if isinstance(callee, Partial):
        return call_partial(program, callee, node, env)
    if isinstance(callee, Offloader):
        return call(program, callee.func, node, env)
    if isinstance(callee, ExternalObject) and program.types.method(callee.type, "__call__"):
        return externals.call_method(program, ExternalMethod(callee, "__call__"), node, env)
    return ANYTHING


def call_function(program: Program, ref: FunctionRef, node: t.Call, env: Env) -> Values:
    """What a call of a function gives: what it returns, or the generator that it makes."""
    if ref.function.is_generator:
        return (GeneratorOf(ref, node, env),)
    return returned_values(program, ref, frame_for(program, ref, node, env))


def call_result(program: Program, ref: FunctionRef) -> Values:
    """What a method gives that Python calls by itself."""
    if ref.function.is_generator:
        return (GeneratorOf(ref),)
    return returned_values(program, ref, program.frame(ref.function, bound=ref.bound))


def call_partial(program: Program, partial: Partial, node: t.Call, env: Env) -> Values:
    """What a call of a partial gives, with the arguments that it has bound."""
    if not isinstance(partial.func, FunctionRef):
        return call(program, partial.func, node, env)
    ref = partial.func
    frame = program.frame(
        ref.function,
        call=node,
        caller=env,
        bound=ref.bound,
        closure=ref.closure,
        given=partial_arguments(program, partial),
    )
    if ref.function.is_generator:
        return (GeneratorOf(ref, node, env),)
    return returned_values(program, ref, frame)


def partial_arguments(program: Program, partial: Partial) -> tuple[tuple[str, Values], ...]:
    """What a partial binds: parameter names with values."""
    assert isinstance(partial.func, FunctionRef)
    params = _open_params(partial.func)
    given: list[tuple[str, Values]] = []
    positional = iter(params)
    for arg in partial.call.args[1:]:
        if arg.star:
            break
        name = arg.keyword or next((param.name for param in positional), None)
        if name is not None:
            given.append((name, core.infer(program, arg.value, partial.env)))
    return tuple(given)


def _open_params(ref: FunctionRef) -> list[t.Param]:
    """The parameters a caller fills: without a bound receiver."""
    params = list(ref.function.params)
    return params[1:] if ref.bound is not None and ref.function.self_name else params


def frame_for(program: Program, ref: FunctionRef, node: t.Call, env: Env) -> CallContext | None:
    """The frame of a call: its own where the arguments can matter and the chain is short."""
    deep = env.frame is not None and env.frame.depth >= _MAX_FRAMES
    if not deep and returns_parameters(program, ref.function):
        return program.frame(
            ref.function, call=node, caller=env, bound=ref.bound, closure=ref.closure
        )
    if ref.bound is not None or ref.closure is not None:
        return program.frame(ref.function, bound=ref.bound, closure=ref.closure)
    return None


def returns_parameters(program: Program, function: Function) -> bool:
    """Whether what the function returns can depend on its arguments."""
    return program.once(
        "returns parameters",
        function,
        lambda: _returns_parameters(function) or narrowing.returns_by_parameters(program, function),
    )


def _returns_parameters(function: Function) -> bool:
    names = {param.name for param in function.params} - {function.self_name}
    if not names:
        return False
    if function.functions or any(
        isinstance(site.node.func, t.Name) and site.node.func.id in names for site in function.calls
    ):
        return True
    depends = set(names)
    for _ in range(2):
        for bindings in function.bindings.values():
            for binding in bindings:
                if binding.value is not None and _mentions(binding.value, depends):
                    depends.add(binding.name)
    return any(_mentions(expr, depends) for expr in function.result_exprs())


def _mentions(expr: t.Expr, names: set[str]) -> bool:
    return any(isinstance(node, t.Name) and node.id in names for node in t.walk(expr))


def returned_values(program: Program, ref: FunctionRef, frame: CallContext | None) -> Values:
    """What a function returns: its body decides, its annotation where the body says nothing."""
    function = ref.function
    env = program.env(function, frame)
    values = core.memoized(
        program,
        ("returned", function, frame),
        lambda: core.union(
            core.infer(program, expr, env)
            for expr in function.result_exprs()
            if narrowing.is_returned(program, expr, env)
        ),
    )
    annotated: Values = ()
    hint = function.node.returns if isinstance(function.node, t.FunctionDef) else None
    if hint is not None and not any(map(_is_own_result, values)):
        outer = program.env(function.parent or function.module, frame.closure if frame else None)
        annotated = hints.annotated_values(program, hint, outer)
    if any(core.known(value) for value in values):
        own = tuple(value for value in annotated if isinstance(value, Instance))
        return core.union((own, values)) if own else values
    if annotated:
        return annotated
    if values or any(True for _ in function.result_exprs()):
        return values
    return () if attributes.is_abstract(function) else (NONE,)


def _is_own_result(value: Value) -> bool:
    """Whether a result is more than what a function or an attribute of a library gave."""
    if isinstance(value, ExternalObject):
        last = value.type.rpartition(".")[2]
        return last[:1].isupper() and not last.endswith("()")
    return _tells(value)


# --- decorators ----------------------------------------------------------------------------


def decorate(program: Program, decorator: Value, values: Values, node: t.Expr, env: Env) -> Values:
    """What a decorator makes of a function; unknown outside decorators leave it as it is."""
    if isinstance(decorator, FunctionRef):
        params = _open_params(decorator)
        if not params:
            return values
        known = program.memo.decorated.setdefault(node, set())
        frame = program.frame(
            decorator.function,
            bound=decorator.bound,
            closure=decorator.closure,
            given=((params[0].name, values),),
        )
        known.add(frame)
        if len(known) > _MAX_DECORATED:
            return ANYTHING
        made = returned_values(program, decorator, frame)
        useful = tuple(value for value in made if core.known(value))
        return useful or values
    kind = None
    if isinstance(decorator, External) and decorator.name in program.types.offloaders:
        return tuple(Offloader(value) for value in values)
    if isinstance(decorator, External):
        kind = program.types.decorators.get(decorator.name)
    elif isinstance(decorator, ExternalObject):
        kind = program.types.decorators.get(decorator.type)
    elif isinstance(decorator, ExternalMethod) and isinstance(decorator.receiver, ExternalObject):
        kind = program.types.decorators.get(f"{decorator.receiver.type}.{decorator.name}")
    if kind is None:
        return values
    return tuple(ExternalObject(kind, node, env, value) for value in values)


def decorator_calls(function: Function) -> Iterator[tuple[t.Expr, t.Call | None]]:
    """A function's decorators: the callee's expression and the call, where it is one."""
    for decorator in function.decorators:
        if isinstance(decorator, t.Call):
            yield decorator.func, decorator
        else:
            yield decorator, None


# --- parameters ----------------------------------------------------------------------------


_FORMS = {"typing", "collections", "types", "builtins"}


def parameter(program: Program, function: Function, param: t.Param, env: Env) -> Values:
    """What a parameter gets: from the frame's call, else from every caller of the project."""
    frame = env.frame if env.frame is not None and env.frame.function is function else None
    if frame is not None:
        for name, values in frame.given:
            if name == param.name:
                return values
    if param.name == function.self_name:
        return receiver(program, function, frame)
    if frame is not None and frame.call is not None and frame.caller is not None:
        skip = 1 if frame.bound is not None and function.self_name else 0
        skip += sum(1 for name, _ in frame.given if name != param.name)
        found = argument(program, function, param, frame.call, frame.caller, skip)
        if found is None:
            return _fallback(program, function, param, env)
        return (
            found if any(map(_tells, found)) else _with_annotation(program, function, param, found)
        )
    return core.memoized(
        program,
        ("parameter", param),
        lambda: _from_callers(program, function, param, program.env(function)),
    )


def receiver(program: Program, function: Function, frame: CallContext | None) -> Values:
    """`self` or `cls` of a method."""
    if frame is not None and frame.bound is not None:
        return (frame.bound,)
    assert function.cls is not None
    if any(terminal_name(decorator) == "classmethod" for decorator in function.decorators):
        return (ClassRef(function.cls),)
    if function.name in ("__new__", "__init_subclass__", "__class_getitem__"):
        return (ClassRef(function.cls),)
    return (Instance(function.cls),)


def argument(
    program: Program, function: Function, param: t.Param, node: t.Call, env: Env, skip: int
) -> Values | None:
    """The value that a call gives a parameter; None where the call leaves it out."""
    if param.kind in ("*", "**"):
        return ANYTHING
    positions = [item.name for item in function.params if item.kind == "positional"][skip:]
    position = positions.index(param.name) if param.name in positions else None
    expr = node.argument(param.name, position)
    if expr is not None:
        return core.infer(program, expr, env)
    starred = [arg for arg in node.args if arg.star]
    for arg in starred:
        if arg.star == "**":
            given = containers.keyword_of(program, arg.value, env, param.name)
            if given:
                return given
    return ANYTHING if starred else None


def _from_callers(program: Program, function: Function, param: t.Param, env: Env) -> Values:
    if program.parameter_hook is not None:
        hooked = program.parameter_hook(program, function, param, env)
        if hooked is not None:
            return hooked
    found: list[Values] = []
    for caller in callers.callers_of(program, function):
        values = argument(program, function, param, caller.node, caller.env, caller.skip)
        if values is not None:
            found.append(values)
    values = core.union(found)
    if any(map(_tells, values)):
        return values
    if any(map(core.known, values)):
        return _with_annotation(program, function, param, values)
    return core.union((values, _fallback(program, function, param, env)))


def _tells(value: Value) -> bool:
    """Whether an argument says more than that it was read from an object of a library."""
    return core.known(value) and not isinstance(value, ExternalMethod)


def _with_annotation(
    program: Program, function: Function, param: t.Param, values: Values
) -> Values:
    """Arguments of which little is known, joined with what the parameter's annotation says."""
    if param.annotation is None:
        return values
    outer = program.env(function.parent or function.module)
    annotated = hints.annotated_values(program, param.annotation, outer)
    return core.union((annotated, values)) if any(map(_is_object, annotated)) else values


def _is_object(value: Value) -> bool:
    """Whether an annotation names a class, and no form of typing such as `Callable`."""
    return isinstance(value, Instance) or (
        isinstance(value, ExternalObject) and value.type.partition(".")[0] not in _FORMS
    )


def _fallback(program: Program, function: Function, param: t.Param, env: Env) -> Values:
    """A parameter that no call fills: its default, else what its annotation says."""
    outer = program.env(function.parent or function.module)
    default: Values = ()
    if param.default is not None:
        default = core.infer(program, param.default, outer)
    if any(core.known(value) for value in default):
        return default
    if param.annotation is not None:
        annotated = hints.annotated_values(program, param.annotation, outer)
        if annotated:
            return annotated
    return default or ANYTHING
