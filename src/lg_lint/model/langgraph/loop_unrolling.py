"""Calls in loops and in helpers, taken one round and one call of the helper at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lg_lint.facts import tree as t
from lg_lint.model.langgraph.branches import passes_by
from lg_lint.model.loop_rows import (
    MAX_ROUNDS,
    bound,
    rows,
    with_names,
)
from lg_lint.program import inference
from lg_lint.program.inference import callers_of as callers
from lg_lint.program.scopes import CallSite, Function, Scope, reaching
from lg_lint.program.store import Program
from lg_lint.program.values import Env, Instance, Values

_MAX_HELPERS = 2


def rounds(program: Program, site: CallSite, env: Env) -> list[Env]:
    """The environments of a call: in each call of the helper that holds it, and in each round of
    the `for` loops around it.

    One environment, the given one, where its arguments are no parameters of a helper and no loop
    over a literal collection surrounds the call; none where tests of constants lead past it.
    """
    envs = _helper_calls(program, site, env, 0) or [env]
    block = _statements(env.scope)
    for statement in site.enclosing:
        if isinstance(statement, t.For) and not statement.is_async:
            envs = [
                inner
                for outer in envs
                for inner in _rounds(program, statement, outer, site.node.start)
            ][:MAX_ROUNDS]
    envs = [_after_loops(program, block, site, inner) for inner in envs]
    return [inner for inner in envs if not passes_by(program, site, inner)]


def _helper_calls(program: Program, site: CallSite, env: Env, depth: int) -> list[Env]:
    """The frames of a function whose parameters a call passes on, one for each of its callers."""
    function = env.scope
    if not isinstance(function, Function) or env.frame is not None or depth > _MAX_HELPERS:
        return []
    names = {param.name for param in function.params} - {function.self_name}
    given = [arg.value for arg in site.node.args]
    if not any(isinstance(n, t.Name) and n.id in names for arg in given for n in t.walk(arg)):
        return []
    envs: list[Env] = []
    for caller in callers(program, function):
        outer = CallSite(caller.node, caller.env.scope, False, ())
        bound_to = Instance(function.cls) if caller.skip and function.cls is not None else None
        for above in _helper_calls(program, outer, caller.env, depth + 1) or [caller.env]:
            frame = program.frame(function, call=caller.node, caller=above, bound=bound_to)
            envs.append(program.env(function, frame))
    return envs[:MAX_ROUNDS]


def is_counted(program: Program, site: CallSite, env: Env) -> bool:
    """Whether the rounds of all loops around a call are known, and each of them makes the call."""
    for statement in site.enclosing:
        if isinstance(statement, t.While):
            return False
        if isinstance(statement, t.For) and (
            rows(program, statement.iterable, env) is None or _jumps(statement)
        ):
            return False
    return True


def in_each_round(site: CallSite) -> bool:
    """Whether each round of the innermost loop around a call makes it."""
    for statement in reversed(site.enclosing):
        if isinstance(statement, (t.For, t.While)):
            return not _jumps(statement)
        if not isinstance(statement, t.With):
            return False
    return False


# --- what one round leaves to the next -------------------------------------------------------


def _rounds(program: Program, loop: t.For, env: Env, at: t.Position) -> Iterator[Env]:
    """The environments of a loop's rounds, at a place in its body."""
    known = rows(program, loop.iterable, env)
    carried = _carried(loop) if known else {}
    left = _before_loop(program, loop, carried, env)
    for row in known or ():
        inner = with_names(program, env, {**left, **bound(program, loop.target, row)})
        later = {name: values for name, values in left.items() if carried[name].start >= at}
        yield with_names(program, env, {**later, **bound(program, loop.target, row)})
        left = _left(program, carried, inner, left)
    if known is None:
        yield env


def _carried(loop: t.For) -> dict[str, t.Assign]:
    """The names that every round of a loop sets once, and the statement that does."""
    if _jumps(loop):
        return {}
    set_once: dict[str, t.Assign] = {}
    for statement in loop.body:
        if isinstance(statement, t.Assign) and statement.value is not None:
            for target in statement.targets:
                if isinstance(target, t.Name):
                    set_once[target.id] = statement
    told = [part.id for part in _targets(loop)]
    return {name: each for name, each in set_once.items() if told.count(name) == 1}


