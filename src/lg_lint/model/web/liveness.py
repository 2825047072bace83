"""Whether what a response iterates is produced over time, and by which functions."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.web.bodies import body_of
from lg_lint.program import inference
from lg_lint.program.scopes import CallSite, Function, Iteration
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    Const,
    Container,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    Unknown,
    Value,
    Values,
)

_MAX_DEPTH = 6
_AT_ONCE = {"is_disconnected"}
_KINDS = ("stream", "wait", "pace")
_ITERATES = ("__aiter__", "__iter__", "__anext__", "__next__")


class Source(Struct, frozen=True):
    """What makes a body live: its place, and the generators from the body down to it.

    `kind`: "stream" for a graph run or another known stream, "wait" for anything else that is
    awaited, "pace" for a sleep.
    """

    site: Site
    kind: str
    generators: tuple[FunctionRef, ...] = ()


@functools.cache
def _row(section: str, key: str) -> frozenset[str]:
    return frozenset(table("web")[section][key])


def _sleepers() -> dict[str, str]:
    found: dict[str, str] = table("execution")["sleepers"]
    return found


def _is_live(name: str) -> bool:
    return name in _row("live", "functions") or name in _sleepers()


def is_finished(value: Value) -> bool:
    """Whether a value's content is there before the response starts: files, buffers, literals."""
    if isinstance(value, ExternalObject):
        kind = value.type
        while kind.endswith("()"):
            kind = kind[:-2].rpartition(".")[0]
        return not {value.type, kind}.isdisjoint(_row("finished", "types"))
    if isinstance(value, Container):
        return not _lazy(value)
    return isinstance(value, Const)


def _lazy(value: Container) -> bool:
    return isinstance(value.node, t.Comprehension) and value.node.kind == "generator"


class Liveness(Struct):
    """The search for a source; each function is looked at once a search."""

    program: Program
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def of(self, values: Values) -> Source | None:
        """The source of what iterating a value gives; None where it is finished or unknown."""
        return _best(self._value(value, 0) for value in values)

    def of_function(self, ref: FunctionRef) -> Source | None:
        """The source of a function that writes a response itself."""
        return self._function(ref, self.program.env(ref.function), 0)

    def _value(self, value: Value, depth: int) -> Source | None:
        if isinstance(value, GeneratorOf):
            frame = inference.generator_frame(self.program, value)
            return self._function(
                value.function, self.program.env(value.function.function, frame), depth
            )
        if isinstance(value, ExternalObject):
            return self._external(value, depth)
        if isinstance(value, FunctionRef):
            return self._function(value, self.program.env(value.function), depth)
        if isinstance(value, Instance):
            return self._iterator(value, depth)
        if isinstance(value, Container) and _lazy(value):
            return self._comprehension(value, depth)
        if isinstance(value, ExternalMethod) and value.name in _row("live", "attributes"):
            return self._value(value.receiver, depth)
        if depth <= _MAX_DEPTH:
            return _best(self._value(item, depth + 1) for item in body_of(self.program, value))
        return None

    def _external(self, value: ExternalObject, depth: int) -> Source | None:
        if is_finished(value) or not isinstance(value.site, t.Call) or value.env is None:
            return None
        site = Site(value.site, value.env)
        if value.type in _row("live", "graph_types"):
            return Source(site, "stream")
        name = value.type.removesuffix("()").rpartition(".")[2]
        if value.type.endswith("()") and name in _row("live", "methods"):
            return Source(site, "stream")
        if asks_for_stream(self.program, value.site, value.env):
            return Source(site, "stream")
        if depth > _MAX_DEPTH:
            return None
        wrapped = (inference.infer(self.program, arg.value, value.env) for arg in value.site.args)
        return _best(
            self._value(item, depth + 1)
            for items in wrapped
            for item in items
            if not isinstance(item, FunctionRef)
        )

    def _iterator(self, value: Instance, depth: int) -> Source | None:
        methods = [inference.find_method(self.program, value.cls, name) for name in _ITERATES]
        return _best(
            self._value(FunctionRef(method, bound=value), depth + 1)
            for method in methods
            if method is not None
        )

    def _comprehension(self, value: Container, depth: int) -> Source | None:
        assert isinstance(value.node, t.Comprehension)
        return _best(
            self._value(item, depth + 1)
            for clause in value.node.generators
            for item in inference.infer(self.program, clause.iterable, value.env)
        )

    # --- functions -------------------------------------------------------------------------

    def _function(self, ref: FunctionRef, env: Env, depth: int) -> Source | None:
        """What a function iterates, awaits or calls that takes its time."""
        function = ref.function
        key = (id(function), id(env))
        if key in self._seen or depth > _MAX_DEPTH or is_canned(function):
            return None
        self._seen.add(key)
        found = _best((*self._iterations(function, env, depth), *self._calls(function, env, depth)))
        if found is None:
            return None
        below = found.generators
        return Source(found.site, found.kind, (ref, *below) if function.is_generator else below)

    def _iterations(self, function: Function, env: Env, depth: int) -> Iterator[Source | None]:
        for iteration in function.iterations:
            if iteration.is_dead:
                continue
            values = inference.infer(self.program, iteration.iterable, env)
            for value in values:
                yield self._value(value, depth + 1)
            if self._runs_on(iteration, values, env):
                yield Source(Site(iteration.iterable, env), "wait")

    def _runs_on(self, iteration: Iteration, values: Values, env: Env) -> bool:
        """An iteration over something that cannot be seen: async, or of a stream by its name."""
        if any(isinstance(value, GeneratorOf) or is_finished(value) for value in values):
            return False
        if iteration.is_async:
            return True
        call = iteration.iterable
        unseen = any(isinstance(value, Unknown) for value in values)
        return (
            unseen
            and isinstance(call, t.Call)
            and (
                _is_method(call, _row("live", "methods"))
                or asks_for_stream(self.program, call, env)
            )
        )

    def _calls(self, function: Function, env: Env, depth: int) -> Iterator[Source | None]:
        several = len(function.yields) > 1
        for site in function.calls:
            if site.is_dead:
                continue
            callees = inference.infer(self.program, site.node.func, env)
            for callee in callees:
                yield self._callee(callee, site, env, depth)
            waits = site.awaited and function.is_generator and not _is_brief(callees, site.node)
            if waits and (several or in_loop(function, site.node)):
                yield Source(Site(site.node, env), _kind(callees))

    def _callee(self, callee: Value, site: CallSite, env: Env, depth: int) -> Source | None:
        here = Site(site.node, env)
        if isinstance(callee, FunctionRef) and not callee.function.is_generator:
            return self._function(callee, self.program.env(callee.function), depth + 1)
        if isinstance(callee, External):
            known = _is_live(callee.name) and not _is_no_sleep(callee, site.node)
            return Source(here, _kind((callee,))) if known else None
        if isinstance(callee, ExternalMethod) and isinstance(callee.receiver, ExternalObject):
            full = f"{callee.receiver.type}.{callee.name}"
            known = callee.name in _row("live", "methods") or full in _row("live", "functions")
            return Source(here, "stream") if known else None
        return None


