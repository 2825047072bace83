"""What one function of a graph writes: its ways out, and the update that each gives."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Table
from functools import partial
from typing import cast

from msgspec import Struct, field
from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.model import state_class
from lg_lint.model.chains import Chain
from lg_lint.model.graph import ROOT, Channel, ReducerKind
from lg_lint.model.state_flow import chains, destinations, held, inlining
from lg_lint.model.state_flow.activation import Activation, Comparison, Interpretation, Lead, Result
from lg_lint.model.state_flow.lattice import OPAQUE, Content, Mapping, Mutation, Refs
from lg_lint.model.state_flow.limits import Limits
from lg_lint.model.state_flow.store import Store
from lg_lint.program import inference
from lg_lint.program.call_graph.awaiting import makes_coroutine
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import ClassRef, External, FunctionRef

PREVIOUS = "previous"
"""The key under which an entrypoint's saved value is known."""


class Update(Struct, frozen=True):
    """One key that a way out writes.

    `key_site` is where the key stands, `written` the value, `returned` what the function returns.
    `whole_state` where the key goes back only because the whole state does; `optional` where some
    path leaves it out; `ends` where a Command goes to END with it. `through` are the returns of
    helpers that hand the whole state on.
    """

    key: str
    content: Content
    key_site: Site
    written: Site
    returned: Site
    whole_state: bool = False
    optional: bool = False
    ends: bool = False
    through: tuple[Site, ...] = ()

    @property
    def hands_on(self) -> bool:
        """Whether the state's own value goes back as it is."""
        return self.content.alias == self.key and not self.content.grown

    @property
    def is_true(self) -> bool:
        """Whether a literal is written that is truthy, in any case."""
        literal = self.written.node
        certain = not (self.optional or self.content.reads)
        return certain and isinstance(literal, t.Constant) and bool(literal.value)


class Path(Struct):
    """One way out of a function; `unknown` where more may be written than `updates` says.

    `mutations` are the changes made to the state object on the way.
    """

    updates: list[Update]
    mutations: tuple[Mutation, ...] = ()
    unknown: bool = False

    @property
    def keys(self) -> set[str]:
        """The keys that it is known to write."""
        return {update.key for update in self.updates}


class FunctionUpdates(Struct):
    """All ways out of one function, what it compares, counts outside the state, and leads to.

    `goes`: where counters are at their limits, the expressions that it may return, or go to by a
    Command; None where others may be.
    """

    ref: FunctionRef
    paths: list[Path] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    counted: list[Site] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    goes: tuple[Site | bool, ...] | None = None

    @property
    def updates(self) -> list[Update]:
        """Each update once, however many paths give it."""
        found: dict[tuple[object, ...], Update] = {}
        for path in self.paths:
            for update in path.updates:
                found.setdefault((update.key, update.written, update.returned), update)
        return list(found.values())

    def ways(self, update: Update) -> list[Path]:
        """The ways out that give an update."""
        place = (update.key, update.written, update.returned)
        return [
            path
            for path in self.paths
            if any((item.key, item.written, item.returned) == place for item in path.updates)
        ]

    def always(self, key: str) -> bool:
        """Whether each way out writes the key."""
        return bool(self.paths) and all(
            any(update.key == key and not update.optional for update in path.updates)
            for path in self.paths
        )


def analyse(
    program: Program,
    ref: FunctionRef,
    channels: Table[str, Channel],
    *,
    entrypoint: bool = False,
    limits: Limits | None = None,
) -> FunctionUpdates:
    """Interprets a node, hook, tool or router with the state that the graph gives it.

    Graphs with the same channels are given the same answer. `limits` are counters that are at
    their limits.
    """
    if limits is not None:
        return _analyse(program, ref, channels, entrypoint, limits)
    known: dict[object, FunctionUpdates] = program.once("updates", ref.function, dict)
    state = tuple(
        (key, _shape(channel), channel.schema and channel.schema.name)
        for key, channel in channels.items()
    )
    key = (ref, state, entrypoint)
    if key not in known:
        known[key] = _analyse(program, ref, channels, entrypoint)
    return known[key]


