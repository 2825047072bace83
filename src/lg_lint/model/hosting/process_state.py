"""What routes of one application leave to each other in the memory of their process.

A dict, a queue or an event that lives as long as the process, that one route writes and another one
reads. With several processes the second request may come to one that knows nothing of it.
"""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import container_methods, table
from lg_lint.model.entry import Entry
from lg_lint.model.hosting.signals import holds_signal
from lg_lint.model.project import Project
from lg_lint.model.web.applications import Applications, Host, Served
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.scopes import Class, Function, Module, Scope, enclosing_function
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Const, Container, Env, ExternalObject, Value

_MOST_STATES = 3_000
_CACHES = {"cache", "lru_cache", "cached", "singleton"}


class Use(Struct, frozen=True):
    """A place that writes or reads something that the process keeps.

    `holder` is the place that makes it, `kind` "mapping", "list", "queue" or "signal". A write
    `is_insert` where it adds an item, not where it changes one that is there.
    `is_signal` where what is written is waited for.
    """

    holder: Site
    name: str
    kind: str
    site: Site
    is_write: bool
    is_signal: bool = False
    is_insert: bool = False


class Handover(Struct, frozen=True):
    """What one route leaves to another one in the memory of the process; one of them streams."""

    write: Use
    read: Use
    writer: Entry
    reader: Entry

    @property
    def is_signal(self) -> bool:
        """Whether one of the two waits for the other."""
        return self.write.is_signal or self.read.is_signal


