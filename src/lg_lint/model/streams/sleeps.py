"""Sleeps of literal length in code that a stream waits for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallNode, Execution, ThreadContext
from lg_lint.program.scopes import CallSite
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Const, Env, External, Values


class Sleep(Struct, frozen=True):
    """One sleep: `rounds` says how often one pass makes it, None where that is not sure."""

    site: Site
    seconds: float
    blocking: bool
    rounds: int | None

    @property
    def total(self) -> float:
        """Seconds that one pass sleeps; where the rounds are not known, those of one round."""
        return self.seconds * (self.rounds or 1)


def sleeps(execution: Execution, start: CallNode) -> list[Sleep]:
    """The sleeps of a function and of what it calls. Those that stop the event loop are left out:
    nothing else is sent meanwhile either.
    """
    return list(_below(execution, start, {start}, certain=True))


def own_sleeps(execution: Execution, state: CallNode) -> Iterator[Sleep]:
    """The sleeps that a function's own code makes."""
    for site, callees in execution.calls(state):
        yield from _sleep(execution, state, site, callees, certain=True)


def _below(
    execution: Execution, state: CallNode, seen: set[CallNode], certain: bool
) -> Iterator[Sleep]:
    sites: dict[t.Node, CallSite] = {site.node: site for site in state.function.calls}
    for site, callees in execution.calls(state):
        if any(type(callee) is External for callee in callees):
            yield from _sleep(execution, state, site, callees, certain)
    for edge in execution.edges(state):
        target = edge.target
        called = sites.get(edge.node)
        if called is None or target in seen or (edge.offloaded and not called.awaited):
            continue
        seen.add(target)
        waits = called.awaited or not target.function.is_async
        once = _rounds(execution, state, called) == 1
        yield from _below(execution, target, seen, certain and waits and once)


def _sleep(
    execution: Execution, state: CallNode, site: CallSite, callees: Values, certain: bool
) -> Iterator[Sleep]:
    if terminal_name(site.node.func) is None:
        return
    env = state.env
    known = table("execution")["sleepers"]
    kinds = [known.get(callee.name) for callee in callees if isinstance(callee, External)]
    blocking = "thread" in kinds
    if not any(kinds) or (state.world is ThreadContext.LOOP if blocking else not site.awaited):
        return
    seconds = _number(execution, site.node, env)
    if seconds is not None:
        rounds = _rounds(execution, state, site) if certain else None
        yield Sleep(Site(site.node, env), seconds, blocking, rounds)


def _number(execution: Execution, call: t.Call, env: Env) -> float | None:
    """The number that is a call's only argument."""
    if len(call.args) != 1 or call.args[0].star:
        return None
    values = inference.infer(execution.program, call.args[0].value, env)
    if len(values) == 1 and isinstance(values[0], Const):
        value = values[0].value
        return float(value) if isinstance(value, (int, float)) else None
    return None


def _rounds(execution: Execution, state: CallNode, site: CallSite) -> int | None:
    rounds = 1
    for block in site.enclosing:
        if isinstance(block, t.For):
            times = _times(execution, state, block)
            if times is None:
                return None
            rounds *= times
        elif isinstance(block, t.Try):
            if any(t.in_block(handler.body, site.node) for handler in block.handlers):
                return None
        elif not isinstance(block, t.With):
            return None
    return rounds


def _times(execution: Execution, state: CallNode, loop: t.For) -> int | None:
    """The rounds of `for _ in range(5)`, where nothing in it leaves it."""
    leaves = any(
        isinstance(node, (t.Return, t.Raise, t.Jump)) for part in loop.body for node in t.walk(part)
    )
    call = loop.iterable
    if leaves or not isinstance(call, t.Call) or terminal_name(call.func) != "range":
        return None
    number = _number(execution, call, state.env)
    return int(number) if number is not None else None
