"""The graphs of a program."""

from __future__ import annotations

from lg_lint.model.graph import Graph
from lg_lint.program.store import Program
from lg_lint.program.values import ExternalObject, FunctionRef, Value


class Graphs:
    """The graphs of a program, found by the object that an expression is."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.all: list[Graph] = []
        self._by_site: dict[int, Graph] = {}

    def of(self, value: Value) -> Graph | None:
        """The graph that a builder or a compiled graph belongs to."""
        depth = 0
        while isinstance(value, ExternalObject) and depth < 8:
            if value.site is not None and id(value.site) in self._by_site:
                return self._by_site[id(value.site)]
            if value.base is None or isinstance(value.base, FunctionRef):
                return None
            value = value.base
            depth += 1
        return None

    def add(self, graph: Graph) -> None:
        """Takes a graph in, under the call that makes it."""
        self.all.append(graph)
        self._by_site[id(graph.site.node)] = graph
