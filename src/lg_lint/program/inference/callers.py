"""Who calls a function: the calls of the project, partials and constructor calls included."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.program.aliases import plain, variable
from lg_lint.program.inference import callees, classes, writes
from lg_lint.program.scopes import CallSite, Class, Function
from lg_lint.program.store import NAMELESS, Program
from lg_lint.program.values import CallContext, Env, Value


class Caller(Struct, frozen=True):
    """A call of a function: `skip` counts the leading parameters that the call does not fill."""

    node: t.Call
    env: Env
    skip: int
    bound: Value | None = None
    closure: CallContext | None = None


def callers_of(program: Program, function: Function) -> list[Caller]:
    """The calls of the project, tests left out, that may run a function, partials included."""
    cls = function.cls
    if function.name == "__init__" and cls is not None:
        owners = (cls, *classes.subclasses(program, cls))
        return [
            caller for owner in owners for caller in _constructor_calls(program, owner, function)
        ]
    return [*_direct(program, function), *_forwarded(program, function)]


def _direct(program: Program, function: Function) -> Iterator[Caller]:
    before: CallSite | None = None
    for site, value in _calls(program, function, _names(program, function)):
        if site is not before and not site.scope.module.is_test:
            yield _caller(program, site, function, value)
        before = site


def _caller(program: Program, site: CallSite, function: Function, value: Value) -> Caller:
    bound, closure = getattr(value, "bound", None), getattr(value, "closure", None)
    return Caller(site.node, program.env(site.scope), _skipped(function, value), bound, closure)


def _names(program: Program, function: Function) -> list[str]:
    """The names that a function is called by, of parameters that it is given to as well."""
    written = program.written
    firsts = [variable(function.name, function.parent)]
    if isinstance(function.node, t.Lambda):
        named = writes.origins(program, function.module).get(id(function.node), ())
        firsts = [*named, *written.given(function.node)]
    elif function.name == "__call__" and function.cls is not None:
        firsts = ["__call__", f"{function.cls.name}()"]
    spoken = [name for first in firsts for name in program.names_of(plain(first))]
    further = [plain(other) for name in (*firsts, *spoken) for other in written.names(name)]
    is_inner = isinstance(function.parent, Function) or isinstance(function.node, t.Lambda)
    nameless = [NAMELESS] if is_inner or function.name == "__call__" else []
    return list(dict.fromkeys([*spoken, *further, *nameless]))


def _calls(
    program: Program, target: Function | Class, names: list[str]
) -> Iterator[tuple[CallSite, Value]]:
    """The calls of some names that may mean a function or class, with the value that does."""
    for spoken in names:
        key = ("calls", spoken, program.components.get(target.module.path))
        if key not in program.indexes:
            program.indexes[key] = callees.CallSiteIndex(
                program.calls_spoken(spoken),
                lambda site: (site.node.func, site.scope),
                target.module,
            )
        yield from program.indexes[key].meaning(program, target)


def _skipped(function: Function, value: Value) -> int:
    return 1 if getattr(value, "bound", None) is not None and function.takes_receiver else 0


def _constructor_calls(program: Program, cls: Class, init: Function) -> Iterator[Caller]:
    if classes.find_method(program, cls, "__init__") is init:
        for site in constructions(program, cls):
            yield Caller(site.node, program.env(site.scope), 1)
    if cls is init.cls:
        for site, value in _calls(program, init, program.names_of("__init__")):
            bound = getattr(value, "bound", None) is not None
            yield Caller(site.node, program.env(site.scope), 1 if bound else 0)


def constructions(program: Program, cls: Class) -> Iterator[CallSite]:
    """The calls, tests left out, that make an object of a class: by its name, and as `cls(...)`.

    What a class method makes may be an object of each class below its own.
    """
    for site, _ in _calls(program, cls, program.names_of(cls.name)):
        if not site.scope.module.is_test:
            yield site
    if cls.name != "cls":
        for owner in classes.lineage(program, cls):
            for site, _ in _calls(program, owner, ["cls"]):
                if not site.scope.module.is_test:
                    yield site


def _forwarded(program: Program, function: Function) -> Iterator[Caller]:
    """Calls that hand the function and its arguments on: `partial(f, x)`, `to_thread(f, x)`."""
    key = ("forwarded", function.name, program.components.get(function.module.path))
    if key not in program.indexes:
        program.indexes[key] = callees.CallSiteIndex(
            program.forwarded(function.name),
            lambda row: (row[0].node.args[row[1]].value, row[0].scope),
            function.module,
        )
    for (site, position), value in program.indexes[key].meaning(program, function):
        if not site.scope.module.is_test:
            node = _shifted(program, site.node, position)
            yield Caller(node, program.env(site.scope), _skipped(function, value))


def _shifted(program: Program, node: t.Call, position: int) -> t.Call:
    """The call that a forwarding call makes: its function, and the arguments after it."""
    key = ("shifted", id(node))
    if key not in program.made:
        program.made[key] = t.Call(node.at, node.args[position].value, node.args[position + 1 :])
    made = program.made[key]
    assert isinstance(made, t.Call)
    return made
