"""Where code runs: frames, the calls between them, and the paths that prove it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.program import inference
from lg_lint.program.call_graph import awaiting, own_loops, protocols
from lg_lint.program.scopes import CallSite, Class, Function, Scope
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    CallContext,
    ClassRef,
    Env,
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    GeneratorOf,
    Instance,
    Offloader,
    Partial,
    Value,
    Values,
)


class ThreadContext(str, Enum):
    """What a frame holds while it runs."""

    __hash__ = str.__hash__  # states are looked up by the million

    LOOP = "event loop"
    ALONE = "event loop of its own"
    THREAD = "worker thread"
    SAME = "that of its caller"
    """Of the targets of edges, before it is asked from which world."""


class CallNode(Struct, frozen=True, eq=False):
    """A function in one activation and one world; `Execution` makes each one once."""

    function: Function
    frame: CallContext | None
    world: ThreadContext
    env: Env


class CallEdge(Struct, frozen=True):
    """One call from a state: the place, and where it leads.

    `offloaded` where another thread runs the target and this frame does not block on it.
    """

    node: t.Node
    target: CallNode
    offloaded: bool = False


class CallPath(Struct, frozen=True):
    """A path from a first state to a place: `edges` lead there, `sink` is the place itself."""

    start: CallNode
    edges: tuple[CallEdge, ...]
    sink: t.Node

    @property
    def last(self) -> CallNode:
        """The node that the path ends in, which calls the sink."""
        return self.edges[-1].target if self.edges else self.start

    @property
    def states(self) -> tuple[CallNode, ...]:
        """The nodes on the path, from the first to the last."""
        return (self.start, *(edge.target for edge in self.edges))


_CALLS_BACK = {
    "builtins.map", "builtins.filter", "builtins.sorted", "builtins.min", "builtins.max",
    "functools.reduce", "builtins.any", "builtins.all",
}  # fmt: skip
_ENTERS = {"enter_context", "enter_async_context"}
_STARTS = {"threading.Thread", "threading.Timer", "multiprocessing.Process"}
_WAITS = {"result", "exception"}
_WAITERS = {"as_completed", "wait"}
_POOL_CALLS = {"submit", "map", "run_in_executor", "apply_async", "starmap"}


Called = tuple[CallSite, Values]
"""A call and what it may call."""


class Execution(Struct):
    """The call graph over states, computed on demand.

    `is_dropped` says of a call of an async function whether nothing runs the coroutine.
    """

    program: Program
    is_dropped: Callable[[t.Call, Scope], bool] = lambda _call, _scope: False
    _states: dict[ThreadContext, dict[Env, CallNode]] = field(
        default_factory=lambda: {world: {} for world in ThreadContext}
    )
    _edges: dict[CallNode, tuple[CallEdge, ...]] = field(default_factory=dict)
    _leading: dict[Env, tuple[CallEdge, ...]] = field(default_factory=dict)
    _callees: dict[Env, tuple[Values, ...]] = field(default_factory=dict)

    def state_of(
        self,
        function: Function,
        frame: CallContext | None = None,
        world: ThreadContext = ThreadContext.LOOP,
    ) -> CallNode:
        """The state of a function, in any activation where no `frame` is named."""
        return self._state(function, frame, world, self.program.env(function, frame))

    def _state(
        self, function: Function, frame: CallContext | None, world: ThreadContext, env: Env
    ) -> CallNode:
        states = self._states[world]
        found = states.get(env)
        if found is None:
            found = states[env] = CallNode(function, frame, world, env)
        return found

    def state(self, ref: FunctionRef, world: ThreadContext) -> CallNode:
        """The state of a function value called from outside."""
        frame = None
        if ref.bound is not None or ref.closure is not None:
            frame = self.program.frame(ref.function, bound=ref.bound, closure=ref.closure)
        return self.state_of(ref.function, frame, world)

    def calls(self, state: CallNode) -> Iterator[Called]:
        """The calls in a state that are not dead, with what each may call."""
        live = [site for site in state.function.calls if not site.is_dead]
        callees = self._callees.get(state.env)
        if callees is None:
            callees = self._callees[state.env] = tuple(
                [self._meant(site, state.env) for site in live]
            )
        return zip(live, callees, strict=True)

    def _meant(self, site: CallSite, env: Env) -> Values:
        """What a call may call where it stands: what is awaited gives something to await."""
        callees = inference.infer(self.program, site.node.func, env)
        callees = inference.narrowed(self.program, site, callees, env)
        callees = inference.called(self.program, callees, site.node, env)
        return awaiting.awaitable(self.program, callees) if site.is_coroutine else callees

    def edges(self, state: CallNode) -> tuple[CallEdge, ...]:
        """The calls that a state makes into the project's functions."""
        edges = self._edges.get(state)
        if edges is None:
            leading = self._leading.get(state.env)
            if leading is None:
                self._leading[state.env] = ()
                leading = self._leading[state.env] = tuple(self._find_edges(state))
            edges = tuple(dict.fromkeys(self._from(edge, state.world) for edge in leading))
            self._edges[state] = edges
        return edges

    def _from(self, edge: CallEdge, world: ThreadContext) -> CallEdge:
        """An edge as it is in the world of a state."""
        target = edge.target
        if target.world is not ThreadContext.SAME:
            return edge
        return CallEdge(
            edge.node, self._state(target.function, target.frame, world, target.env), edge.offloaded
        )

    # --- edges -----------------------------------------------------------------------------

    def _find_edges(self, state: CallNode) -> Iterator[CallEdge]:
        """The edges of a function in one activation, whatever the world."""
        function, env = state.function, state.env
        calls = [
            (site, callees, own_loops.handed(self.program, site.node, callees))
            for site, callees in self.calls(state)
        ]
        private = _private_loop_calls(handed for _, _, handed in calls)
        for site, callees, started in calls:
            world = ThreadContext.ALONE if id(site.node) in private else ThreadContext.SAME
            for callee in callees:
                if type(callee) is not External or self._runs_argument(callee.name):
                    yield from self._called(callee, site, env, world)
            if started is not None:
                for ref in own_loops.functions(self.program, started, env):
                    yield from self._run(ref, site.node, ThreadContext.ALONE)
        for iteration in function.iterations:
            if iteration.is_dead:
                continue
            for value in inference.infer(self.program, iteration.iterable, env):
                if isinstance(value, GeneratorOf):
                    yield CallEdge(
                        iteration.iterable, self.generator_state(value, ThreadContext.SAME)
                    )
            yield from self._hidden(
                protocols.iterated(
                    self.program, iteration.iterable, env, is_async=iteration.is_async
                )
            )
        yield from self._hidden(protocols.hidden_calls(self.program, function, env))
        for node, decorator, frame in protocols.applied(self.program, function, env):
            yield CallEdge(node, self.state_of(decorator, frame, ThreadContext.SAME))
        for statement in function.withs:
            for item in statement.items:
                yield from self._entered(
                    item.context, env, ThreadContext.SAME, is_async=statement.is_async
                )

    def _hidden(self, calls: Iterable[protocols.Hidden]) -> Iterator[CallEdge]:
        for node, ref in calls:
            yield CallEdge(node, self.state(ref, ThreadContext.SAME))

    def _runs_argument(self, name: str) -> bool:
        """Whether an outside function runs a function that it is given."""
        return name in self.program.types.offloaders or name in _CALLS_BACK or name in _STARTS

    def _called(
        self, callee: Value, site: CallSite, env: Env, world: ThreadContext
    ) -> Iterator[CallEdge]:
        node = site.node
        if isinstance(callee, FunctionRef):
            never = awaiting.makes_coroutine(callee) and self.is_dropped(node, site.scope)
            if not callee.function.is_generator and not never:
                yield CallEdge(node, self._call_state(callee, node, env, world))
                for form in inference.dispatched(self.program, callee.function):
                    form = FunctionRef(form.function, bound=callee.bound)
                    yield CallEdge(node, self._call_state(form, node, env, world))
        elif isinstance(callee, ClassRef):
            yield from self._constructed(callee.cls, node, env, world)
        elif isinstance(callee, Instance):
            method = inference.find_method(self.program, callee.cls, "__call__")
            if method is not None:
                ref = FunctionRef(method, bound=callee)
                yield CallEdge(node, self._call_state(ref, node, env, world))
        elif isinstance(callee, Partial):
            yield from self._called_partial(callee, site, env, world)
        elif isinstance(callee, Offloader):
            yield from self._run(callee.func, node, ThreadContext.THREAD, offloaded=True)
        elif isinstance(callee, External):
            yield from self._external(callee.name, site, env, world)
        elif isinstance(callee, ExternalMethod):
            yield from self._external_method(callee, site, env, world)
        elif isinstance(callee, ExternalObject):
            calling = ExternalMethod(callee, "__call__")
            yield from self._external_method(calling, site, env, world)

    def _called_partial(
        self, partial: Partial, site: CallSite, env: Env, world: ThreadContext
    ) -> Iterator[CallEdge]:
        ref = partial.func
        is_passed_on = isinstance(ref, FunctionRef) and calls_parameters(self.program, ref.function)
        for edge in self._called(ref, site, env, world):
            if isinstance(ref, FunctionRef) and is_passed_on:
                frame = inference.partial_frame(self.program, ref, partial, site.node, env)
                yield CallEdge(edge.node, self.state_of(ref.function, frame, world))
            else:
                yield edge

    def _external(
        self, name: str, site: CallSite, env: Env, world: ThreadContext
    ) -> Iterator[CallEdge]:
        position = self.program.types.offloaders.get(name)
        if position is not None and position >= 0:
            yield from self._offloaded(site, env, world, position)
        elif name in _CALLS_BACK:
            for arg in site.node.args:
                for value in inference.infer(self.program, arg.value, env):
                    yield from self._run(value, site.node, world)
        elif name in _STARTS:
            target = site.node.argument("target", None) or site.node.argument("function", 1)
            if target is not None:
                for value in inference.infer(self.program, target, env):
                    yield from self._run(value, site.node, ThreadContext.THREAD, offloaded=True)

    def _external_method(
        self, method: ExternalMethod, site: CallSite, env: Env, world: ThreadContext
    ) -> Iterator[CallEdge]:
        receiver = method.receiver
        if not isinstance(receiver, ExternalObject):
            return
        if method.name in _ENTERS and site.node.args:
            is_async = method.name == "enter_async_context"
            yield from self._entered(site.node.args[0].value, env, world, is_async=is_async)
        for kind in self.program.types.lineage(receiver.type):
            position = self.program.types.offloaders.get(f"{kind}.{method.name}")
            if position is not None:
                yield from self._offloaded(site, env, world, position)
                return
        if self.program.types.method(receiver.type, method.name) == "base" and receiver.base:
            base = receiver.base
            is_async = isinstance(base, FunctionRef) and base.function.is_async
            to_thread = method.name.startswith(("a", "__call__")) and not is_async
            yield from self._run(base, site.node, ThreadContext.THREAD if to_thread else world)

    def _offloaded(
        self, site: CallSite, env: Env, world: ThreadContext, position: int
    ) -> Iterator[CallEdge]:
        """A function handed to a thread; one that is waited for holds the caller as well."""
        if position >= len(site.node.args):
            return
        waited = waited_for(site, env.scope)
        target_world = world if waited else ThreadContext.THREAD
        for value in inference.infer(self.program, site.node.args[position].value, env):
            yield from self._run(value, site.node, target_world, offloaded=not waited)

    def _run(
        self, value: Value, node: t.Node, world: ThreadContext, *, offloaded: bool = False
    ) -> Iterator[CallEdge]:
        """A function value that something calls with arguments of its own."""
        if isinstance(value, FunctionRef) and not value.function.is_generator:
            yield CallEdge(node, self.state(value, world), offloaded)
        elif isinstance(value, Partial):
            yield from self._run(value.func, node, world, offloaded=offloaded)
        elif isinstance(value, Instance):
            method = inference.find_method(self.program, value.cls, "__call__")
            if method is not None:
                ref = FunctionRef(method, bound=value)
                yield CallEdge(node, self.state(ref, world), offloaded)

    def _constructed(
        self, cls: Class, node: t.Call, env: Env, world: ThreadContext
    ) -> Iterator[CallEdge]:
        for name in ("__new__", "__init__", "__post_init__"):
            method = inference.find_method(self.program, cls, name)
            if method is not None:
                bound = ClassRef(cls) if name == "__new__" else Instance(cls)
                ref = FunctionRef(method, bound=bound)
                yield CallEdge(node, self._call_state(ref, node, env, world))

    def _entered(
        self, context: t.Expr, env: Env, world: ThreadContext, *, is_async: bool
    ) -> Iterator[CallEdge]:
        names = ("__aenter__", "__aexit__") if is_async else ("__enter__", "__exit__")
        for value in inference.infer(self.program, context, env):
            if isinstance(value, GeneratorOf):
                yield CallEdge(context, self.generator_state(value, world))
            elif isinstance(value, Instance):
                for name in names:
                    method = inference.find_method(self.program, value.cls, name)
                    if method is not None:
                        ref = FunctionRef(method, bound=value)
                        yield CallEdge(context, self.state(ref, world))

    def _call_state(
        self, ref: FunctionRef, node: t.Call, env: Env, world: ThreadContext
    ) -> CallNode:
        """The state that a call enters; its own frame only where parameters are called there."""
        deep = env.frame is not None and env.frame.depth >= 4
        if not deep and calls_parameters(self.program, ref.function):
            frame: CallContext | None = self.program.frame(
                ref.function, call=node, caller=env, bound=ref.bound, closure=ref.closure
            )
            return self.state_of(ref.function, frame, world)
        return self.state(ref, world)

    def generator_state(self, value: GeneratorOf, world: ThreadContext) -> CallNode:
        """The state in which the body of a generator runs."""
        if value.call is not None and value.env is not None:
            return self._call_state(value.function, value.call, value.env, world)
        return self.state(value.function, world)


