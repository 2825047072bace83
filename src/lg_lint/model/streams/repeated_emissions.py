"""Which retries below a graph's stream run again what has already sent something to a client."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from lg_lint.facts import tree as t
from lg_lint.knowledge import runs_giving
from lg_lint.model.graph import Graph
from lg_lint.model.project import Project
from lg_lint.model.retries.loops import RetryLoop, retry_loops
from lg_lint.model.retries.policies import Policy, policies
from lg_lint.model.retries.retry_helpers import calls_parameter, is_number, retriers_of
from lg_lint.model.streams.chat_models import parts
from lg_lint.model.streams.consumers import Audience, Listener
from lg_lint.model.streams.emission import EmissionPath, Emissions, agent_model
from lg_lint.model.streams.graph_functions import GraphFunction, GraphFunctions
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.control_flow import own_nodes
from lg_lint.program.scopes import Module
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import ExternalObject, Value

_FINISHED = runs_giving("results")
_MODEL_HOOKS = ("wrap_model_call", "awrap_model_call")


class RetryPlace(Struct, frozen=True):
    """A retry: where it stands, and what the code calls it ("RetryPolicy on node "answer"").

    `policy` where it is an object that LangGraph or LangChain asks. `frame` is the function of
    the graph around it; None for a policy, and for models that are handed to an agent.
    """

    module: Module
    span: t.Span
    what: str
    policy: Policy | None = None
    frame: GraphFunction | None = None


class RepeatedEmission(Struct, frozen=True):
    """An emission that a retry sends again, and a listener that gets it twice."""

    retry: RetryPlace
    path: EmissionPath
    graph: Graph
    listener: Listener


def repeated_emissions(project: Project) -> Iterator[RepeatedEmission]:
    """Every retry with every emission that it repeats and every listener that gets it.

    Nothing for emissions that no client is seen to get.
    """
    return _Search(project).all()


class _Search:
    """Finds the repeated emissions of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.program = project.program
        self.frames = project.once(GraphFunctions)
        self.audience = Audience(project, self.frames)
        self.emissions = project.once(Emissions)
        self.retriers = project.once(retriers_of)

    def all(self) -> Iterator[RepeatedEmission]:
        for policy in policies(self.project):
            yield from self._policy(policy)
        for graph in self.project.graphs:
            if self.audience.of(graph):
                yield from self._given_models(graph)
        for frame in self.frames.all:
            if self.audience.of(frame.graph):
                yield from self._loops(frame)
                yield from self._decorators(frame)
                yield from self._helpers(frame)
                yield from self._runnables(frame)

    # --- policies --------------------------------------------------------------------------

    def _policy(self, policy: Policy) -> Iterator[RepeatedEmission]:
        what = f"{policy.name} on {policy.target}"
        module, span = policy.site.env.scope.module, policy.site.span
        retry = RetryPlace(module, span, what, policy)
        if policy.task is not None:
            function = policy.task.function
            world = ThreadContext.LOOP if function.is_async else ThreadContext.THREAD
            paths = list(self.emissions.paths(self.project.execution.state(policy.task, world)))
            for graph in [policy.graph] if policy.graph else self.frames.graphs_of(function):
                yield from self._heard(retry, paths, graph, "")
        elif policy.graph is not None and policy.node is not None:
            paths = list(self.emissions.of_node(policy.graph, policy.node))
            yield from self._heard(retry, paths, policy.graph, policy.node.name)

    # --- code in nodes ---------------------------------------------------------------------

    def _loops(self, frame: GraphFunction) -> Iterator[RepeatedEmission]:
        function = frame.state.function
        for loop in retry_loops(self.program, function):
            what = f"the {loop.library} loop" if loop.library else "this retry loop"
            retry = RetryPlace(function.module, loop.header, what, frame=frame)
            paths = [
                path
                for path in self.emissions.paths(frame.state, within=loop.covered)
                if path.chain is not None and self._repeats(loop, path)
            ]
            yield from self._heard(retry, paths, frame.graph, frame.node_name)
            if frame.entry.kind == "middleware" and function.name in _MODEL_HOOKS:
                yield from self._handler(frame, loop)

    def _repeats(self, loop: RetryLoop, path: EmissionPath) -> bool:
        assert path.chain is not None
        covered = path.chain.edges[0].node if path.chain.edges else path.chain.sink
        call = covered if isinstance(covered, t.Call) else None
        generic = call is not None and calls_parameter(path.chain.start.function, call)
        return not generic and loop.repeats(covered) and not self._gives_up(loop, covered)

    def _gives_up(self, loop: RetryLoop, covered: t.Node) -> bool:
        """Whether the loop around a model's own stream stops once something was sent."""
        return any(
            isinstance(node, t.For)
            and any(part is covered for part in t.walk(node.iterable))
            and loop.gives_up_once_sent(node)
            for node in own_nodes(loop.covered)
        )

    def _handler(self, frame: GraphFunction, loop: RetryLoop) -> Iterator[RepeatedEmission]:
        """A loop of a model hook around the handler that it was given."""
        function = frame.state.function
        retry = RetryPlace(function.module, loop.header, f"this loop in {function.name}()")
        params = [param.name for param in function.params]
        handler = params[-1] if len(params) > 1 else ""
        for node in own_nodes(loop.covered):
            if isinstance(node, t.Call) and _uses(node, handler) and loop.repeats(node):
                for path in self.emissions.of_graph(frame.graph):
                    if path.chain is None:
                        yield from self._heard(retry, [path], frame.graph, "model")
                return

    def _decorators(self, frame: GraphFunction) -> Iterator[RepeatedEmission]:
        function = frame.state.function
        if function.is_generator:
            return
        for decoration in self.retriers.decorations(function):
            what = f"{decoration.retrier.name} on {function.name}()"
            retry = RetryPlace(function.module, decoration.decorator.span, what, frame=frame)
            paths = self.emissions.paths(frame.state)
            yield from self._heard(retry, paths, frame.graph, frame.node_name)

    def _helpers(self, frame: GraphFunction) -> Iterator[RepeatedEmission]:
        function = frame.state.function
        for retried in self.retriers.retried_calls(function, frame.state.env):
            ref = retried.function
            if ref is not None and not ref.function.is_generator:
                what = f"{retried.retrier.name}() around {ref.function.name}()"
                retry = RetryPlace(function.module, retried.call.span, what, frame=frame)
                paths = self.emissions.paths(self.project.execution.state(ref, frame.state.world))
                yield from self._heard(retry, paths, frame.graph, frame.node_name)

    def _given_models(self, graph: Graph) -> Iterator[RepeatedEmission]:
        """Retrying models and chains that are handed to an agent, or are a node themselves."""
        for node in graph.nodes.values():
            for path in self.emissions.of_node(graph, node):
                if path.chain is None and not path.emission.nested:
                    for value in (*node.values, *agent_model(self.program, graph)):
                        yield from self._retried(value, path, graph, node.name)

    def _runnables(self, frame: GraphFunction) -> Iterator[RepeatedEmission]:
        """`model.with_retry().ainvoke(...)` and `model.with_fallbacks(...).ainvoke(...)`."""
        for emission in self.emissions.of(frame.state):
            if emission.receiver is not None and emission.method in _FINISHED:
                path = EmissionPath(emission, None)
                graph, node = frame.graph, frame.node_name
                yield from self._retried(emission.receiver, path, graph, node, frame)

    def _retried(
        self,
        value: Value,
        path: EmissionPath,
        graph: Graph,
        node: str,
        frame: GraphFunction | None = None,
    ) -> Iterator[RepeatedEmission]:
        for made in self._retrying(value):
            if isinstance(made.site, t.Call) and made.env is not None:
                name = f"{terminal_name(made.site.func)}()"
                retry = RetryPlace(made.env.scope.module, made.site.span, name, frame=frame)
                yield from self._heard(retry, [path], graph, node)

    def _retrying(self, value: Value) -> Iterator[ExternalObject]:
        """The `with_retry` and `with_fallbacks` calls that a runnable is made by."""
        while isinstance(value, ExternalObject):
            func = value.site.func if isinstance(value.site, t.Call) else None
            if isinstance(func, t.Attribute) and _tries_again(self.program, value, func.attr):
                yield value
            for part in parts(self.program, value):
                yield from self._retrying(part)
            if value.base is None:
                return
            value = value.base

    # --- who gets it -----------------------------------------------------------------------

    def _heard(
        self, retry: RetryPlace, paths: Iterable[EmissionPath], graph: Graph, node: str
    ) -> Iterator[RepeatedEmission]:
        for path in paths:
            for listener in self.audience.of(graph):
                if listener.gets(path.emission, node):
                    yield RepeatedEmission(retry, path, graph, listener)


def _uses(call: t.Call, name: str) -> bool:
    """Whether a call is of a name, or hands it on."""
    used = (call.func, *(arg.value for arg in call.args))
    return any(isinstance(expr, t.Name) and expr.id == name for expr in used)


def _tries_again(program: Program, value: ExternalObject, method: str) -> bool:
    if method == "with_fallbacks":
        return True
    if method != "with_retry" or not isinstance(value.site, t.Call) or value.env is None:
        return False
    attempts = value.site.argument("stop_after_attempt", None)
    return attempts is None or not is_number(
        program, inference.infer(program, attempts, value.env), 1
    )