class ProcessState:
    """Works out for each application, once, which routes hand over something in memory."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.applications = project.once(Applications)
        self._reached: dict[int, tuple[CallNode, ...]] = {}
        self._uses: dict[CallNode, list[Use]] = {}
        self._lasting: dict[int, bool] = {}

    def handovers(self, hosts: frozenset[Host], served: Iterable[Served]) -> Iterator[Handover]:
        """What the routes of an application hand over to its streams and sockets, or get there."""
        streams = {id(each.entry): each for each in served}
        routes = self.applications.routes(set(hosts))
        uses = {id(entry): self._of_route(entry, streams.get(id(entry))) for entry in routes}
        told: set[object] = set()
        for entry in routes:
            if id(entry) not in streams and entry.kind != "websocket":
                continue
            for other in routes:
                if other.ref.function is entry.ref.function:
                    continue
                for found in _between(entry, uses[id(entry)], other, uses[id(other)]):
                    key = id(found.write.holder.node)
                    if key not in told:
                        told.add(key)
                        yield found

    def functions(self, hosts: frozenset[Host], served: Iterable[Served]) -> set[Function]:
        """The functions that run for any request of an application."""
        streams = {id(each.entry): each for each in served}
        routes = [*self.applications.routes(set(hosts)), *(each.entry for each in served)]
        states = (self._states(entry, streams.get(id(entry))) for entry in routes)
        return {state.function for each in states for state in each}

    def reached(self, served: Served) -> set[Function]:
        """The functions that run for a stream."""
        return {state.function for state in self._states(served.entry, served)}

    def _of_route(self, entry: Entry, stream: Served | None) -> list[Use]:
        return [use for state in self._states(entry, stream) for use in self._in(state)]

    def _states(self, entry: Entry, stream: Served | None) -> tuple[CallNode, ...]:
        """Where a route leads: its calls, what it streams, and the tasks that it starts."""
        if id(entry) in self._reached:
            return self._reached[id(entry)]
        execution = self.project.execution
        first = [execution.state(entry.ref, entry.world)]
        for ref in stream.response.generators if stream is not None else ():
            first.append(execution.state(ref, ThreadContext.LOOP))
        found = dict.fromkeys(first)
        queue = deque(first)
        while queue and len(found) < _MOST_STATES:
            state = queue.popleft()
            targets = [edge.target for edge in execution.edges(state)]
            for target in (*targets, *self._started(state)):
                if target not in found:
                    found[target] = None
                    queue.append(target)
        self._reached[id(entry)] = tuple(found)
        return self._reached[id(entry)]

    def _started(self, state: CallNode) -> Iterator[CallNode]:
        """Background tasks that a function hands to the framework."""
        for entry in self.project.entries:
            if entry.kind != "background task":
                continue
            if enclosing_function(entry.site.env.scope) is state.function:
                yield self.project.execution.state(entry.ref, entry.world)

    # --- uses ----------------------------------------------------------------------------------

    def _in(self, state: CallNode) -> list[Use]:
        if state not in self._uses:
            self._uses[state] = list(self._found(state))
        return self._uses[state]

    def _found(self, state: CallNode) -> Iterator[Use]:
        function, env = state.function, state.env
        written = {id(write.container) for write in function.item_writes}
        for write in function.item_writes:
            yield from self._changed(write.container, env)
            if not self._is_fixed(write.key, env):
                signal = self._has_signal((write.value,), env)
                yield from self._use(
                    write.container, env, is_write=True, is_signal=signal, is_insert=True
                )
        body = function.node.body
        parts = (body,) if isinstance(body, t.Node) else body
        for node in (node for part in parts for node in t.walk(part)):
            if isinstance(node, t.Subscript) and id(node.value) not in written:
                if not self._is_fixed(node.index, env):
                    yield from self._use(node.value, env, is_write=False)
            elif isinstance(node, t.Call) and isinstance(node.func, t.Attribute):
                yield from self._called(node, node.func, env)
            elif isinstance(node, t.Compare) and node.ops[-1] in ("in", "not in"):
                yield from self._use(node.comparators[-1], env, is_write=False)
        for each in function.iterations:
            yield from self._use(each.iterable, env, is_write=False)

    def _called(self, node: t.Call, func: t.Attribute, env: Env) -> Iterator[Use]:
        is_write = _writes(func.attr)
        if is_write is None:
            return
        first = node.args[0].value if node.args else None
        if is_write:
            yield from self._changed(func.value, env)
        signal = is_write and self._has_signal(container_methods().added(node), env)
        for use in self._use(
            func.value, env, is_write=is_write, is_signal=signal, is_insert=is_write
        ):
            if use.kind == "mapping" and first is not None and self._is_fixed(first, env):
                continue
            yield use

    def _changed(self, expr: t.Expr, env: Env) -> Iterator[Use]:
        """What is kept, and gets an item changed, as in `jobs[key].append(...)`."""
        if isinstance(expr, t.Subscript) and not self._is_fixed(expr.index, env):
            yield from self._use(expr.value, env, is_write=True)
        elif isinstance(expr, t.Call) and isinstance(expr.func, t.Attribute):
            first = expr.args[0].value if expr.args else None
            method = container_methods().named(expr.func.attr)
            if not (method.keyed and method.gives == "item"):
                return
            if first is not None and not self._is_fixed(first, env):
                yield from self._use(expr.func.value, env, is_write=True)

    def _use(
        self,
        expr: t.Expr,
        env: Env,
        *,
        is_write: bool,
        is_signal: bool = False,
        is_insert: bool = False,
    ) -> Iterator[Use]:
        if not isinstance(expr, (t.Name, t.Attribute)):
            return
        for value in inference.infer(self.project.program, expr, env):
            kind, holder = _kept(value)
            if holder is not None and self._lasts(holder):
                signal = is_signal or kind == "signal" or kind == "queue"
                name = terminal_name(expr) or ""
                yield Use(holder, name, kind, Site(expr, env), is_write, signal, is_insert)

    def _is_fixed(self, key: t.Expr, env: Env) -> bool:
        if isinstance(key, t.Constant):
            return True
        values = inference.infer(self.project.program, key, env)
        return bool(values) and all(isinstance(each, Const) for each in values)

    def _has_signal(self, added: Iterable[t.Expr], env: Env) -> bool:
        program = self.project.program
        return any(holds_signal(program, inference.infer(program, each, env)) for each in added)

    # --- how long it lives ---------------------------------------------------------------------

    def _lasts(self, holder: Site) -> bool:
        """Whether what a place makes lives as long as the process."""
        key = id(holder.node)
        if key not in self._lasting:
            self._lasting[key] = self.is_made_once(holder.env.scope)
        return self._lasting[key]

    def is_made_once(self, scope: Scope, depth: int = 0) -> bool:
        """Whether a scope runs once in a process, as that of a module and what it calls does."""
        if isinstance(scope, Class):  # what a library's base class makes of it is not known
            return not inference.external_bases(self.project.program, scope)
        if isinstance(scope, Module):
            return True
        function = enclosing_function(scope)
        if function is None or depth > 2:
            return False
        if any(kind == "global" for kind in function.declared.values()) or _is_cached(function):
            return True
        if any(
            entry.kind == "startup" and entry.ref.function is function
            for entry in self.project.entries
        ):
            return True
        if function.cls is not None and function.name in ("__init__", "__new__", "__post_init__"):
            return any(self._are_made_once(function.cls.name, depth))
        called = list(self._are_made_once(function.name, depth)) if function.cls is None else []
        return bool(called) and all(called)

    def _are_made_once(self, name: str, depth: int) -> Iterator[bool]:
        """Whether the scopes that call a function or a class of this name run once."""
        for _, scope in self.project.program.calls_named(name):
            if not scope.module.is_test:
                yield self.is_made_once(scope, depth + 1)


def _kept(value: Value) -> tuple[str, Site | None]:
    """What kind of memory a value is, and where it was made."""
    if isinstance(value, Container) and value.kind in ("dict", "list", "set"):
        kind = "mapping" if value.kind == "dict" else "list"
        return kind, Site(value.node, value.env)
    if isinstance(value, ExternalObject) and value.site is not None and value.env is not None:
        kind = _kinds().get(value.type, "")
        if kind:
            return kind, Site(value.site, value.env)
    return "", None


@functools.cache
def _kinds() -> dict[str, str]:
    rows = table("process_state")["types"]
    named = {"mappings": "mapping", "queues": "queue", "signals": "signal"}
    return {name: kind for row, kind in named.items() for name in rows[row]}


def _writes(name: str) -> bool | None:
    """Whether a method writes; None for one that neither writes nor reads what is kept."""
    method = container_methods().named(name)
    rows = table("process_state")["methods"]
    if method.adds or name in rows["writes"]:
        return True
    return False if method.gives or name in rows["reads"] else None


def _is_cached(function: Function) -> bool:
    for decorator in function.decorators:
        callee = decorator.func if isinstance(decorator, t.Call) else decorator
        if terminal_name(callee) in _CACHES:
            return True
    return False


def _between(entry: Entry, own: list[Use], other: Entry, others: list[Use]) -> Iterator[Handover]:
    """What the route of a stream and another route hand over.

    What a route itself fills where it finds nothing is a cache. What only the other route reads,
    and nobody waits for, is left out: a status, a handle to cancel a run.
    """
    for waits, writes, reads in ((True, others, own), (False, own, others)):
        filled = {id(use.holder.node) for use in reads if use.is_insert}
        for read in reads:
            key = id(read.holder.node)
            if read.is_write or (read.kind in ("mapping", "list") and key in filled):
                continue
            one, two = (other, entry) if waits else (entry, other)
            found = (use for use in writes if use.is_write and id(use.holder.node) == key)
            write = next(found, None)
            if write is None:
                continue
            handover = Handover(write, read, one, two)
            if waits or any(use.is_signal for use in writes if id(use.holder.node) == key):
                yield handover
