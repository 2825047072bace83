"""The functions that a graph runs: its nodes, tools and hooks, and all that these call."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from lg_lint.model.entry import Entry
from lg_lint.model.graph import Graph
from lg_lint.model.project import Project
from lg_lint.program.execution import Edge, State
from lg_lint.program.scopes import Function

_KINDS = {"node", "tool", "middleware", "hook", "router"}


@dataclass(frozen=True, slots=True)
class GraphFrame:
    """A function in one activation, the entry through which a graph runs it, and the calls."""

    entry: Entry
    state: State
    edges: tuple[Edge, ...]

    @property
    def graph(self) -> Graph:
        assert self.entry.graph is not None
        return self.entry.graph

    @property
    def node_name(self) -> str:
        return self.entry.node.name if self.entry.node is not None else ""


@dataclass(slots=True)
class Frames:
    """Every frame of every graph of a project."""

    project: Project
    all: list[GraphFrame] = field(default_factory=list)
    _graphs: dict[int, list[Graph]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.project.entries:
            if entry.graph is not None and entry.kind in _KINDS:
                self.all.extend(self._reached(entry))
        for frame in self.all:
            graphs = self._graphs.setdefault(id(frame.state.function), [])
            if frame.graph not in graphs:
                graphs.append(frame.graph)

    def graphs_of(self, function: Function) -> list[Graph]:
        """The graphs that run a function."""
        return self._graphs.get(id(function), [])

    def _reached(self, entry: Entry) -> Iterator[GraphFrame]:
        start = self.project.execution.state(entry.ref, entry.world)
        reached: dict[State, tuple[Edge, ...]] = {start: ()}
        queue = deque([start])
        while queue:
            state = queue.popleft()
            yield GraphFrame(entry, state, reached[state])
            for edge in self.project.execution.edges(state):
                if edge.target not in reached:
                    reached[edge.target] = (*reached[state], edge)
                    queue.append(edge.target)
