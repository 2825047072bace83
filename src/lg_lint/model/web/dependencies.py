"""What a parameter gets from dependency injection."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names, table
from lg_lint.program import inference
from lg_lint.program.inference import annotated_values as annotated
from lg_lint.program.scopes import Function
from lg_lint.program.store import Program
from lg_lint.program.values import (
    ANYTHING,
    ClassRef,
    Container,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    Partial,
    Value,
    Values,
)

_MARKERS = names("dependency_markers")


def dependency_values(
    program: Program, function: Function, param: t.Param, _env: Env
) -> Values | None:
    """What `Depends(fn)` injects: by default value, in `Annotated`, or through an alias of it."""
    outer = program.env(function.parent or function.module)
    request = _request(program, function, param, outer)
    if request:
        return request
    for call, where in _markers(program, param, outer):
        if not _is_marker(program, call, where):
            continue
        given = call.argument("dependency", 0)
        if given is not None:
            provided = inference.infer(program, given, where)
            return inference.union(_provided(program, value) for value in provided) or ANYTHING
        if param.annotation is not None:
            return annotated(program, param.annotation, outer) or ANYTHING
    return None


def providers(program: Program, function: Function, param: t.Param) -> Values:
    """The functions whose result a parameter is, asked anew for each request."""
    outer = program.env(function.parent or function.module)
    for call, where in _markers(program, param, outer):
        given = call.argument("dependency", 0)
        if given is not None and _is_marker(program, call, where):
            return inference.infer(program, given, where)
    return ()


class Injection(Struct, frozen=True):
    """One `Depends(...)`: its call, what it asks for, and whether it ends before the response."""

    call: t.Call
    env: Env
    providers: Values
    ends_early: bool


def injections(program: Program, function: Function, param: t.Param) -> Iterator[Injection]:
    """What a parameter is injected with, marker by marker."""
    outer = program.env(function.parent or function.module)
    for call, where in _markers(program, param, outer):
        yield from injection(program, call, where)


def injection(program: Program, call: t.Call, env: Env) -> Iterator[Injection]:
    """What a call stands for where it is a `Depends(...)`."""
    given = call.argument("dependency", 0)
    if given is not None and _is_marker(program, call, env):
        scope = call.argument("scope", None)
        early = isinstance(scope, t.Constant) and scope.value == "function"
        yield Injection(call, env, inference.infer(program, given, env), early)


def _request(program: Program, function: Function, param: t.Param, env: Env) -> Values:
    """The request that a framework hands to the functions that its decorators take."""
    imported = function.module.imported
    for row in table("web")["requests"]:
        if row["module"] not in imported or param.annotation is not None:
            continue
        first = function.params[0] if function.params else None
        for callee, _ in inference.decorator_calls(function) if first is param else ():
            for value in inference.infer(program, callee, env):
                receiver = value.receiver if isinstance(value, ExternalMethod) else None
                kind = receiver.type if isinstance(receiver, ExternalObject) else ""
                if row["owner"] in program.types.lineage(kind):
                    return (ExternalObject(row["type"]),)
    return ()


def _markers(program: Program, param: t.Param, env: Env) -> Iterator[tuple[t.Call, Env]]:
    if isinstance(param.default, t.Call):
        yield param.default, env
    annotation = param.annotation
    if isinstance(annotation, (t.Subscript, t.Name, t.Attribute)):
        for value in inference.infer(program, annotation, env):
            if isinstance(value, Container) and isinstance(value.node, t.Subscript):
                index = value.node.index
                for item in index.items if isinstance(index, t.Sequence) else ():
                    if isinstance(item, t.Call):
                        yield item, value.env


def _is_marker(program: Program, call: t.Call, env: Env) -> bool:
    return any(
        isinstance(callee, External) and callee.name in _MARKERS
        for callee in inference.infer(program, call.func, env)
    )


def _provided(program: Program, value: Value) -> Values:
    """What calling a dependency gives the handler: of a generator, what it yields."""
    if isinstance(value, FunctionRef):
        if value.function.is_generator:
            return inference.elements(program, (GeneratorOf(value),), ())
        frame = None
        if value.bound is not None or value.closure is not None:
            frame = program.frame(value.function, bound=value.bound, closure=value.closure)
        return inference.returned_values(program, value, frame)
    if isinstance(value, ClassRef):
        return (Instance(value.cls),)
    if isinstance(value, Instance):
        method = inference.find_method(program, value.cls, "__call__")
        return _provided(program, FunctionRef(method, bound=value)) if method else ANYTHING
    if isinstance(value, Partial):
        return _provided(program, value.func)
    if isinstance(value, External):
        return (ExternalObject(program.types.result(value.name) or value.name),)
    return ANYTHING