def _before_loop(
    program: Program, loop: t.For, carried: Iterable[str], env: Env
) -> dict[str, Values]:
    """What the names have when the first round begins."""
    found: dict[str, Values] = {}
    for name in set(carried) - {name for name, _ in env.names}:
        before = reaching(env.scope, name, loop.start)
        given = [binding for binding in before if not t.holds(loop, binding.node)]
        if given:
            found[name] = inference.union(
                inference.binding_values(program, binding, env) for binding in given
            )
    return found


def _targets(loop: t.For) -> Iterator[t.Name]:
    """The names that a loop's statements set."""
    for part in t.walk(loop):
        targets: tuple[t.Node, ...] = ()
        if isinstance(part, (t.Assign, t.Delete)):
            targets = part.targets
        elif isinstance(part, (t.AugAssign, t.For, t.NamedExpr)):
            targets = (part.target,)
        for target in targets:
            yield from (each for each in t.walk(target) if isinstance(each, t.Name))


def _left(
    program: Program, carried: dict[str, t.Assign], env: Env, before: dict[str, Values]
) -> dict[str, Values]:
    """What the names have when a round has ended, of one that began in `env`."""
    left = dict(before)
    for name, statement in sorted(carried.items(), key=lambda pair: pair[1].start):
        assert statement.value is not None
        left[name] = inference.infer(program, statement.value, with_names(program, env, left))
    return left


def _jumps(loop: t.For | t.While) -> bool:
    """Whether some rounds of a loop are not gone through to their end."""
    return any(
        (isinstance(part, t.Jump) and part.kind != "pass") or isinstance(part, t.Return)
        for part in t.walk(loop)
    )


# --- after a loop ----------------------------------------------------------------------------


def _after_loops(program: Program, block: t.Block, site: CallSite, env: Env) -> Env:
    """The environment with what the loops that have ended before a call have left in its names."""
    spoken = {
        part.id for arg in site.node.args for part in t.walk(arg.value) if isinstance(part, t.Name)
    }
    if not spoken or not env.scope.loops:
        return env
    found: dict[str, Values] = {}
    for statement in _before(block, site):
        for name in spoken.intersection(_bound_in(statement)):
            found.pop(name, None)
        if isinstance(statement, t.For) and not statement.is_async:
            ended = _ended(program, statement, with_names(program, env, found))
            found.update({name: values for name, values in ended.items() if name in spoken})
    known = {name for name, _ in env.names}
    kept = {name: values for name, values in found.items() if name not in known}
    return with_names(program, env, kept) if kept else env


def _before(block: t.Block, site: CallSite) -> Iterator[t.Node]:
    """The statements that have run before a call, in the blocks that hold it."""
    node: t.Node = site.node
    for statement in block:
        if t.holds(statement, node):
            for inner in _blocks(statement):
                if t.in_block(inner, node):
                    yield from _before(inner, site)
            return
        yield statement


def _blocks(statement: t.Node) -> list[t.Block]:
    if isinstance(statement, (t.If, t.For, t.While)):
        return [statement.body, statement.orelse]
    if isinstance(statement, t.With):
        return [statement.body]
    return [statement.body, statement.final] if isinstance(statement, t.Try) else []


def _bound_in(statement: t.Node) -> set[str]:
    loop = statement
    if isinstance(loop, t.For):
        return {each.id for each in _targets(loop)}
    found = set()
    for part in t.walk(statement):
        for target in part.targets if isinstance(part, t.Assign) else ():
            found |= {each.id for each in t.walk(target) if isinstance(each, t.Name)}
        if isinstance(part, (t.AugAssign, t.For)):
            found |= {each.id for each in t.walk(part.target) if isinstance(each, t.Name)}
    return found


def _ended(program: Program, loop: t.For, env: Env) -> dict[str, Values]:
    """What a loop leaves in the names that each of its rounds sets."""
    known = rows(program, loop.iterable, env)
    if not known or _jumps(loop) or loop.orelse:
        return {}
    carried = _carried(loop)
    left = _before_loop(program, loop, carried, env)
    last: dict[str, Values] = {}
    for row in known[:MAX_ROUNDS]:
        last = bound(program, loop.target, row)
        left = _left(program, carried, with_names(program, env, {**left, **last}), left)
    return {**last, **left}


def _statements(scope: Scope) -> t.Block:
    body = scope.body if scope is scope.module else scope.node.body  # type: ignore[attr-defined]
    return body if isinstance(body, tuple) else ()
