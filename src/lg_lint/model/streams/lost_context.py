"""Which threads of a graph's code do not know of the run: what they call raises, or is not sent."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import table
from lg_lint.model.project import Project
from lg_lint.model.streams.chat_models import streams_tokens
from lg_lint.model.streams.consumers import Audience, Listener
from lg_lint.model.streams.emission import RUN_METHODS, Emission, EmissionKind, Emissions
from lg_lint.model.streams.graph_functions import GraphFunction, GraphFunctions
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallNode, CallPath, ThreadContext, waited_for
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.scopes import CallSite
from lg_lint.program.site import Site
from lg_lint.program.store import terminal_name
from lg_lint.program.values import (
    Container,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Instance,
    Partial,
    Value,
    Values,
    behind_partials,
)

_BEGINNING = {"Thread", "Timer", "start", "submit"}
_POOLED = {
    "submit", "map", "run_in_executor", "apply", "apply_async", "map_async", "imap", "starmap",
    "imap_unordered", "starmap_async",
}  # fmt: skip


class LostContext(Struct, frozen=True):
    """A thread that is begun in a graph's code, and what it runs without the run.

    `starter` is how the code begins it. `path` leads from the thread's function to the call that
    needs the run; None where the thread runs a model itself. `raises` names that call where it
    raises; else a model's tokens do not come to `listener`.
    """

    frame: GraphFunction
    site: Site
    starter: str
    path: CallPath | None
    raises: str = ""
    listener: Listener | None = None


def lost_contexts(project: Project) -> Iterator[LostContext]:
    """The first thing that each thread loses, one that raises before the tokens of a model."""
    yield from _Search(project).all()


class _Search:
    def __init__(self, project: Project) -> None:
        self.project, self.program = project, project.program
        self.emissions = project.once(Emissions)
        self.frames = project.once(GraphFunctions)
        self.audience = Audience(project, self.frames)
        self._needed: dict[t.Node, str] = {}
        self._sent: dict[t.Node, Emission] = {}
        self._raising = Paths(project.execution, self._raisers)
        self._sending = Paths(project.execution, self._senders)

    def all(self) -> Iterator[LostContext]:
        found: dict[t.Node, LostContext] = {}
        for frame in self.frames.all:
            graph = frame.graph
            if not (graph.runs or graph.served or graph.parents) or _runs_concurrently(frame):
                continue
            for site, callees in self.project.execution.calls(frame.state):
                known = found.get(site.node)
                if known is not None and known.raises:
                    continue
                lost = next(self._lost(frame, site, callees), None)
                if lost is not None and (known is None or lost.raises):
                    found[site.node] = lost
        yield from found.values()

    def _lost(self, frame: GraphFunction, site: CallSite, callees: Values) -> Iterator[LostContext]:
        env = frame.state.env
        begun = [thread for callee in callees for thread in self._threads(callee, site, env)]
        if not begun or not _is_waited_for(site, frame.state):
            return
        place = Site(site.node, env)
        for starter, value in begun:
            for ref in self._functions(value):
                start = self.project.execution.state(ref, ThreadContext.THREAD)
                for path in self._raising.chains(start):
                    yield LostContext(frame, place, starter, path, self._needed[path.sink])
        for starter, value in begun:
            for ref in self._functions(value):
                start = self.project.execution.state(ref, ThreadContext.THREAD)
                for path in self._sending.chains(start):
                    for listener in self._listeners(frame, self._sent[path.sink]):
                        yield LostContext(frame, place, starter, path, "", listener)
            if self._is_bare_model(value, site, env):
                emission = Emission(EmissionKind.TOKENS, site.node)
                for listener in self._listeners(frame, emission):
                    yield LostContext(frame, place, starter, None, "", listener)

    def _listeners(self, frame: GraphFunction, emission: Emission) -> Iterator[Listener]:
        for listener in self.audience.of(frame.graph):
            if listener.gets(emission, frame.node_name):
                yield listener

    # --- what begins a thread --------------------------------------------------------------

    def _threads(self, callee: Value, site: CallSite, env: Env) -> Iterator[tuple[str, Value]]:
        """How a call begins a thread that has no context, and what that runs."""
        rows = table("execution")["bare_threads"]
        if isinstance(callee, External) and callee.name in rows:
            yield from self._given(rows[callee.name], callee.name, site, env)
        elif isinstance(callee, ExternalMethod):
            for kind in self._kinds(callee.receiver):
                if kind in table("execution")["context_pools"]["names"]:
                    return
                row = rows.get(f"{kind}.{callee.name}")
                if row is not None and not self._keeps(site, env):
                    name = f"{kind.rpartition('.')[2]}.{callee.name}"
                    yield from self._given(row, name, site, env)
                    return
                if row is None and (f"{kind}", callee.name) == ("threading.Thread", "start"):
                    yield from self._own_class(callee.receiver)

    def _kinds(self, receiver: Value) -> list[str]:
        types = self.program.types
        if isinstance(receiver, ExternalObject):
            return list(types.lineage(receiver.type))
        if isinstance(receiver, Instance):
            bases = inference.external_bases(self.program, receiver.cls)
            return [kind for base in bases for kind in types.lineage(base)]
        return []

    def _given(
        self, row: list[object], name: str, site: CallSite, env: Env
    ) -> Iterator[tuple[str, Value]]:
        keyword, position = row
        expr = site.node.argument(str(keyword), position if isinstance(position, int) else None)
        for value in inference.infer(self.program, expr, env) if expr is not None else ():
            yield name, value

    def _own_class(self, receiver: Value) -> Iterator[tuple[str, Value]]:
        """A thread whose class has a `run` of its own."""
        if isinstance(receiver, Instance):
            method = inference.find_method(self.program, receiver.cls, "run")
            if method is not None:
                yield f"{receiver.cls.name}.start", FunctionRef(method, bound=receiver)

    def _keeps(self, site: CallSite, env: Env) -> bool:
        """Whether the pool that `run_in_executor` is given hands the context on."""
        if terminal_name(site.node.func) != "run_in_executor" or not site.node.args:
            return False
        pools = inference.infer(self.program, site.node.args[0].value, env)
        keeping = table("execution")["context_pools"]["names"]
        return any(kind in keeping for pool in pools for kind in self._kinds(pool))

    def _functions(self, value: Value) -> Iterator[FunctionRef]:
        value = behind_partials(value)
        if isinstance(value, FunctionRef):
            yield value
        elif isinstance(value, Instance):
            method = inference.find_method(self.program, value.cls, "__call__")
            if method is not None:
                yield FunctionRef(method, bound=value)

    # --- what needs the run ----------------------------------------------------------------

    def _raisers(self, state: CallNode) -> Iterator[t.Node]:
        if self._takes_over(state):
            return
        needing = table("graphs")["needs_run"]
        for site, callees in self.project.execution.calls(state):
            for callee in callees:
                position = needing.get(callee.name) if isinstance(callee, External) else None
                if position is None or _is_tried(site):
                    continue
                if not self._has_run(site.node, position, state.env):
                    self._needed[site.node] = callee.name.rpartition(".")[2]  # type: ignore[union-attr]
                    yield site.node

    def _senders(self, state: CallNode) -> Iterator[t.Node]:
        if self._takes_over(state):
            return
        for emission in self.emissions.of(state):
            if emission.kind is not EmissionKind.TOKENS or not isinstance(emission.node, t.Call):
                continue
            if not self._has_run(emission.node, 1, state.env) and not _is_configured(emission):
                self._sent[emission.node] = emission
                yield emission.node

    def _takes_over(self, state: CallNode) -> bool:
        """Whether a function sets the run's config for its thread."""
        names = table("graphs")["run_setters"]["names"]
        return any(terminal_name(site.node.func) in names for site in state.function.calls) or any(
            isinstance(site.node.func, t.Attribute)
            and site.node.func.attr == "set"
            and terminal_name(site.node.func.value) in names
            for site in state.function.calls
        )

    def _is_bare_model(self, value: Value, site: CallSite, env: Env) -> bool:
        """Whether a thread runs a method of a model, and nothing hands it the run's config."""
        while isinstance(value, Partial):
            if value.call.argument("config") is not None or len(value.call.args) > 2:
                return False
            value = value.func
        if not isinstance(value, ExternalMethod) or value.name not in RUN_METHODS:
            return False
        if not streams_tokens(self.program, value.receiver) or _made_with_config(value.receiver):
            return False
        return not self._is_handed_on(site.node, env)

    def _is_handed_on(self, call: t.Call, env: Env) -> bool:
        """Whether a second argument, the config, goes with the function."""
        if call.argument("config") is not None or call.argument("kwargs") is not None:
            return True
        packed = call.argument("args")
        if packed is not None:
            return not isinstance(packed, t.Sequence) or len(packed.items) > 1
        after = [arg for arg in call.args if arg.keyword is None]
        before = 2 if terminal_name(call.func) == "run_in_executor" else 1
        rest = after[before:]
        return any(arg.star for arg in rest) or (
            len(rest) > 1 and not self._is_plain(rest[1].value, env)
        )

    def _has_run(self, call: t.Call, position: int, env: Env) -> bool:
        """Whether a call is given a config that may be the run's."""
        if any(arg.star for arg in call.args):
            return True
        given = call.argument("config", position if position >= 0 else None)
        return given is not None and not self._is_plain(given, env)

    def _is_plain(self, expr: t.Expr, env: Env) -> bool:
        """Whether a config is a dict of the code's own, without the run's callbacks."""
        values = inference.infer(self.program, expr, env)
        for value in values:
            if not isinstance(value, Container) or not isinstance(value.node, t.Dict):
                return False
            keys = [key for key, _ in value.node.items]
            names = [key.value if isinstance(key, t.Constant) else None for key in keys]
            if None in names or "callbacks" in names:
                return False
        return bool(values)


