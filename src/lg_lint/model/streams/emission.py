"""What the code of a node emits to clients of a graph's stream, and when."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import names, runs_giving, table
from lg_lint.model.graph import Graph, GraphRun, Node
from lg_lint.model.langgraph.agents import MODEL_NODES
from lg_lint.model.project import Project
from lg_lint.model.streams.chat_models import config_is_silent, is_quiet, streams_tokens
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import CallEdge, CallNode, CallPath, ThreadContext
from lg_lint.program.call_graph.path_search import Paths
from lg_lint.program.control_flow import own_nodes, statements_after
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import (
    External,
    ExternalMethod,
    ExternalObject,
    FunctionRef,
    Value,
    Values,
)

RUN_METHODS = {
    "invoke", "ainvoke", "stream", "astream", "batch", "abatch", "astream_events", "generate",
    "agenerate", "predict", "apredict",
}  # fmt: skip
_INPUT_AND_OUTPUT = names("input_and_output")
_HARMLESS = names("writes_no_stream")
_RUNS = runs_giving("chunks", "events", "results", "each")
_DEPTH = 4


class EmissionKind(str, Enum):
    """How something reaches a client."""

    TOKENS = "tokens of a chat model"
    CUSTOM = "what a stream writer writes"
    MESSAGE = "pushed messages"
    EVENT = "custom events"


_KINDS = {
    "custom": EmissionKind.CUSTOM,
    "message": EmissionKind.MESSAGE,
    "event": EmissionKind.EVENT,
}


class Emission(Struct, frozen=True):
    """A call that emits. `nested` where a graph that the node runs does it.

    `receiver` is the model or chain of a token emission, `method` how it is run.
    """

    kind: EmissionKind
    node: t.Node
    nested: bool = False
    receiver: Value | None = None
    method: str = ""


class EmissionPath(Struct, frozen=True):
    """An emission and the calls that lead to it; None for the model node of a prebuilt agent."""

    emission: Emission
    chain: CallPath | None


class Emissions:
    """The emissions of a project's functions, found on demand.

    With `every` also those after which nothing can fail, which no retry would send again.
    """

    def __init__(self, project: Project, *, every: bool = False) -> None:
        self.project = project
        self.every = every
        self._found: dict[CallNode, tuple[Emission, ...]] = {}
        self._graphs: dict[Graph, tuple[EmissionPath, ...]] = {}
        self._paths = Paths(
            project.execution, lambda state: [emission.node for emission in self.of(state)]
        )
        self._runs: dict[t.Node, GraphRun] = {run.site.node: run for run in project.runs}

    def of(self, state: CallNode) -> tuple[Emission, ...]:
        """The emissions that one function's own code makes."""
        if state not in self._found:
            self._found[state] = ()
            self._found[state] = tuple(self._find(state))
        return self._found[state]

    def paths(self, state: CallNode, *, within: t.Block | None = None) -> Iterator[EmissionPath]:
        """What running a function, or a block of it, emits and would emit again.

        Tokens go out while the model's call may still fail; everything else counts only where
        a call that may fail comes after it.
        """
        known: dict[t.Node, tuple[Emission, ...]] = {}

        def sinks(current: CallNode) -> Iterator[t.Node]:
            for emission in self.of(current):
                outside = within is not None and not t.in_block(within, emission.node)
                if current is not state or not outside:
                    at_call = (each for each in self.of(current) if each.node is emission.node)
                    known[emission.node] = tuple(at_call)
                    yield emission.node

        def follow(current: CallNode, edge: CallEdge) -> bool:
            return current is not state or within is None or t.in_block(within, edge.node)

        for chain in self._paths.chains(state, sinks, follow):
            for emission in known[chain.sink]:
                always = self.every or emission.kind is EmissionKind.TOKENS
                if always or self._fails_later(chain, within):
                    yield EmissionPath(emission, chain)

    def of_node(self, graph: Graph, node: Node) -> Iterator[EmissionPath]:
        """What a node emits and would emit again if it were run again."""
        for ref in (*node.functions, *node.tools):
            world = ThreadContext.LOOP if ref.function.is_async else ThreadContext.THREAD
            yield from self.paths(self.project.execution.state(ref, world))
        if graph.kind == "agent" and node.name in MODEL_NODES and self._model_streams(graph):
            yield EmissionPath(Emission(EmissionKind.TOKENS, graph.site.node), None)
        if any(streams_tokens(self.project.program, value) for value in node.values):
            yield EmissionPath(Emission(EmissionKind.TOKENS, node.site.node), None)
        if node.subgraph is not None:
            yield from (_nest(path, node.site.node) for path in self.of_graph(node.subgraph))

    def of_graph(self, graph: Graph) -> tuple[EmissionPath, ...]:
        """The emissions of all nodes of a graph."""
        if graph not in self._graphs:
            self._graphs[graph] = ()
            self._graphs[graph] = tuple(
                path for node in graph.nodes.values() for path in self.of_node(graph, node)
            )
        return self._graphs[graph]

    # --- finding ---------------------------------------------------------------------------

    def _find(self, state: CallNode) -> Iterator[Emission]:
        env = state.env
        for site, callees in self.project.execution.calls(state):
            node = site.node
            run = self._runs.get(node)
            if run is not None:
                yield from self._nested(run) if run.method in _RUNS else ()
            elif isinstance(node.func, t.Attribute) and node.func.attr in RUN_METHODS:
                config = node.argument("config", 1)
                if config is None or not config_is_silent(self.project.program, config, env):
                    yield from self._tokens(
                        node, inference.infer(self.project.program, node.func.value, env)
                    )
            kind = self._writer(callees)
            if kind is not None:
                yield Emission(kind, node)

    def _tokens(self, node: t.Call, receivers: Values) -> Iterator[Emission]:
        assert isinstance(node.func, t.Attribute)
        for value in receivers:
            if streams_tokens(self.project.program, value):
                yield Emission(EmissionKind.TOKENS, node, receiver=value, method=node.func.attr)
                return

    def _nested(self, run: GraphRun) -> Iterator[Emission]:
        """What a graph emits that the code runs: one emission a kind."""
        kinds = {path.emission.kind for graph in run.graphs for path in self.of_graph(graph)}
        for kind in sorted(kinds):
            yield Emission(kind, run.site.node, nested=True, method=run.method)

    def _writer(self, callees: Values) -> EmissionKind | None:
        for value in callees:
            name = value.name if isinstance(value, External) else getattr(value, "type", None)
            kind = table("retries")["emitters"].get(name)
            if kind is not None:
                return _KINDS[kind]
        return None

    def _model_streams(self, graph: Graph) -> bool:
        """Whether a prebuilt agent's model streams: an unseen one does."""
        values = agent_model(self.project.program, graph)
        return not values or not all(is_quiet(self.project.program, value) for value in values)

    # --- what may fail ---------------------------------------------------------------------

    def _fails_later(self, chain: CallPath, within: t.Block | None) -> bool:
        """Whether something after the end of a chain may fail, in any of its frames."""
        places = [*(edge.node for edge in chain.edges), chain.sink]
        for index, (state, place) in enumerate(zip(chain.states, places)):  # noqa: B905
            node = state.function.node
            body = node.body if isinstance(node, t.FunctionDef) else ()
            block = within if index == 0 and within is not None else body
            later = own_nodes(statements_after(block, place))
            if any(self._may_fail(state, item, place, 0) for item in later):
                return True
        return False

    def _may_fail(self, state: CallNode, node: t.Node, place: t.Node | None, depth: int) -> bool:
        """Whether a node of the tree is a call that reaches outside of the process."""
        awaited = isinstance(node, t.Await)
        call = node.value if isinstance(node, t.Await) else node
        if not isinstance(call, t.Call) or call is place or terminal_name(call.func) == "sleep":
            return False
        env = state.env
        callees = inference.infer(self.project.program, call.func, env)
        if self._writer(callees) is not None:
            return False
        if isinstance(call.func, t.Attribute) and call.func.attr in RUN_METHODS:
            return True
        if any(isinstance(value, FunctionRef) for value in callees):
            return self._function_may_fail(state, call, depth)
        return awaited or any(_reaches_outside(value) for value in callees)

    def _function_may_fail(self, state: CallNode, call: t.Call, depth: int) -> bool:
        if depth > _DEPTH:
            return False
        for edge in self.project.execution.edges(state):
            if edge.node is call:
                node = edge.target.function.node
                body = node.body if isinstance(node, t.FunctionDef) else ()
                if any(isinstance(item, t.Raise) for item in body):
                    return True
                for item in own_nodes(body):
                    if self._may_fail(edge.target, item, None, depth + 1):
                        return True
        return False


def agent_model(program: Program, graph: Graph) -> Values:
    """What a prebuilt agent is given as its model."""
    call = graph.site.node
    if graph.kind != "agent" or not isinstance(call, t.Call):
        return ()
    expr = call.argument("model", 0)
    return inference.infer(program, expr, graph.site.env) if expr is not None else ()


def _nest(path: EmissionPath, node: t.Node) -> EmissionPath:
    return EmissionPath(Emission(path.emission.kind, node, nested=True), path.chain)


def _reaches_outside(value: Value) -> bool:
    """Whether calling an outside function or method does input or output, as far as names tell."""
    if isinstance(value, ExternalMethod) and isinstance(value.receiver, ExternalObject):
        name, last = value.receiver.type, value.name
    elif isinstance(value, External):
        name, last = value.name, value.name.rpartition(".")[2]
    else:
        return False
    package = name.partition(".")[0]
    if package in _INPUT_AND_OUTPUT:
        return True
    return not last[:1].isupper() and package not in _HARMLESS | sys.stdlib_module_names
