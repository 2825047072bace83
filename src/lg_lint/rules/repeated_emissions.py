"""Which retries below a graph's stream repeat what a client has already got."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from lg_lint.base.finding import Confidence, Finding, Place, Step
from lg_lint.facts import tree as t
from lg_lint.model.graph import Graph
from lg_lint.model.project import Project
from lg_lint.model.retries.loops import RetryLoop, retry_loops
from lg_lint.model.retries.policies import Policy, policies
from lg_lint.model.retries.retry_helpers import calls_parameter, is_number, retriers_of
from lg_lint.model.streams.chat_models import parts
from lg_lint.model.streams.consumers import Audience, Listener
from lg_lint.model.streams.emission import EmissionKind, EmissionPath, Emissions, agent_model
from lg_lint.model.streams.graph_functions import GraphFunction, GraphFunctions
from lg_lint.model.versions import Change
from lg_lint.program import inference
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.control_flow import own_nodes
from lg_lint.program.site import Site
from lg_lint.program.store import Program, terminal_name
from lg_lint.program.values import ExternalObject, FunctionRef, Partial, Value
from lg_lint.rules.rule import Rule
from lg_lint.rules.telling.chains import call_steps, definition, describe
from lg_lint.rules.telling.versions import as_sure_as

_HELP = (
    "take the retry from here to what comes before the first chunk, emit after the call that may "
    "fail, or let the client drop an attempt when a new message id begins"
)
_FINISHED = ("invoke", "ainvoke", "batch", "abatch")
_MODEL_HOOKS = ("wrap_model_call", "awrap_model_call")


def check(rule: Rule, project: Project) -> Iterator[Finding]:
    found: dict[Place, Finding] = {}
    for repetition in _Search(project).all():
        finding = _finding(rule, project, repetition)
        known = found.get(finding.place)
        if known is None or finding.confidence.rank < known.confidence.rank:
            found[finding.place] = finding
    yield from found.values()


class _Repetition(Struct, frozen=True):
    """A retry, by its place, with what it repeats and who gets that."""

    place: Place
    what: str
    path: EmissionPath
    graph: Graph
    listener: Listener
    before: tuple[Step, ...] = ()
    change: Change | None = None


class _Search:
    """Finds the repetitions of a project."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.program = project.program
        self.frames = project.once(GraphFunctions)
        self.audience = Audience(project, self.frames)
        self.emissions = project.once(Emissions)
        self.retriers = project.once(retriers_of)

    def all(self) -> Iterator[_Repetition]:
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

    def _policy(self, policy: Policy) -> Iterator[_Repetition]:
        place = self.project.at(policy.site)
        if policy.task is not None:
            function = policy.task.function
            world = ThreadContext.LOOP if function.is_async else ThreadContext.THREAD
            paths = list(self.emissions.paths(self.project.execution.state(policy.task, world)))
            graphs = [policy.graph] if policy.graph else self.frames.graphs_of(function)
            for graph in graphs:
                what = f"{policy.name} on {function.name}()"
                yield from self._heard(place, what, paths, graph, "")
        elif policy.graph is not None and policy.node is not None:
            node = policy.node
            target = f'node "{node.name}"' if policy.name == "RetryPolicy" else policy.graph.name
            paths = list(self.emissions.of_node(policy.graph, node))
            step = self.project.step(node.site, f"{policy.name} covers {target}")
            what, change = f"{policy.name} on {target}", policy.change
            if change is not None:
                what += f", a default with {change.told},"
            for item in self._heard(place, what, paths, policy.graph, node.name, (step,)):
                yield replace(item, change=change)

    # --- code in nodes ---------------------------------------------------------------------

    def _loops(self, frame: GraphFunction) -> Iterator[_Repetition]:
        function = frame.state.function
        for loop in retry_loops(self.program, function):
            place = self.project.place(function.module, loop.header)
            paths = [
                path
                for path in self.emissions.paths(frame.state, within=loop.covered)
                if path.chain is not None and self._repeats(loop, path)
            ]
            what = f"the {loop.library} loop" if loop.library else "this retry loop"
            yield from self._in_frame(place, what, paths, frame)
            if frame.entry.kind == "middleware" and function.name in _MODEL_HOOKS:
                yield from self._handler(frame, loop, place)

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

    def _handler(
        self, frame: GraphFunction, loop: RetryLoop, place: Place
    ) -> Iterator[_Repetition]:
        """A loop of a model hook around the handler that it was given."""
        params = [param.name for param in frame.state.function.params]
        handler = params[-1] if len(params) > 1 else ""
        for node in own_nodes(loop.covered):
            if isinstance(node, t.Call) and _uses(node, handler) and loop.repeats(node):
                for path in self.emissions.of_graph(frame.graph):
                    if path.chain is None:
                        what = f"this loop in {frame.state.function.name}()"
                        yield from self._heard(place, what, [path], frame.graph, "model")
                return

    def _decorators(self, frame: GraphFunction) -> Iterator[_Repetition]:
        function = frame.state.function
        if function.is_generator:
            return
        for decoration in self.retriers.decorations(function):
            place = self.project.place(function.module, decoration.decorator.span)
            what = f"{decoration.retrier.name} on {function.name}()"
            paths = list(self.emissions.paths(frame.state))
            yield from self._in_frame(place, what, paths, frame)

    def _helpers(self, frame: GraphFunction) -> Iterator[_Repetition]:
        env = frame.state.env
        for retried in self.retriers.retried_calls(frame.state.function, env):
            ref = _function(retried.target)
            if ref is not None and not ref.function.is_generator:
                place = self.project.place(frame.state.function.module, retried.call.span)
                state = self.project.execution.state(ref, frame.state.world)
                what = f"{retried.retrier.name}() around {ref.function.name}()"
                paths = list(self.emissions.paths(state))
                yield from self._in_frame(place, what, paths, frame)

    def _given_models(self, graph: Graph) -> Iterator[_Repetition]:
        """Retrying models and chains that are handed to an agent, or are a node themselves."""
        for node in graph.nodes.values():
            for path in self.emissions.of_node(graph, node):
                if path.chain is None and not path.emission.nested:
                    for value in (*node.values, *agent_model(self.program, graph)):
                        yield from self._retried(value, path, graph, node.name, ())

    def _runnables(self, frame: GraphFunction) -> Iterator[_Repetition]:
        """`model.with_retry().ainvoke(...)` and `model.with_fallbacks(...).ainvoke(...)`."""
        for emission in self.emissions.of(frame.state):
            if emission.receiver is not None and emission.method in _FINISHED:
                place = self.project.place(frame.state.function.module, emission.node.span)
                before = (*self._way(frame), Step(place, "the model's tokens go out here"))
                path = EmissionPath(emission, None)
                graph, node = frame.graph, frame.node_name
                yield from self._retried(emission.receiver, path, graph, node, before)

    def _retried(
        self, value: Value, path: EmissionPath, graph: Graph, node: str, before: tuple[Step, ...]
    ) -> Iterator[_Repetition]:
        for made in self._retrying(value):
            if isinstance(made.site, t.Call) and made.env is not None:
                place = self.project.at(Site(made.site, made.env))
                name = f"{terminal_name(made.site.func)}()"
                yield from self._heard(place, name, [path], graph, node, before)

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

    def _in_frame(
        self, place: Place, what: str, paths: list[EmissionPath], frame: GraphFunction
    ) -> Iterator[_Repetition]:
        before = self._way(frame) if paths else ()
        yield from self._heard(place, what, paths, frame.graph, frame.node_name, before)

    def _way(self, frame: GraphFunction) -> tuple[Step, ...]:
        """How the graph comes to a frame."""
        entry = frame.entry
        start = self.project.execution.state(entry.ref, entry.world)
        first = Step(definition(self.project, entry.ref.function), entry.title)
        return (first, *call_steps(self.project, start, frame.edges))

    def _heard(
        self,
        place: Place,
        what: str,
        paths: Iterable[EmissionPath],
        graph: Graph,
        node: str,
        before: tuple[Step, ...] = (),
    ) -> Iterator[_Repetition]:
        for path in paths:
            for listener in self.audience.of(graph):
                if listener.gets(path.emission, node):
                    yield _Repetition(place, what, path, graph, listener, before)


