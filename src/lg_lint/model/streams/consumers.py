"""Who listens to a graph's stream, and what of it they get."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from lg_lint.facts import tree as t
from lg_lint.knowledge import runs_giving
from lg_lint.model.graph import Graph, GraphRun
from lg_lint.model.project import Project
from lg_lint.model.streams.emission import Emission, EmissionKind
from lg_lint.model.streams.graph_functions import GraphFunctions
from lg_lint.program import inference
from lg_lint.program.scopes import Function, enclosing_function, reaching
from lg_lint.program.store import terminal_name
from lg_lint.program.values import Const, Container, Env, Values, strings

_STREAMS = runs_giving("chunks")
_EVENTS = runs_giving("events")
_TOKEN_EVENTS = ("on_chat_model", "on_llm", "on_custom_event")
_MODES = {
    EmissionKind.TOKENS: "messages",
    EmissionKind.MESSAGE: "messages",
    EmissionKind.CUSTOM: "custom",
    EmissionKind.EVENT: "events",
}


class Listener(Struct, frozen=True):
    """A run whose stream something consumes; `run` is None for the clients of a platform.

    `modes` are stream modes, with "events" for astream_events. `nodes` are the nodes whose tokens
    it passes on, None for all. `certain` is False where modes or clients cannot be seen.
    `outer` where the run is of a graph around the one that is asked about.
    """

    run: GraphRun | None
    modes: frozenset[str]
    subgraphs: bool = False
    nodes: frozenset[str] | None = None
    certain: bool = True
    outer: bool = False

    def gets(self, emission: Emission, node: str) -> bool:
        """Whether an emission of a node of the graph reaches this listener."""
        tokens = emission.kind is EmissionKind.TOKENS
        if tokens and "events" in self.modes:
            return True
        if _MODES[emission.kind] not in self.modes:
            return False
        inside = emission.nested or self.outer
        if tokens and inside and not self.subgraphs:
            return False
        return self.outer or not tokens or self.nodes is None or node in self.nodes

    @property
    def title(self) -> str:
        """How messages call it."""
        if self.run is None:
            return "clients of the platform"
        if "events" in self.modes:
            return f"clients of {self.run.method}()"
        return "clients"


class Audience(Struct):
    """The listeners of a project's graphs."""

    project: Project
    frames: GraphFunctions
    _found: dict[Graph, tuple[Listener, ...]] = field(default_factory=dict)

    def of(self, graph: Graph) -> tuple[Listener, ...]:
        """The listeners of a graph; empty where none is seen."""
        if graph not in self._found:
            self._found[graph] = ()
            self._found[graph] = tuple(self._find(graph))
        return self._found[graph]

    def _find(self, graph: Graph) -> Iterator[Listener]:
        own = [listener for run in graph.runs if (listener := self.listener(graph, run))]
        yield from own
        if graph.served and not any(run.method in _STREAMS | _EVENTS for run in graph.runs):
            yield Listener(None, frozenset({"messages", "custom", "events"}), True, certain=False)
        for outer in self._outer(graph):
            yield from (replace(listener, outer=True) for listener in self.of(outer))

    def _outer(self, graph: Graph) -> list[Graph]:
        """The graphs that have this one as a node, or whose nodes run it."""
        found = list(graph.parents)
        for run in graph.runs:
            function = enclosing_function(run.site.env.scope)
            found += self.frames.graphs_of(function) if function is not None else []
        return [outer for outer in dict.fromkeys(found) if outer is not graph]

    def listener(self, graph: Graph, run: GraphRun) -> Listener | None:
        """Who listens to a run; None where nobody gets tokens or what nodes write."""
        function = enclosing_function(run.site.env.scope)
        if run.method in _EVENTS:
            wanted = function is None or _wants_tokens(function)
            return Listener(run, frozenset({"events"})) if wanted else None
        if run.method not in _STREAMS:
            return None
        modes = self.given(run, "stream_mode")
        if modes is None:
            return None
        known, certain = _modes(self.project, modes)
        subgraphs = self.given(run, "subgraphs") or ()
        inside = any(isinstance(value, Const) and value.value is True for value in subgraphs)
        nodes = None
        if function is not None and graph.kind != "agent":
            nodes = _picked_nodes(self.project, function, run.site.env)
        return Listener(run, known, inside, nodes, certain) if known else None

    def given(self, run: GraphRun, keyword: str) -> Values | None:
        """What a run's call gives a keyword, also through `**options`; None where it does not."""
        found: list[Values] = []
        for arg in run.call.args:
            if arg.keyword == keyword:
                found.append(inference.infer(self.project.program, arg.value, run.site.env))
            elif arg.star == "**":
                program, env = self.project.program, run.site.env
                entry = inference.keyword_of(program, arg.value, env, keyword)
                found += [entry] if entry else []
        return inference.union(found) if found else None


def _modes(project: Project, values: Values) -> tuple[frozenset[str], bool]:
    """The modes that values name, and whether that is all; all that matter where none is seen."""
    found: set[str] = set()
    certain = True
    for value in values:
        if isinstance(value, Const):
            found.update(strings((value,)))
        elif isinstance(value, Container):
            for item in inference.items_of(project.program, value):
                found.update(strings(item))
                certain = certain and all(isinstance(part, Const) for part in item)
        else:
            certain = False
    if not found and not certain:
        return frozenset({"messages", "custom"}), False
    return frozenset(found), True


def _wants_tokens(function: Function) -> bool:
    """Whether a consumer of astream_events that names events names one that carries tokens."""
    texts = [
        node.value
        for node in t.walk(function.node, into_functions=True)
        if isinstance(node, t.Constant) and isinstance(node.value, str)
    ]
    named = [text for text in texts if text.startswith("on_") and " " not in text]
    return not named or any(text.startswith(_TOKEN_EVENTS) for text in named)


def _picked_nodes(project: Project, function: Function, env: Env) -> frozenset[str] | None:
    """The node names with which a consumer compares `metadata["langgraph_node"]`."""
    found: set[str] = set()
    for node in t.walk(function.node):
        if not isinstance(node, t.Compare) or not _is_node_name(node.left, function):
            continue
        if set(node.ops) - {"==", "in"}:
            return None
        for expr in node.comparators:
            for value in inference.infer(project.program, expr, env):
                if isinstance(value, Container):
                    for item in inference.items_of(project.program, value):
                        found.update(strings(item))
                else:
                    found.update(strings((value,)))
    return frozenset(found) or None


def _is_node_name(expr: t.Expr, function: Function) -> bool:
    """`metadata["langgraph_node"]`, `metadata.get("langgraph_node")`, or a name for it."""
    if isinstance(expr, t.Name):
        values = [binding.value for binding in reaching(function, expr.id, expr.start)]
        return bool(values) and all(
            value is not None and type(value) is not t.Name and _is_node_name(value, function)
            for value in values
        )
    key: t.Expr | None = None
    if isinstance(expr, t.Subscript):
        key = expr.index
    elif isinstance(expr, t.Call) and terminal_name(expr.func) == "get":
        key = expr.argument("key", 0)
    return isinstance(key, t.Constant) and key.value == "langgraph_node"
