"""Where the items of a graph's stream leave a function, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, runs_giving, table
from lg_lint.model.project import Project
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, ThreadContext
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.control_flow import own_nodes
from lg_lint.program.scopes import Function, Iteration
from lg_lint.program.site import Site
from lg_lint.program.values import NONE, Container, ExternalObject, FunctionRef, GeneratorOf, Value

STREAMS = (named("stream"), named("async_stream"))
_METHODS = runs_giving("chunks", "events")
_DEPTH = 5


class Forwarding(Struct, frozen=True):
    """`loop` iterates the stream that `run` starts; `push` hands on each item.

    `loop` is the `for`, or the `yield from` that is both.
    """

    loop: t.Node
    run: Site
    push: t.Node

    @property
    def yields(self) -> bool:
        """Whether the item leaves by `yield`, not by a call that sends it."""
        return isinstance(self.push, t.Yield)

    @property
    def method(self) -> str:
        """The method that starts the stream, as "astream"."""
        call = self.run.node
        assert isinstance(call, t.Call)
        return call.func.attr if isinstance(call.func, t.Attribute) else "stream"


class Forwardings:
    """The outflows of a project's functions, found on demand."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._found: dict[CallNode, tuple[Forwarding, ...]] = {}
        self._paths = Paths(
            project.execution, lambda state: [outflow.loop for outflow in self.of(state)]
        )

    def of(self, state: CallNode, depth: int = 0) -> tuple[Forwarding, ...]:
        """The loops of one function that hand on a graph's items."""
        if state not in self._found:
            self._found[state] = ()
            self._found[state] = tuple(self._find(state, depth))
        return self._found[state]

    def hands_on(self, states: Iterable[CallNode], run: t.Node) -> bool:
        """Whether one of the functions hands on the items of a run, given by its call."""
        return any(forwarding.run.node is run for state in states for forwarding in self.of(state))

    def of_function(self, function: Function) -> tuple[Forwarding, ...]:
        """Those of a function in any activation."""
        return self.of(self.project.execution.state_of(function))

    def chains(
        self, state: CallNode, *, within: t.Block | None = None
    ) -> Iterator[tuple[CallPath, Forwarding]]:
        """Every outflow that running a function leads to, or a block of it, with the calls."""
        known: dict[t.Node, Forwarding] = {}

        def sinks(current: CallNode) -> Iterator[t.Node]:
            for outflow in self.of(current):
                if current is state:
                    if within is not None and not t.in_block(within, outflow.loop):
                        continue
                elif outflow.yields:
                    continue
                known[outflow.loop] = outflow
                yield outflow.loop

        def follow(current: CallNode, edge: CallEdge) -> bool:
            return current is not state or within is None or t.in_block(within, edge.node)

        for chain in self._paths.chains(state, sinks, follow):
            yield chain, known[chain.sink]

    def resumes(self, outflow: Forwarding) -> bool:
        """Whether the run may get None as its input: then it goes on where it failed."""
        call = outflow.run.node
        given = call.argument("input", 0) if isinstance(call, t.Call) else None
        if given is None:
            return False
        return NONE in inference.infer(self.project.program, given, outflow.run.env)

    # --- finding ---------------------------------------------------------------------------

    def _find(self, state: CallNode, depth: int) -> Iterator[Forwarding]:
        for iteration in state.function.iterations:
            values = inference.infer(self.project.program, iteration.iterable, state.env)
            runs = [run for value in values for run in self._runs(value, state.world, depth)]
            push = self._push(state, iteration) if runs else None
            if push is not None:
                yield from (Forwarding(iteration.node, run, push) for run in runs)

    def _runs(self, value: Value, world: ThreadContext, depth: int) -> Iterator[Site]:
        """The graph calls behind an iterable, through generators of the project."""
        if isinstance(value, ExternalObject) and value.type in STREAMS:
            site = value.site
            if isinstance(site, t.Call) and value.env is not None:
                func = site.func
                if isinstance(func, t.Attribute) and func.attr in _METHODS:
                    yield Site(site, value.env)
        elif isinstance(value, GeneratorOf) and depth < _DEPTH:
            inner = self.project.execution.generator_state(value, world)
            for outflow in self.of(inner, depth + 1):
                if outflow.yields:
                    yield outflow.run

    # --- pushes ----------------------------------------------------------------------------

    def _push(self, state: CallNode, iteration: Iteration) -> t.Node | None:
        """What hands on the items of an iteration."""
        if isinstance(iteration.node, t.Yield):
            return iteration.node
        if not isinstance(iteration.node, t.For):
            return None
        for node in own_nodes(iteration.node.body):
            if isinstance(node, t.Yield) or (isinstance(node, t.Call) and self._sends(state, node)):
                return node
        return None

    def _sends(self, state: CallNode, node: t.Call) -> bool:
        env = state.env
        program = self.project.program
        if (
            isinstance(node.func, t.Attribute)
            and node.func.attr in table("retries")["sends"]["methods"]
        ):
            receivers = inference.infer(program, node.func.value, env)
            return not any(isinstance(value, Container) for value in receivers)
        if isinstance(node.func, t.Name) and _is_param(state.function, node.func.id):
            return True
        callees = inference.infer(program, node.func, env)
        return any(
            (isinstance(value, FunctionRef) and _sends_inside(value.function))
            or (isinstance(value, ExternalObject) and value.type in table("retries")["emitters"])
            for value in callees
        )


def _is_param(function: Function, name: str) -> bool:
    return any(binding.kind == "param" for binding in function.bindings.get(name, ()))


def _sends_inside(function: Function) -> bool:
    """Whether a helper's own body sends something to a socket, a queue or a broker."""
    methods = table("retries")["sends"]["methods"]
    return any(
        isinstance(site.node.func, t.Attribute) and site.node.func.attr in methods
        for site in function.calls
    )
