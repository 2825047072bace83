"""A LangGraph graph as the source builds it: channels, nodes, edges, compile sites, runs."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from enum import Enum

from msgspec import Struct, field

from lg_lint.facts import tree as t
from lg_lint.knowledge import named
from lg_lint.model.chains import Chain
from lg_lint.program.scopes import Class
from lg_lint.program.site import Site
from lg_lint.program.values import Const, Env, External, ExternalObject, FunctionRef, Value, Values

START = "__start__"
END = "__end__"
ROOT = "__root__"
"""The key of a channel that is the whole state."""
_ENDS = {named("start"): START, named("end"): END}


class ReducerKind(str, Enum):
    """What a channel does with a second write."""

    LAST_VALUE = "last value"
    ADD_MESSAGES = "add_messages"
    CONCAT = "concatenates"
    MERGE = "merges by key"
    SUM = "adds numbers"
    REPLACE = "replaces"
    EPHEMERAL = "keeps nothing between steps"
    DELTA = "stores differences"
    UNKNOWN = "unknown"


class Reducer(Struct, frozen=True):
    """How a channel combines writes.

    `bounded`: it caps by itself. `dedupes`: it leaves out what is there already. `resets`: some
    written value empties the channel (an empty list, None, an override marker). `exact` for
    operator.add itself.
    """

    kind: ReducerKind
    bounded: bool = False
    dedupes: bool = False
    resets: bool = False
    exact: bool = False
    name: str = ""

    @property
    def accumulates(self) -> bool:
        """Whether a channel keeps growing with each write."""
        return self.kind in (ReducerKind.ADD_MESSAGES, ReducerKind.CONCAT) and not self.bounded


class Channel(Struct, eq=False):
    """One key of a graph's state.

    `site` is the field's definition, or the class line for an inherited one. `shape` is "list",
    "dict", "str", "set", "number" or "" where the annotation does not say. `implicit` for the
    channels that a prebuilt agent brings.
    """

    key: str
    site: Site
    reducer: Reducer
    shape: str = ""
    annotation: t.Expr | None = None
    schema: Class | None = None
    implicit: bool = False


class Node(Struct, eq=False):
    """One node: what `add_node` (or its kin) registers under a name.

    `functions` are the functions that run in it, unwrapped; `subgraph` is set for a compiled graph
    added as a node; `tools` are the tools it runs; `hooks` the middleware methods of an agent that
    are a node of their own. `destinations` are the targets that its Commands are declared to have.
    `passing` are functions of a chain whose results the next one gets, `chain` is that chain.
    `many` where a loop whose rounds are not known adds several, under a name with a placeholder.
    """

    name: str
    site: Site
    functions: list[FunctionRef] = field(default_factory=list)
    subgraph: Graph | None = None
    tools: list[FunctionRef] = field(default_factory=list)
    values: tuple[Value, ...] = ()
    hooks: list[FunctionRef] = field(default_factory=list)
    destinations: list[str] = field(default_factory=list)
    passing: list[FunctionRef] = field(default_factory=list)
    chain: Chain | None = None
    defer: bool = False
    many: bool = False

    @property
    def runs_tools(self) -> bool:
        """Whether it is a ToolNode, or a node that is known to run tools."""
        kinds = [getattr(value, "type", "") for value in self.values]
        return bool(self.tools) or any(str(kind).endswith("ToolNode") for kind in kinds)


class Edge(Struct, frozen=True):
    """`source` to `target`; `kind` is "static", "conditional", "command", "send" or "error".

    `waits` holds all the sources of an edge from a list, whose target waits for each of them.
    `many` where each round of a loop that is not known leads from the one source to another target.
    """

    source: str
    target: str
    kind: str
    site: Site
    waits: tuple[str, ...] = ()
    many: bool = False


class Router(Struct, eq=False):
    """A conditional edge's function, or a node's Command: `targets` is None where any may follow.

    `path_map` is the declared map, from what the function returns to nodes, also the one that a
    Literal annotation makes; None without one. `unmapped` where a map is given that is not known.
    `results` are the values that it returns, as far as the source names them; `closed` where it
    returns no others. `always`: each way out of the node is a Command with a goto.
    """

    source: str
    site: Site
    functions: list[FunctionRef]
    targets: list[str] | None
    path_map: dict[object, str] | None = None
    unmapped: bool = False
    results: list[Result] = field(default_factory=list)
    closed: bool = False
    is_command: bool = False
    always: bool = False


class Result(Struct, frozen=True):
    """A value that a router returns or a goto names; `send` for the node of a Send.

    `declared` where only an annotation says that it may come; `many` where it comes several times.
    """

    value: object
    site: Site
    send: bool = False
    many: bool = False
    declared: bool = False


class GraphRun(Struct, eq=False):
    """A call that runs a graph or touches its state, such as `graph.stream(...)`.

    `receivers` are all that it may run the method of. `given` are the calls with all that the
    method is given and where: the call itself, but for what partials bind and what a function hands
    on as `*args`, one for each of its callers.
    """

    site: Site
    method: str
    graphs: list[Graph]
    receiver: ExternalObject
    receivers: Values = ()
    given: tuple[tuple[t.Call, Env], ...] = ()

    @property
    def call(self) -> t.Call:
        """The call itself, as it stands."""
        assert isinstance(self.site.node, t.Call)
        return self.site.node

    @property
    def calls(self) -> tuple[tuple[t.Call, Env], ...]:
        """The calls with all that the method is given, and where; at least one."""
        return self.given or ((self.call, self.site.env),)

    @property
    def owner(self) -> t.Expr | None:
        """The expression of what it runs the method of; None where the call does not name it."""
        func = self.call.func
        is_named = isinstance(func, t.Attribute) and func.attr == self.method
        return func.value if isinstance(func, t.Attribute) and is_named else None


class Graph(Struct, eq=False):
    """One graph, identified by the call that begins it.

    `kind`: "state", "messages", "agent" (create_react_agent, create_agent, ...), "entrypoint",
    "remote". `saver` says where its checkpoints go, None where there is none; `durable` is that
    saver where a run may go on with the thread of an earlier one (see `thread_lifetime.py`).
    `served` for a graph that a platform file names. `complete` is False where a node or an edge
    could not be read. `managed` are the keys of the state that LangGraph fills itself,
    `open_schema` says that the state may have keys that cannot be seen.
    """

    kind: str
    site: Site
    value: ExternalObject
    name: str = ""
    schemas: list[Class] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    managed: set[str] = field(default_factory=set)
    open_schema: bool = False
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    routers: list[Router] = field(default_factory=list)
    compiles: list[Site] = field(default_factory=list)
    runs: list[GraphRun] = field(default_factory=list)
    middleware: list[Value] = field(default_factory=list)
    parents: list[Graph] = field(default_factory=list)
    saver: Saver | None = None
    durable: Saver | None = None
    served: bool = False
    complete: bool = True
    _from: dict[str, list[Edge]] = field(default_factory=dict)
    _sorted: int = -1

    def edges_from(self, name: str) -> Sequence[Edge]:
        """The edges that lead on from a node, in the order of the source."""
        if self._sorted != len(self.edges):
            self._from = {}
            for edge in self.edges:
                self._from.setdefault(edge.source, []).append(edge)
            self._sorted = len(self.edges)
        return self._from.get(name, ())

    def targets(self, name: str) -> set[str]:
        """The nodes to which the source names a way from a node."""
        return {edge.target for edge in self.edges_from(name)}

    def successors(self, name: str) -> set[str]:
        """The nodes that may follow a node; every node where a router's targets are unknown."""
        found = self.targets(name)
        if any(router.source == name and router.targets is None for router in self.routers):
            found |= set(self.nodes)
        return found

    def cycle_through(self, name: str) -> list[str] | None:
        """A shortest cycle through a node, as the names after it up to itself; None without one."""
        before: dict[str, str] = {}
        queue = deque([name])
        while queue:
            current = queue.popleft()
            for following in sorted(self.successors(current)):
                if following == name:
                    path = [name]
                    while current != name:
                        path.append(current)
                        current = before[current]
                    return list(reversed(path))
                if following not in before and following in self.nodes:
                    before[following] = current
                    queue.append(following)
        return None


class Saver(Struct, frozen=True):
    """Where a graph's checkpoints go.

    `types` are the canonical class names of what may be passed; `site` the compile argument, the
    attribute assignment or the platform's file. `certain` is False where the value is unknown.
    """

    types: tuple[str, ...]
    site: Site | None
    certain: bool = True
    platform: bool = False


def connect(
    graph: Graph, source: str, target: str, site: Site, kind: str = "static",
    waits: tuple[str, ...] = (), many: bool = False,
) -> None:  # fmt: skip
    """Adds an edge to a graph."""
    graph.edges.append(Edge(source, target, kind, site, waits, many))


def name_of(value: Value) -> str | None:
    """The node name that a value is, if it is one."""
    if isinstance(value, Const):
        return value.value if isinstance(value.value, str) else None
    return _ENDS.get(value.name) if isinstance(value, External) else None


def state_param(ref: FunctionRef) -> t.Param | None:
    """The parameter of a node, router or hook that gets the state."""
    params = [param for param in ref.function.params if param.kind == "positional"]
    if ref.bound is not None and ref.function.self_name:
        params = params[1:]
    return params[0] if params else None
