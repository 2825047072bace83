"""What inference says of the argument of `reveal(...)` in small programs."""

from __future__ import annotations

from lg_lint.program import inference
from lg_lint.program.values import (
    ClassRef,
    Const,
    Container,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    ModuleRef,
    Offloader,
    Partial,
    Value,
)
from model.programs import program_of

COMPILED = "CompiledStateGraph"


def revealed(files: dict[str, str] | str) -> set[str]:
    """The values of the arguments of all `reveal(...)` calls, in words."""
    program = program_of(files)
    calls = program.calls_named("reveal")
    assert calls, "the program reveals nothing"
    return {
        words(value)
        for site, scope in calls
        for value in inference.infer(program, site.node.args[0].value, program.env(scope))
    }


def words(value: Value) -> str:
    if isinstance(value, Const):
        return repr(value.value)
    if isinstance(value, (External, ExternalObject)):
        name = value.name if isinstance(value, External) else value.type
        last = name.rpartition(".")[2]
        return f"{last} object" if isinstance(value, ExternalObject) else name
    if isinstance(value, ExternalMethod):
        return f"{words(value.receiver)}.{value.name}"
    if isinstance(value, (FunctionRef, ClassRef, Instance)):
        owner = value.function if isinstance(value, FunctionRef) else value.cls
        kind = {FunctionRef: "def", ClassRef: "class", Instance: "object"}[type(value)]
        return f"{kind} {owner.qualname}"
    if isinstance(value, GeneratorOf):
        return f"generator {value.function.function.qualname}"
    if isinstance(value, Container):
        return value.kind
    if isinstance(value, ModuleRef):
        return f"module {value.module.path.rpartition('/')[2]}"
    if isinstance(value, (Partial, Offloader)):
        return f"{type(value).__name__.lower()} {words(value.func)}"
    return "?"
