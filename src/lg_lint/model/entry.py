"""Entry points: the functions that something outside the project's code calls."""

from __future__ import annotations

from msgspec import Struct

from lg_lint.model.graph import Graph, Node
from lg_lint.program.call_graph.execution import ThreadContext
from lg_lint.program.site import Site
from lg_lint.program.values import FunctionRef

GRAPH_PARTS = frozenset(
    {"node", "router", "tool", "task", "middleware", "prompt", "reducer", "hook"}
)
"""Kinds of entry points that a run of a graph calls."""


class Entry(Struct, frozen=True, eq=False):
    """A function called from outside, and where it then runs.

    `kind`: "route", "websocket", "dependency", "background task", "startup", "callback",
    "http middleware", "exception handler", "response" (a generator that a response iterates),
    "job" (of a task queue, whose worker runs it), "factory" (of graphs, that a file of a platform
    names), "script", "coroutine" (any other async def), or
    one of `GRAPH_PARTS`. `title` is how a trace calls it, e.g. "async route chat()".
    `registered` is False for a coroutine that nothing calls or hands on.
    """

    ref: FunctionRef
    world: ThreadContext
    kind: str
    title: str
    site: Site
    graph: Graph | None = None
    node: Node | None = None
    registered: bool = True
