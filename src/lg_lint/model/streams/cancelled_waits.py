"""Waits that give up on the next item of an async generator, and code that then goes on.

Giving up cancels what is waited for. A generator that is cancelled where it waits has ended: the
next item that is asked for raises StopAsyncIteration, as if the answer were whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.project import Project
from lg_lint.model.streams.after_timeout import goes_on
from lg_lint.model.streams.next_items import NextItem, iterates_generator, next_items
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Function
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import NONE, Env


class CancelledWait(Struct, frozen=True):
    """One wait: `site` is its place, `timed` the call that says for how long.

    `on` is where control goes on after the time is over, None where that is behind the block.
    """

    function: Function
    site: Site
    timed: t.Call
    item: NextItem
    on: Site | None

    @property
    def name(self) -> str:
        """The last name of the call that gives up, as "wait_for"."""
        return terminal_name(self.timed.func) or "the wait"


def cancelled_waits(project: Project) -> Iterator[CancelledWait]:
    """The waits of the project's code, each place once."""
    program = project.program
    found: set[t.Node] = set()
    for dotted, row in table("timeouts")["functions"].items():
        for site, scope in program.calls_named(dotted.rpartition(".")[2]):
            if site.is_dead or scope.module.is_test or not isinstance(scope, Function):
                continue
            if not _means(program, site, dotted) or _is_endless(program, site):
                continue
            for wait in _Timed(program, scope, site, row).waits():
                if wait.site.node not in found:
                    found.add(wait.site.node)
                    yield wait


def _means(program: Program, site: CallSite, dotted: str) -> bool:
    called = inference.infer(program, site.node.func, program.env(site.scope))
    return any(getattr(value, "name", "") == dotted for value in called)


def _is_endless(program: Program, site: CallSite) -> bool:
    """Whether the time is None: then nothing is given up."""
    call = site.node
    name = terminal_name(call.func)
    limit = call.argument("timeout", 1) if name == "wait_for" else call.argument("delay", 0)
    env = program.env(site.scope)
    return limit is not None and inference.infer(program, limit, env) == (NONE,)


class _Timed:
    """One call that gives up after a time."""

    def __init__(
        self, program: Program, function: Function, site: CallSite, row: dict[str, object]
    ) -> None:
        self.program = program
        self.function = function
        self.site = site
        self.env: Env = program.env(function)
        self.is_block = row["kind"] == "block"
        self.raises = bool(row["raises"])

    def waits(self) -> Iterator[CancelledWait]:
        block = self._block() if self.is_block else None
        if self.is_block and block is None:
            return
        for place, item in self._items(block):
            if _is_made_anew(self.function, self.site, item, block):
                continue
            start = block if block is not None else self.site.node
            on = goes_on(self.program, self.function, start, raises=self.raises)
            if on is not None:
                at = Site(place, self.env)
                yield CancelledWait(self.function, at, self.site.node, item, on.handler)
                return

    def _items(self, block: t.With | None) -> Iterator[tuple[t.Node, NextItem]]:
        """The next items that are given up, each with the place that waits for it."""
        if block is None:
            given = self.site.node.argument("fut", 0)
            if given is not None and (self.site.awaited or self.site.handed):
                for item in next_items(self.program, given, self.env):
                    yield self.site.node, item
            return
        for site in self.function.calls:
            if site.awaited and not site.is_dead and t.in_block(block.body, site.node):
                for item in next_items(self.program, site.node, self.env):
                    yield site.node, item
        for loop in self.function.loops:
            if isinstance(loop, t.For) and loop.is_async and t.in_block(block.body, loop):
                item_of = iterates_generator(self.program, loop.iterable, self.env)
                if item_of is not None:
                    yield loop.iterable, item_of

    def _block(self) -> t.With | None:
        """The `with` that enters the call, itself or through a name."""
        call = self.site.node
        names = {
            name
            for name, bindings in self.function.bindings.items()
            if any(each.value is call for each in bindings)
        }
        for statement in self.function.withs:
            for item in statement.items:
                context = item.context
                if context is call or (isinstance(context, t.Name) and context.id in names):
                    return statement
        return None


def _is_made_anew(function: Function, site: CallSite, item: NextItem, block: t.With | None) -> bool:
    """Whether each round has a generator of its own, so that the one which ended is not missed."""
    loops = [each for each in site.enclosing if isinstance(each, (t.While, t.For))]
    rounds: list[t.Node] = [*loops[-1:]]
    if block is not None:
        rounds.append(block)
    return bool(item.made) and all(
        made.env.scope is function and any(t.holds(each, made.node) for each in rounds)
        for made in item.made
    )