def _private_loop_calls(handed: Iterable[t.Expr | None]) -> set[int]:
    """Calls that make the coroutine of an `asyncio.run(...)`."""
    return {
        id(node)
        for started in handed
        if started is not None
        for node in t.walk(started)
        if isinstance(node, t.Call)
    }


def calls_parameters(program: Program, function: Function) -> bool:
    """Whether a function calls, iterates or hands on what it was given."""
    return program.once("calls parameters", function, lambda: _calls_parameters(program, function))


def _calls_parameters(program: Program, function: Function) -> bool:
    names = {param.name for param in function.params} - {function.self_name}
    if not names:
        return False
    for scope in (function, *function.functions):
        for site in scope.calls:
            func = site.node.func
            root = func.value if isinstance(func, t.Attribute) else func
            if isinstance(root, t.Name) and root.id in names and isinstance(func, t.Name):
                return True
            if _forwards(program, site.node, names):
                return True
        for iteration in scope.iterations:
            if isinstance(iteration.iterable, t.Name) and iteration.iterable.id in names:
                return True
    return False


def _forwards(program: Program, call: t.Call, names: set[str]) -> bool:
    """Whether a call is handed one of these functions, or a method of one, to be called there."""
    position = program.types.forwarders.get(terminal_name(call.func) or "")
    if position is None or position >= len(call.args):
        return False
    given = call.args[position].value
    root = given.value if isinstance(given, t.Attribute) else given
    return isinstance(root, t.Name) and root.id in names