def asks_for_stream(program: Program, call: t.Call, env: Env) -> bool:
    """Whether a call asks for its answer piece by piece: `create(..., stream=True)`."""
    for keyword in _row("live", "flags"):
        given = call.argument(keyword)
        for value in inference.infer(program, given, env) if given is not None else ():
            if isinstance(value, Const) and value.value is True:
                return True
    return False


def is_canned(function: Function) -> bool:
    """A generator whose one `yield` runs once: there is nothing to delay."""
    if len(function.yields) != 1:
        return False
    only = function.yields[0]
    return not only.delegates and not in_loop(function, only)


def in_loop(function: Function, node: t.Node) -> bool:
    """Whether a node of a function stands in one of its loops."""
    return any(block.holds(node.start) for block in function.loop_blocks)


def _is_brief(callees: Values, call: t.Call) -> bool:
    """Awaiting a file, `sleep(0)` or whether the client is still there takes no time."""
    return terminal_name(call.func) in _AT_ONCE or any(
        (isinstance(callee, ExternalMethod) and is_finished(callee.receiver))
        or (isinstance(callee, External) and _is_no_sleep(callee, call))
        for callee in callees
    )


def _is_no_sleep(callee: External, call: t.Call) -> bool:
    first = call.args[0].value if call.args else None
    return callee.name in _sleepers() and isinstance(first, t.Constant) and not first.value


def _is_method(call: t.Call, names: frozenset[str]) -> bool:
    return isinstance(call.func, t.Attribute) and terminal_name(call.func) in names


def _kind(callees: Values) -> str:
    names = {callee.name for callee in callees if isinstance(callee, External)}
    if not names.isdisjoint(_sleepers()):
        return "pace"
    return "stream" if names & _row("live", "functions") else "wait"


def _best(sources: Iterable[Source | None]) -> Source | None:
    """The first source of the most telling kind."""
    found = [source for source in sources if source is not None]
    return min(found, key=lambda source: _KINDS.index(source.kind), default=None)