def analyse_chain(
    program: Program, chain: Chain, ref: FunctionRef, channels: Table[str, Channel]
) -> FunctionUpdates:
    """The same of a chain of runnables; `ref` is the function that speaks for it."""
    session = Interpretation(program, _shapes(channels))
    outer = Activation(session, program.env(ref.function.module), (ref.function,))
    given: list[str] = []

    def bind(run: Activation, inner: FunctionRef, flow: Store) -> None:
        given[:] = _bind(run, inner, channels, flow, entrypoint=False)

    flow = Store()
    start = chains.given(outer, channels, flow)
    value = chains.run(outer, chain, start, flow, bind)
    place = chain.site or Site(ref.function.node, outer.env)
    found = _found(ref, session)
    returned = cast(t.Expr, place.node)
    keys = given or list(channels)
    found.paths += _ways_out(outer, Result(value, returned, flow), place, keys)
    return found


def _shapes(channels: Table[str, Channel]) -> dict[str, str]:
    return {key: _shape(channel) for key, channel in channels.items()}


def _found(ref: FunctionRef, session: Interpretation) -> FunctionUpdates:
    return FunctionUpdates(
        ref, comparisons=session.comparisons, counted=session.counted, leads=session.leads
    )


def _analyse(
    program: Program,
    ref: FunctionRef,
    channels: Table[str, Channel],
    entrypoint: bool,
    limits: Limits | None = None,
) -> FunctionUpdates:
    function = ref.function
    session = Interpretation(program, _shapes(channels), limits=limits)
    frame = program.frame(function, bound=ref.bound, closure=ref.closure)
    run = Activation(session, program.env(function, frame), (function,))
    flow = Store()
    keys = _bind(run, ref, channels, flow, entrypoint)
    results = inlining.execute(run, flow)
    if function.is_generator:
        results = _last_yields(run.yields)
    found = _found(ref, session)
    for result in results:
        if _is_never_awaited(run, result):
            found.paths.append(Path([], unknown=True))
        else:
            found.paths += _paths(run, result, keys, entrypoint)
    if session.exhausted:
        found.paths.append(Path([], unknown=True))
    elif limits is not None:
        found.goes = destinations.of_results(results)
    return found


def _is_never_awaited(run: Activation, result: Result) -> bool:
    """Whether a plain function returns a coroutine: LangGraph takes it for no update."""
    if run.stack[-1].is_async or not isinstance(result.expr, t.Call):
        return False
    callees = run.infer(result.expr.func)
    return bool(callees) and all(map(makes_coroutine, callees))


def _shape(channel: Channel) -> str:
    return "number" if channel.reducer.kind is ReducerKind.SUM else channel.shape


def _last_yields(yields: list[Result]) -> list[Result]:
    """A generator node writes what it yields last."""
    last = max((result.expr.span for result in yields if result.expr), default=None)
    return [result for result in yields if result.expr and result.expr.span == last]


# --- parameters ----------------------------------------------------------------------------


def _bind(
    run: Activation, ref: FunctionRef, channels: Table[str, Channel], flow: Store, entrypoint: bool
) -> list[str]:
    """Gives the parameters their values; the keys that the whole state has for this function."""
    params = list(ref.function.params)
    if ref.function.self_name is not None and ref.bound is not None:
        params = params[1:]
    if entrypoint:
        for param in params:
            if param.name == PREVIOUS:
                site = run.site(param)
                flow.names[PREVIOUS] = run.old(flow, PREVIOUS, site)
        return []
    state = _state_param(params, channels)
    if state is None:
        return []
    keys = _keys(run, state, channels)
    for key in channels:
        run.old(flow, key, run.site(state))
    value = state_value(run, channels, flow, run.site(state))
    if state.kind == "*":
        flow.names[state.name] = held.sequence(run, (value,), flow)
        return keys
    flow.names[state.name] = value
    for param in params:
        if param.name == "runtime" and param is not state:
            entry = run.entry(value, param, param)
            flow.names[param.name] = run.new(flow, Mapping({"state": entry}))
    return keys


def state_value(run: Activation, channels: Table[str, Channel], flow: Store, site: Site) -> Refs:
    """The state as a function gets it: an object with its keys, or the one value that it is."""
    if set(channels) == {ROOT}:
        return run.old(flow, ROOT, site)
    return run.new(flow, Mapping(base=True, is_state=True))