def _runs_concurrently(frame: GraphFunction) -> bool:
    """Whether a frame runs in a thread that goes on beside the run."""
    return any(
        edge.offloaded
        and isinstance(edge.node, t.Call)
        and terminal_name(edge.node.func) in _BEGINNING
        for edge in frame.edges
    )


def _is_waited_for(site: CallSite, state: CallNode) -> bool:
    """Whether the run waits for what a call begins: nobody misses tokens of what goes on beside."""
    function = state.function
    if site.awaited or waited_for(site, function):
        return True
    name = terminal_name(site.node.func)
    body = function.node.body if isinstance(function.node, t.FunctionDef) else ()
    nodes = [node for statement in body for node in t.walk(statement)]
    if name in _POOLED:
        return not any(
            isinstance(node, t.ExprStatement) and node.value is site.node for node in nodes
        )
    return any(isinstance(node, t.Call) and terminal_name(node.func) == "join" for node in nodes)


def _is_tried(site: CallSite) -> bool:
    return any(
        isinstance(statement, t.Try)
        and statement.handlers
        and t.in_block(statement.body, site.node)
        for statement in site.enclosing
    )


def _is_configured(emission: Emission) -> bool:
    return emission.receiver is not None and _made_with_config(emission.receiver)


def _made_with_config(value: Value | None) -> bool:
    """Whether a runnable was made by `with_config()`, perhaps with the run's own."""
    while isinstance(value, ExternalObject):
        call = value.site
        if isinstance(call, t.Call) and terminal_name(call.func) == "with_config":
            return True
        value = value.base
    return False
