"""The functions that a graph runs: its nodes, tools and hooks, and all that these call."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from msgspec import Struct, field

from lg_lint.model.entry import Entry
from lg_lint.model.graph import Graph
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallEdge, CallNode
from lg_lint.program.call_graph.path_search import SearchTree
from lg_lint.program.scopes import Function

_KINDS = {"node", "tool", "middleware", "hook", "router"}


class GraphFunction(Struct, frozen=True):
    """A function in one activation, the entry through which a graph runs it, and the calls."""

    entry: Entry
    state: CallNode
    ways: SearchTree

    @property
    def edges(self) -> tuple[CallEdge, ...]:
        """The calls that lead from the entry to it."""
        return self.ways.to(self.state)

    @property
    def graph(self) -> Graph:
        """The graph that runs it."""
        assert self.entry.graph is not None
        return self.entry.graph

    @property
    def node_name(self) -> str:
        """The node that runs it; empty for what belongs to none, such as a router."""
        return self.entry.node.name if self.entry.node is not None else ""


class GraphFunctions(Struct):
    """Every frame of every graph of a project."""

    project: Project
    all: list[GraphFunction] = field(default_factory=list)
    _graphs: dict[Function, list[Graph]] = field(default_factory=dict)
    _nodes: dict[tuple[Graph, str], list[GraphFunction]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.project.entries:
            if entry.graph is not None and entry.kind in _KINDS:
                self.all.extend(self._reached(entry))
        for frame in self.all:
            graphs = self._graphs.setdefault(frame.state.function, [])
            if frame.graph not in graphs:
                graphs.append(frame.graph)
            self._nodes.setdefault((frame.graph, frame.node_name), []).append(frame)

    def graphs_of(self, function: Function) -> list[Graph]:
        """The graphs that run a function."""
        return self._graphs.get(function, [])

    def of_node(self, graph: Graph, name: str) -> list[GraphFunction]:
        """The frames of one node of a graph."""
        return self._nodes.get((graph, name), [])

    def _reached(self, entry: Entry) -> Iterator[GraphFunction]:
        start = self.project.execution.state(entry.ref, entry.world)
        ways = SearchTree(start)
        queue = deque([start])
        while queue:
            state = queue.popleft()
            yield GraphFunction(entry, state, ways)
            for edge in self.project.execution.edges(state):
                if edge.target not in ways:
                    ways.add(state, edge)
                    queue.append(edge.target)
