"""Calls of a method, however they are spelled: `b.add(x)`, `getattr(b, "add")(x)`, `add(x)`."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.program.aliases import plain
from lg_lint.program.inference import core, getters
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.store import NAMELESS, Program
from lg_lint.program.values import (
    Env,
    ExternalMethod,
    ExternalObject,
    Instance,
    Partial,
    Value,
    behind_partials,
)

_MAX_HANDED_ON = 4


class MethodCall(Struct, frozen=True):
    """An object whose method a call runs, and the call, with all that the method is given.

    `site.node` is the call as it stands, but where partials bind more, or where a function hands
    on what it is given as `*args`: then it has the arguments of those, which `env` belongs to.
    Not `certain` where what the call runs is held, and it may as well be something else.
    """

    receiver: Value
    site: CallSite
    env: Env
    certain: bool = True


def sites_of_method(program: Program, name: str) -> list[CallSite]:
    """The calls that may run a method of this name: of what is called so, or holds what is."""
    names = [plain(each) for each in program.written.names(name)]
    spoken = [site for site, _ in program.calls_named(name)]
    spoken += [site for other in names[1:] for site in program.calls_spoken(other)]
    known = program.once("methods of expressions", "", lambda: _of_expressions(program))
    return list({id(site): site for site in (*spoken, *known.get(name, ()))}.values())


def _of_expressions(program: Program) -> dict[str, list[CallSite]]:
    """The calls of what has no name, such as an item or what a call gives, by their methods."""
    found: dict[str, list[CallSite]] = {}
    for site in (*program.calls_spoken(NAMELESS), *program.calls_spoken("__call__")):
        for callee in core.infer(program, site.node.func, program.env(site.scope)):
            method = behind_partials(callee)
            if isinstance(method, ExternalObject) and getters.is_getter(method):
                named = getters.whole(program, method, site.node)
                name = named.func.attr if named and isinstance(named.func, t.Attribute) else ""
                found.setdefault(name, []).append(site)
            if isinstance(method, ExternalMethod):
                found.setdefault(method.name, []).append(site)
    return found


def method_calls(program: Program, site: CallSite, name: str, env: Env) -> Iterator[MethodCall]:
    """The objects whose method `name` a call runs; none where its callee is something else."""
    func = site.node.func
    is_held = True
    if isinstance(func, t.Attribute) and func.attr == name:
        receivers = core.infer(program, func.value, env)
        is_held = any(isinstance(receiver, Instance) for receiver in receivers)
        for receiver in receivers:
            yield MethodCall(receiver, *_handed_on(program, site, env))
    callees = core.infer(program, func, env) if is_held else ()
    methods = {callee: behind_partials(callee) for callee in callees}
    for callee, method in methods.items():
        if isinstance(method, ExternalMethod) and method.name == name:
            place, inner = _whole(program, callee, site, env)
            yield MethodCall(method.receiver, place, inner, len({*methods.values()}) == 1)
        elif isinstance(callee, ExternalObject) and getters.is_getter(callee):
            yield from _got(program, callee, name, site, env)


def _got(
    program: Program, getter: ExternalObject, name: str, site: CallSite, env: Env
) -> Iterator[MethodCall]:
    """What a call of a `methodcaller` runs: a method of what it is given."""
    node = getters.whole(program, getter, site.node)
    if node is not None:
        yield from method_calls(program, replace(site, node=node), name, env)


def _whole(program: Program, callee: Value, site: CallSite, env: Env) -> tuple[CallSite, Env]:
    """A call with what partials bind before its own; without its own where that is elsewhere."""
    site, env = _handed_on(program, site, env)
    while isinstance(callee, Partial):
        bound, given = callee.call.args[1:], site.node.args
        if bound:
            given = given if callee.env is env else ()
            site, env = _with(program, site, callee.call, (*bound, *given)), callee.env
        callee = callee.func
    return site, env


def _handed_on(program: Program, site: CallSite, env: Env, depth: int = 0) -> tuple[CallSite, Env]:
    """A call whose arguments are all the rest of a function's own, with those of its caller."""
    frame = env.frame
    args = site.node.args
    if frame is None or frame.call is None or frame.caller is None or depth > _MAX_HANDED_ON:
        return site, env
    function = frame.function
    rest = {param.name for param in function.params if param.kind in ("*", "**")}
    is_rest = [arg.star and isinstance(arg.value, t.Name) and arg.value.id in rest for arg in args]
    if not args or not all(is_rest):
        return site, env
    whole = _with(program, site, frame.call, _surplus(function, frame.call, frame.bound))
    return _handed_on(program, whole, frame.caller, depth + 1)


def _surplus(function: Function, call: t.Call, bound: Value | None) -> tuple[t.Arg, ...]:
    """The arguments of a call that no parameter but `*args` and `**kwargs` takes."""
    own = [param.name for param in function.params if param.kind == "positional"]
    names = {param.name for param in function.params}
    taken = len(own) - (bound is not None and function.takes_receiver)
    plain = [arg for arg in call.args if arg.keyword is None and not arg.star]
    return tuple(
        arg
        for arg in call.args
        if arg.star or (arg.keyword not in names if arg.keyword else plain.index(arg) >= taken)
    )


def _with(program: Program, site: CallSite, other: t.Call, args: tuple[t.Arg, ...]) -> CallSite:
    key = ("whole call", id(site.node), id(other), *map(id, args))
    if key not in program.made:
        program.made[key] = t.Call(site.node.at, site.node.func, args)
    node = program.made[key]
    assert isinstance(node, t.Call)
    return replace(site, node=node)