def _state_param(params: list[t.Param], channels: Table[str, Channel]) -> t.Param | None:
    schemas = {channel.schema.name for channel in channels.values() if channel.schema is not None}
    positional = [param for param in params if param.kind == "positional"]
    for param in positional:
        if param.annotation is not None and terminal_name(param.annotation) in schemas:
            return param
    for param in params:
        if param.name == "state":
            return param
    starred = (param for param in params if param.kind == "*")
    return positional[0] if positional else next(starred, None)


def _keys(run: Activation, param: t.Param, channels: Table[str, Channel]) -> list[str]:
    """The keys of the state as this function sees it: those of its annotation, where it has one."""
    if param.annotation is not None:
        scope = run.env.scope
        env = run.program.env(scope.parent or scope.module)
        for value in inference.infer(run.program, param.annotation, env):
            if isinstance(value, ClassRef):
                own = run.program.once(
                    "keys", value.cls, partial(state_class.keys, run.program, value.cls)
                )
                if own:
                    return [key for key in own if key in channels]
            if isinstance(value, External) and value.name.endswith("State"):
                return [key for key in ("messages",) if key in channels]
    return list(channels)


# --- ways out ------------------------------------------------------------------------------


def _paths(run: Activation, result: Result, keys: list[str], entrypoint: bool) -> Iterator[Path]:
    if result.expr is None:
        yield Path([], result.flow.mutations)
        return
    yield from _ways_out(run, result, run.site(result.expr), keys, entrypoint=entrypoint)


def _ways_out(
    run: Activation, result: Result, returned: Site, keys: list[str], *, entrypoint: bool = False
) -> Iterator[Path]:
    flow = result.flow
    commands = list(destinations.commands(flow, result.value))
    if entrypoint:
        saved = [command for command in commands if command.saves]
        value = saved[0].update if saved else result.value
        place = saved[0].site if saved else returned
        content = flow.content(value)
        yield Path([Update(PREVIOUS, content, place, place, returned)])
        return
    if commands:
        for command in commands:
            for path in _path(run, flow, command.update, command.site, keys):
                if command.ends:
                    path.updates = [replace(update, ends=True) for update in path.updates]
                yield path
        return
    yield from _path(run, flow, result.value, returned, keys)


def _path(
    run: Activation, flow: Store, value: Refs, returned: Site, keys: list[str]
) -> Iterator[Path]:
    if keys == [ROOT]:
        content = flow.content_of(value, ROOT)
        update = Update(ROOT, content, returned, returned, returned, bool(content.alias))
        nothing = content.empty and not content.shape
        yield Path([] if nothing else [update], flow.mutations)
        return
    mappings = flow.mappings(value)
    if not mappings:
        contents = flow.contents(value)
        inner = OPAQUE.union(*(content.held for _, content in contents))
        made = frozenset(index for index, _ in flow.mappings(inner))
        if made:
            yield from _path(run, flow, made, returned, keys)
            return
        unknown = not contents or not all(content.empty for _, content in contents)
        yield Path([], flow.mutations, unknown=unknown)
        return
    for index, mapping in mappings:
        through = tuple(run.session.through.get(index, ()))
        updates = [
            replace(update, through=through) if update.whole_state else update
            for update in _updates(run, flow, mapping, returned, keys)
        ]
        yield Path(updates, flow.mutations, mapping.open)


def _updates(
    run: Activation, flow: Store, mapping: Mapping, returned: Site, keys: list[str]
) -> Iterator[Update]:
    for key, entry in mapping.entries.items():
        value = entry.value
        place = returned if mapping.is_state else entry.key
        if entry.optional and mapping.base and key not in mapping.excluded:
            value |= run.old(flow, key, returned)
        content = flow.content_of(value, key)
        yield Update(
            key, content, place, entry.written, returned, mapping.is_state,
            entry.optional and not mapping.base,
        )  # fmt: skip
    if not mapping.base:
        return
    for key in keys:
        if key not in mapping.entries and key not in mapping.excluded:
            content = flow.content(run.old(flow, key, returned))
            yield Update(key, content, returned, returned, returned, whole_state=True)
