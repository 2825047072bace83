"""Which frames run while the application serves, which before it, and which inside a graph."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from lg_lint.facts import tree as t
from lg_lint.knowledge import named, names
from lg_lint.model.entry import GRAPH_PARTS, Entry
from lg_lint.model.graph_analysis.reachability import is_built
from lg_lint.model.langgraph.callables import decorated_as
from lg_lint.model.project import Project
from lg_lint.program.call_graph.execution import CallNode, ThreadContext
from lg_lint.program.scopes import Function
from lg_lint.program.store import terminal_name

_ELSEWHERE = ("startup", "coroutine", "script", "job")
"""Kinds that are not called while the application serves, or are not known to be."""

_TOOL = named("tool")
_TASKS = names("task_starters")


class Serving:
    """Answers from the calls that lead on from each kind of entry point, worked out once."""

    def __init__(self, project: Project) -> None:
        self.project = project
        entries = project.entries
        starting = [entry for entry in entries if entry.kind == "startup"]
        called = [entry for entry in entries if entry.kind not in _ELSEWHERE]
        placed = [entry for entry in entries if entry.graph is not None or entry.kind == "task"]
        self._start_up = {state.function for state in self._reached(starting, tasks=False)}
        self._serving = {state.function for state in self._reached(called, tasks=True)}
        built = [entry for entry in placed if is_built(self.project, entry.graph)]
        self._graph = self._reached(built, tasks=True)
        tools = {ref.function for _, ref, _ in decorated_as(project.program, _TOOL)}
        held = [entry for entry in entries if entry.ref.function in tools]
        self._tools = self._reached(held, tasks=True)
        sending = [entry for entry in entries if entry.kind in ("response", "websocket")]
        self._live = self._reached(sending, tasks=True)

    def is_start_up(self, state: CallNode, entry: Entry) -> bool:
        """Whether only start-up code leads to a frame."""
        if entry.kind != "coroutine":
            return False
        return state.function in self._start_up and state.function not in self._serving

    def is_in_graph(self, state: CallNode) -> bool:
        """Whether a node, router, tool or hook of a graph leads to a frame."""
        return state in self._graph

    def is_in_tool(self, state: CallNode) -> bool:
        """Whether a tool leads to a frame: one whose agent is not seen has one all the same."""
        return state in self._tools

    def is_live(self, state: CallNode) -> bool:
        """Whether what sends a live response leads to a frame."""
        return state in self._live

    def _reached(self, entries: Iterable[Entry], *, tasks: bool) -> set[CallNode]:
        """The states that the entries lead to, with the tasks that they start if `tasks`."""
        execution = self.project.execution
        queue = deque(execution.state(entry.ref, entry.world) for entry in entries)
        found = set(queue)
        while queue:
            state = queue.popleft()
            apart: set[t.Node] = set() if tasks else started(state.function)
            for edge in execution.edges(state):
                if edge.target not in found and edge.node not in apart and not edge.offloaded:
                    found.add(edge.target)
                    queue.append(edge.target)
        return found


def started(function: Function) -> set[t.Node]:
    """The calls in a function that make a task's coroutine."""
    return {
        node
        for site in function.calls
        if terminal_name(site.node.func) in _TASKS
        for arg in site.node.args
        for node in t.walk(arg.value)
    }


def is_one_task(project: Project) -> bool:
    """Whether the project is programs of one task each: nothing else waits for their event loop."""
    outside = [
        entry for entry in project.entries if entry.graph is None and entry.kind not in GRAPH_PARTS
    ]
    kinds = {entry.kind for entry in outside}
    return (
        kinds <= {"script", "coroutine"}
        and any(entry.world is ThreadContext.ALONE for entry in outside)
        and not project.responses
        and not any(graph.served for graph in project.graphs)
    )
