"""What a parameter gets: from its frame's call, else from every caller of the project."""

from __future__ import annotations

from lg_lint.facts import tree as t
from lg_lint.program.inference import arguments, callers, classes, core, decorators, hints
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    ANYTHING,
    CallContext,
    ClassRef,
    Env,
    ExternalMethod,
    ExternalObject,
    Instance,
    Value,
    Values,
)

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
    is_first = param is function.params[0] and param.kind == "positional"
    if is_first and function.cls is None and frame is not None and frame.bound is not None:
        return (frame.bound,)
    if frame is not None and frame.call is not None and frame.caller is not None:
        skip = 1 if frame.bound is not None and function.takes_receiver else 0
        skip += _leading(function, frame, skip)
        found = arguments.argument(program, function, param, frame.call, frame.caller, skip)
        if param.kind == "*" and frame.bound is not None and function.params[0] is param:
            found = arguments.behind_receiver(program, found or (), frame.bound)
        if found is None:
            return _fallback(program, function, param, env)
        is_told = any(tells(program, value) for value in found)
        return found if is_told else _with_annotation(program, function, param, found)
    return core.memoized(
        program,
        ("parameter", param),
        lambda: _from_callers(program, function, param, program.env(function)),
    )


def _leading(function: Function, frame: CallContext, skip: int) -> int:
    """How many of the first parameters a frame was given directly: the call fills those behind."""
    given = {name for name, _ in frame.given}
    positions = [item.name for item in function.params if item.kind == "positional"][skip:]
    return next((at for at, name in enumerate(positions) if name not in given), len(positions))


def receiver(program: Program, function: Function, frame: CallContext | None) -> Values:
    """`self` or `cls` of a method."""
    if frame is not None and frame.bound is not None:
        return (frame.bound,)
    assert function.cls is not None
    if any(terminal_name(decorator) == "classmethod" for decorator in function.decorators):
        return (ClassRef(function.cls),)
    if function.name == "__init_subclass__":
        return tuple(ClassRef(cls) for cls in classes.subclasses(program, function.cls)) or ANYTHING
    if function.name in ("__new__", "__class_getitem__"):
        return (ClassRef(function.cls),)
    return (Instance(function.cls),)


def _from_callers(program: Program, function: Function, param: t.Param, env: Env) -> Values:
    if program.parameter_hook is not None:
        hooked = program.parameter_hook(program, function, param, env)
        if hooked is not None:
            return hooked
    found: list[Values] = []
    is_left_out = False
    for caller in callers.callers_of(program, function):
        values = arguments.argument(program, function, param, caller.node, caller.env, caller.skip)
        if values is not None:
            found.append(values)
        is_left_out = is_left_out or values is None
    found += decorators.given_to(program, function, param)
    if is_left_out:
        found.append(tuple(filter(core.known, _default(program, function, param))))
    values = core.union(found)
    if any(tells(program, value) for value in values):
        return values
    if any(map(core.known, values)):
        return _with_annotation(program, function, param, values)
    return core.union((values, _fallback(program, function, param, env)))


def tells(program: Program, value: Value) -> bool:
    """Whether an argument says more than that a library gave it, of which nothing else is known."""
    is_given = isinstance(value, ExternalMethod) or core.is_foreign(program, value)
    return core.known(value) and not is_given


def _with_annotation(
    program: Program, function: Function, param: t.Param, values: Values
) -> Values:
    """Arguments of which little is known, joined with what the parameter's annotation says."""
    if param.annotation is None:
        return values
    outer = program.env(function.parent or function.module)
    annotated = hints.annotated_values(program, param.annotation, outer)
    types = {value.type for value in values if isinstance(value, ExternalObject)}
    if any(isinstance(value, ExternalObject) and value.type in types for value in annotated):
        return values
    return core.union((annotated, values)) if any(map(_is_object, annotated)) else values


def _is_object(value: Value) -> bool:
    """Whether an annotation names a class, and no form of typing such as `Callable`."""
    return isinstance(value, Instance) or (
        isinstance(value, ExternalObject) and value.type.partition(".")[0] not in _FORMS
    )


def _fallback(program: Program, function: Function, param: t.Param, env: Env) -> Values:
    """A parameter that no call fills: its default, else what its annotation says."""
    default = _default(program, function, param)
    if any(core.known(value) for value in default):
        return default
    if param.annotation is not None and param.kind not in ("*", "**"):
        outer = program.env(function.parent or function.module)
        annotated = hints.annotated_values(program, param.annotation, outer)
        if annotated:
            return annotated
    return default or ANYTHING


def _default(program: Program, function: Function, param: t.Param) -> Values:
    if param.default is None:
        return ()
    return core.infer(program, param.default, program.env(function.parent or function.module))