def _function(value: Value) -> FunctionRef | None:
    while isinstance(value, Partial):
        value = value.func
    return value if isinstance(value, FunctionRef) else None


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


# --- what is said --------------------------------------------------------------------------


def _finding(rule: Rule, project: Project, item: _Repetition) -> Finding:
    emission, listener = item.path.emission, item.listener
    subject = {
        EmissionKind.TOKENS: "the tokens of the failed attempt, and then all of them again",
        EmissionKind.CUSTOM: "what was written before the failure once more with each attempt",
        EmissionKind.MESSAGE: "the messages pushed before the failure again with each attempt",
        EmissionKind.EVENT: "the events sent before the failure again with each attempt",
    }[emission.kind]
    return rule.finding(
        item.place,
        f"{listener.title} get {subject}: {item.what} runs again what {item.graph.name} has "
        "already emitted",
        trace=_trace(project, item),
        help=_HELP,
        confidence=as_sure_as(
            item.change, Confidence.HIGH if listener.certain else Confidence.MEDIUM
        ),
    )


def _trace(project: Project, item: _Repetition) -> Iterator[Step]:
    yield from item.before
    chain = item.path.chain
    if chain is not None:
        first = chain.start.function
        yield Step(definition(project, first), f"{describe(first)} is run again")
        yield from call_steps(project, chain.start, chain.edges)
        place = project.place(chain.last.function.module, chain.sink.span)
        verb = (
            "the model's tokens go out"
            if item.path.emission.kind is EmissionKind.TOKENS
            else "it is written"
        )
        yield Step(place, f"{verb} here")
    run = item.listener.run
    if run is not None:
        yield project.step(run.site, f".{run.method}() hands it to the client")
