"""Calls: what they return, what a parameter gets, and who calls a function."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.inference import (
    attributes,
    classes,
    core,
    decorators,
    externals,
    getters,
    hints,
    narrowing,
    parameters,
    records,
)
from lg_lint.program.inference.call_strings import caller_env
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program
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
        method = classes.find_method(program, callee.cls, "__call__")
        if method is None:
            return ANYTHING
        return call_function(program, FunctionRef(method, bound=callee), node, env)
    if isinstance(callee, Partial):
        return call_partial(program, callee, node, env)
    if isinstance(callee, Offloader):
        return call(program, callee.func, node, env)
    if isinstance(callee, ExternalObject) and getters.is_getter(callee):
        return getters.call(program, callee, node, env)
    if isinstance(callee, ExternalObject) and program.types.method(callee.type, "__call__"):
        return externals.call_method(program, ExternalMethod(callee, "__call__"), node, env)
    made = records.constructed(callee, node, env) if isinstance(callee, ExternalObject) else ()
    return made or ANYTHING


def call_function(program: Program, ref: FunctionRef, node: t.Call, env: Env) -> Values:
    """What a call of a function gives: what it returns, or the generator that it makes."""
    if ref.function.is_generator:
        return (GeneratorOf(ref, node, env),)
    found = [returned_values(program, ref, frame_for(program, ref, node, env))]
    for form in decorators.dispatched(program, ref.function):
        form = FunctionRef(form.function, bound=ref.bound)
        found.append(returned_values(program, form, frame_for(program, form, node, env)))
    return core.union(found)


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
    if ref.function.is_generator:
        return (GeneratorOf(ref, node, env),)
    return returned_values(program, ref, partial_frame(program, ref, partial, node, env))


def partial_frame(
    program: Program, ref: FunctionRef, partial: Partial, node: t.Call, env: Env
) -> CallContext:
    """The frame of a call of a partial of a function."""
    return program.frame(
        ref.function,
        call=node,
        caller=caller_env(program, ref.function, env),
        bound=ref.bound,
        closure=ref.closure,
        given=partial_arguments(program, partial),
    )


def partial_arguments(program: Program, partial: Partial) -> tuple[tuple[str, Values], ...]:
    """What a partial binds: parameter names with values."""
    assert isinstance(partial.func, FunctionRef)
    params = open_params(partial.func)
    given: list[tuple[str, Values]] = []
    positional = iter(params)
    for arg in partial.call.args[1:]:
        if arg.star:
            break
        name = arg.keyword or next((param.name for param in positional), None)
        if name is not None:
            given.append((name, core.infer(program, arg.value, partial.env)))
    return tuple(given)


def open_params(ref: FunctionRef) -> list[t.Param]:
    """The parameters a caller fills: without a bound receiver."""
    params = list(ref.function.params)
    return params[1:] if ref.bound is not None and ref.function.takes_receiver else params


def frame_for(program: Program, ref: FunctionRef, node: t.Call, env: Env) -> CallContext | None:
    """The frame of a call: its own where the arguments can matter."""
    if returns_parameters(program, ref.function):
        caller = caller_env(program, ref.function, env)
        return program.frame(
            ref.function, call=node, caller=caller, bound=ref.bound, closure=ref.closure
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
            tuple(
                value
                for value in core.infer(program, expr, env)
                if narrowing.is_defined(program, value, env)
            )
            for expr in function.result_exprs()
            if narrowing.is_returned(program, expr, env)
        ),
    )
    annotated: Values = ()
    hint = function.node.returns if isinstance(function.node, t.FunctionDef) else None
    if hint is not None and not any(_is_own_result(program, value) for value in values):
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


def _is_own_result(program: Program, value: Value) -> bool:
    """Whether a result is more than what a function or an attribute of a library gave."""
    if isinstance(value, ExternalObject):
        last = value.type.rpartition(".")[2]
        return last[:1].isupper() and not last.endswith("()")
    return parameters.tells(program, value)