def waited_for(site: CallSite, scope: Scope) -> bool:
    """Whether the frame waits for an offloaded call without giving up its thread.

    `executor.submit(f).result()`, the same through a name, or a pool whose `with` block ends in
    this frame, which joins its threads.
    """
    if site.awaited or terminal_name(site.node.func) not in _POOL_CALLS:
        return False
    names = {
        binding.name
        for bindings in scope.bindings.values()
        for binding in bindings
        if binding.value is not None and any(node is site.node for node in t.walk(binding.value))
    }
    for other in scope.calls:
        func = other.node.func
        if isinstance(func, t.Attribute) and func.attr in _WAITS:
            if func.value is site.node:
                return True
            if isinstance(func.value, t.Name) and func.value.id in names:
                return True
        if terminal_name(func) in _WAITERS and not other.awaited:
            used = {node.id for node in t.walk(other.node) if isinstance(node, t.Name)}
            if used & names:
                return True
    return _joined_by_with(site)


def _joined_by_with(site: CallSite) -> bool:
    func = site.node.func
    if not isinstance(func, t.Attribute) or not isinstance(func.value, t.Name):
        return False
    if func.attr not in ("submit", "map"):
        return False
    for statement in site.enclosing:
        if isinstance(statement, t.With) and not statement.is_async:
            for item in statement.items:
                if isinstance(item.target, t.Name) and item.target.id == func.value.id:
                    return True
    return False
